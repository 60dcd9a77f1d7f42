"""What a query says: limits, entities, categories, relaxation."""
