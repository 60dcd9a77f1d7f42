"""Samples of queries from logs."""
