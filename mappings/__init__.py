"""Elasticsearch mappings and settings as JSON files."""
