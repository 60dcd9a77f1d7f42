"""The server process and its worker processes."""
