"""Quantities in English: a number with its noun."""

from shangsou.text.plurals import quantity

__all__ = ["quantity"]
