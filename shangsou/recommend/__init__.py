"""Recommendations: shelves of products that a shopper did not search for."""
