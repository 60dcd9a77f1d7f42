"""Events in two Elasticsearch indices."""
