"""`shangsou serve` and `shangsou demo`."""
