"""Personalization: results re-ranked by the shopper's history."""
