"""The commands of the relevance workbench, a module each. Heavy imports wait until a command runs."""
