"""Index catalog files into a new generation."""
