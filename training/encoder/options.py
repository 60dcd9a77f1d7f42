"""Options of fine-tuning, and what it runs on."""

from dataclasses import dataclass
from typing import Final, Literal

LossName = Literal["catalog", "gist", "ranking"]
DrawName = Literal["difficulty", "weight"]
DeviceName = Literal["auto", "cpu", "cuda"]
PrecisionName = Literal["auto", "bfloat16", "float32"]

DIMENSIONS: Final = (512, 256, 128)
"""Beginnings of a vector that are to be vectors too, where they are shorter than it (Matryoshka)."""


@dataclass(frozen=True, slots=True)
class FineTuningOptions:
    """What determines the result. The same options, pairs, base and machine give the same curve."""

    loss: LossName = "catalog"
    """`catalog`: each query against all titles, as the untrained encoder has them; `gist`: contrastive over
    the batch, without what the untrained encoder takes to be as good as the product itself (GISTEmbed,
    Solatorio 2024); `ranking`: over all of the batch."""
    epochs: int = 2
    batch_size: int = 64
    """Pairs of a step: each query is told from as many products."""
    learning_rate: float = 3e-4
    """At its highest. 1e-5 to 5e-5 are usual for BERT (Devlin et al. 2018), whose smallest sizes bear more;
    retention holds back what a rate that learns names would lose."""
    temperature: float = 0.02
    """Cosines are divided by it. That of the default model's own training (Xiao et al. 2023)."""
    nearness: float = 0.2
    """By the loss `catalog`: weight of what the cosine of a query with its title lacks to that of queries
    that the base knows (docs/adr/0048)."""
    draw: DrawName = "difficulty"
    """By what pairs are drawn: their weight, or that times how badly the base finds what its query means."""
    retention: float = 0.1
    """Weight of the loss by which known queries and titles stay where the base has them; 0 for none. With it
    only pairs of shoppers are learned."""
    hard_negatives: bool = False
    """Whether each pair has a product that is near its query but not it."""
    evaluate_every: int = 50
    """Steps."""
    patience: int = 5
    """Evaluations in a row that are worse than the best by more than a standard error before it stops."""
    max_steps: int = 0
    """0 for no limit."""
    blend: float = 0.0
    """Share of the trained weights in the result; 0: the largest that is not worse on validation."""
    precision: PrecisionName = "auto"
    """Of the activations; weights are of 32 bits. `auto`: bfloat16 on a CPU that computes it itself."""
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Resources:
    """What it runs on. A run that goes on may have other ones."""

    device: DeviceName = "auto"
    mini_batch: int = 64
    """Pairs, or texts, whose activations are in memory at a time. A batch of more is computed in parts."""
    threads: int = 1
    keep: int = 1
    """Last checkpoints that are kept, beside the best."""
