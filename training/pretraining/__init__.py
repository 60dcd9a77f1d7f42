"""Pre-training of an encoder on the texts of a shop: words are hidden, and it learns to predict them."""
