"""`shangsou train`."""
