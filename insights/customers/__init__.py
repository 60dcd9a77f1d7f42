"""The customers of a shop: their orders, and what they are expected to buy again."""
