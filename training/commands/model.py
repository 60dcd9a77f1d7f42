"""`shangsou model`: the commands of the registry, and the comparison, which needs all that judges models."""

from indexer.commands.model import model
from training.commands.compare import compare

__all__ = ["model"]

model.add_command(compare)
