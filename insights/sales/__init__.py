"""Daily sales: read from tables and events, checked, and reported on."""
