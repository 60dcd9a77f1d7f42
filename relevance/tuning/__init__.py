"""Tuning of the ranking recipe on judged queries."""
