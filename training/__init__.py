"""Models trained on a merchant's own data, with torch; what serves needs none."""
