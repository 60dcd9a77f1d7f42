"""Retention: what the base finds near the queries that it knows stays near while others are learned."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.encoder.base_vectors import BaseVectors, EncodedTexts
from training.encoder.losses import embed
from training.pairs.pair import Pair

# Queries whose neighbours are kept, titles among which these are, and how many of each query.
_MAX_QUERIES, _MAX_TITLES, _NEIGHBOURS = 3_000, 10_000, 40
# Pairs of a query and a neighbour in a step: half as many as the pairs of a usual batch.
_PAIRS_A_STEP = 32
_SEARCH_BATCH = 256


@dataclass(frozen=True, slots=True)
class Retention:
    """Queries with their nearest titles, by the untrained encoder."""

    queries: EncodedTexts
    titles: EncodedTexts
    neighbours: NDArray[np.int64]
    """Rows of titles, shape (queries, neighbours)."""


def find_retention(pairs: Sequence[Pair], base: BaseVectors, *, seed: int) -> Retention | None:
    """Return what the untrained encoder finds for queries of no shopper; None where there are none.

    Those are written from titles, in words that the base knows. What shoppers call things is to be learned.
    """
    rng = np.random.default_rng(seed)
    training = [pair for pair in pairs if pair.split == "train"]
    typed = {pair.query for pair in training if pair.shopper_hash}
    written = sorted({pair.query for pair in training if pair.query_group is None} - typed)
    if not written:
        return None
    titles = base.titles.sample(_MAX_TITLES, rng)
    known = EncodedTexts(written, base.queries.vectors[base.queries.rows(written)]).sample(_MAX_QUERIES, rng)
    neighbours = [
        np.argsort(-(known.vectors[start : start + _SEARCH_BATCH] @ titles.vectors.T), axis=1)
        for start in range(0, len(known.texts), _SEARCH_BATCH)
    ]
    return Retention(known, titles, np.concatenate([block[:, :_NEIGHBOURS] for block in neighbours]))


def retention_loss(model: Any, retention: Retention, temperature: float, *, seed: int, step: int) -> Any:
    """Return how far cosines have moved from those of the base, as a tensor.

    The mean squared difference of cosines over the temperature, of some queries and one neighbour of each,
    all with all (learning without forgetting, Li and Hoiem 2016, by cosines in place of classes). The same
    seed and step draw the same.
    """
    import torch

    rng = np.random.default_rng([seed, step])
    count = min(_PAIRS_A_STEP, len(retention.queries.texts))
    rows = rng.choice(len(retention.queries.texts), count, replace=False)
    near = retention.neighbours[rows, rng.integers(retention.neighbours.shape[1], size=count)]
    wanted = torch.tensor(
        retention.queries.vectors[rows] @ retention.titles.vectors[near].T, device=model.device
    )
    queries = embed(model, [retention.queries.texts[row] for row in rows])
    titles = embed(model, [retention.titles.texts[row] for row in near])
    return (((queries @ titles.T).float() - wanted) / temperature).square().mean()
