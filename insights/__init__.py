"""Insights from the purchases of a shop: its demand and stock, and its customers."""
