"""The commands of the workbench, a module each. They import what is heavy only when they run."""
