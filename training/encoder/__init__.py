"""Fine-tuning of an encoder on pairs of a query and a product."""
