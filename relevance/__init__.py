"""Judged queries, metrics and evaluation."""
