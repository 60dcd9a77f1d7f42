"""Forecasts of products that have not sold yet."""
