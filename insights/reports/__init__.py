"""Pages for people: one HTML file each, in Chinese."""
