"""Forecasts made as of past days, and measured against what was sold then."""
