"""Scores of customers: whether they buy again within a time, and why."""
