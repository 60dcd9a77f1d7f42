"""Whom to win back: within a budget, against a hold-out, and what came of it."""
