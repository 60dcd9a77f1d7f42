"""Advice on stock: when to order, how much, what stays on the shelf."""
