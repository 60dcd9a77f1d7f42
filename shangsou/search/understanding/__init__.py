"""Query understanding: constraints, entities, categories and product types."""
