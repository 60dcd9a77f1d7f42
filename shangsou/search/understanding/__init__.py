"""Query understanding: constraints, entities, categories and relaxation."""
