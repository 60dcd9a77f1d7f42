"""Distilling of an encoder into a static one: a table of units, served by numpy alone."""
