"""The HTTP API, the shop page, and their server."""
