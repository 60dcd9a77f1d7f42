"""Products from an Elasticsearch index that a merchant has already."""
