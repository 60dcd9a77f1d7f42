"""Changes of single products between two indexings."""
