"""Judgements: formats, pooling, books, agreement, and grades from clicks."""
