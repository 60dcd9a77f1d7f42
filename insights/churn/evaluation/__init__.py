"""Evaluation of churn scores: made as of past days, and compared with what customers bought after them."""
