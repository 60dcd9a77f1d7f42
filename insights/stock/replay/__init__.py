"""Replay the past day by day with an ordering policy: what it would have earned, lost and wasted."""
