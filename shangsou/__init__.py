"""Semantic, personalized product search for Chinese shops."""
