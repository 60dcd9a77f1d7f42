"""Simple forecasts that others are measured against, a series at a time."""
