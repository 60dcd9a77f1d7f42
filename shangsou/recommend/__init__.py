"""Shelves: products that a shopper did not search for and may want."""
