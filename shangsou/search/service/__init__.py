"""The search service of one process, and its commands."""
