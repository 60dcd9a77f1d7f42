"""`shangsou index`, `generations`, `rollback` and `queries`."""
