"""Suites of cases that must hold, and running them."""
