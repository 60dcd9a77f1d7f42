"""Text to terms: normalise, segment, character grams."""
