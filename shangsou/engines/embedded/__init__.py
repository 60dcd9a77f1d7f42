"""The embedded engine: memory-mapped arrays in a generation folder, nothing else."""
