"""`shangsou events`."""
