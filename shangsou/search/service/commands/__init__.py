"""The `search`, `ranking` and `recommend` commands of the program."""
