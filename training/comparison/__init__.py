"""Models beside each other: what is measured of each kind, and of the plain baselines, on one page."""
