"""`shangsou model`."""
