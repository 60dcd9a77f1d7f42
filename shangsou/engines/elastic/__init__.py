"""Elasticsearch 8.19 as the engine: terms are sent ready-made, so no server plugin is needed."""
