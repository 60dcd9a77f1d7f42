"""Document storage and retrieval: one protocol, implemented by the embedded engine and by Elasticsearch."""
