"""Suites of relevance cases, and their runner."""
