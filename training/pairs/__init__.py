"""Pairs of a query and a product that it means, from what a shop knows: what an encoder is trained on."""
