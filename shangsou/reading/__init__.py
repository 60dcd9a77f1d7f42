"""Read files from outside (text, times, JSON lines), with the issues found in them."""
