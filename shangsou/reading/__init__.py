"""Files that people hand in: texts, times and JSON lines read, and what was wrong with them in words."""
