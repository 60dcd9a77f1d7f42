"""Learning from a shop's own data."""
