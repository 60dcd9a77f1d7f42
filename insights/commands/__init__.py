"""Commands: `shangsou forecast`, `shangsou stock`."""
