"""Text to terms: normalize, segment, character grams."""
