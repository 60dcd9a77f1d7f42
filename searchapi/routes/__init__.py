"""The routes of the HTTP API, one blueprint for each module."""
