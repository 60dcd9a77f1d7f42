"""Shopper behaviour: events, their stores, and the histories read from them."""
