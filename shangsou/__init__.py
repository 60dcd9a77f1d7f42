"""Semantic, personalised product search for Chinese shops."""
