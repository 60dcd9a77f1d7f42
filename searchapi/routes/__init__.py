"""The routes of the HTTP API, a blueprint a module."""
