"""One search, from request to response."""
