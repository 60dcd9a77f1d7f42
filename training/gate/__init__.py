"""The gate of an encoder: what is measured before it serves, and whether it may."""
