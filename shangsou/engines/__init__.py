"""Where documents live: one protocol, the embedded engine and Elasticsearch."""
