"""Retention: texts that the base knows stay where it has them while others are learned."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from training.encoder.losses import embed
from training.pairs.pair import Pair

# Of queries and of titles in a step, each: together as many texts as a usual batch has queries.
_TEXTS_A_STEP = 32


@dataclass(frozen=True, slots=True)
class Retention:
    """Texts whose vectors are to stay near those of the base."""

    queries: Sequence[str]
    titles: Sequence[str]


def retained_texts(pairs: Sequence[Pair]) -> Retention | None:
    """Return the queries of no shopper, and all titles, of split `train`; None where there are none.

    Those are written from the catalog, in words that the base knows. What shoppers call things is to be
    learned.
    """
    training = [pair for pair in pairs if pair.split == "train"]
    typed = {pair.query for pair in training if pair.shopper_hash}
    queries = {pair.query for pair in training if pair.query_group is None} - typed
    if not queries:
        return None
    return Retention(sorted(queries), sorted({pair.title for pair in training}))


def retention_loss(  # noqa: PLR0913 - two models, what they keep, and the step
    model: Any, base: Any, retention: Retention, temperature: float, *, seed: int, step: int
) -> Any:
    """Return how far some queries and titles have moved from where the base has them, as a tensor.

    1 - cosine over the squared temperature, the mean of queries plus that of titles: half of the squared
    distance, in the units in which a loss tells texts apart (learning without forgetting, Li and Hoiem 2016,
    by vectors in place of classes). The same seed and step draw the same.

    Parameters
    ----------
    model, base
        `SentenceTransformer`s: the one that is trained, and the untrained one, neither with dropout.
    """
    import torch

    rng = np.random.default_rng([seed, step])
    moved: Any = 0.0
    for texts in (retention.queries, retention.titles):
        rows = rng.choice(len(texts), min(_TEXTS_A_STEP, len(texts)), replace=False)
        drawn = [texts[row] for row in rows]
        with torch.no_grad():
            before = embed(base, drawn)
        now = embed(model, drawn)
        moved = moved + ((now - before).float() / temperature).square().sum(dim=1).mean() / 2
    return moved
