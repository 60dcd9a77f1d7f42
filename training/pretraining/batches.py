"""Batches of texts that are about equally long, so that little is computed of what fills them up."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

# Batches whose texts are sorted by length together: enough that the texts of one hardly differ, and few
# enough that neighbours by length meet others in the next epoch.
_WINDOW_BATCHES = 50


def plan_batches(
    lengths: Sequence[int], *, batch_size: int, epochs: int, seed: int
) -> list[NDArray[np.int64]]:
    """Return the rows of each step's texts, each text once an epoch. The same seed draws the same."""
    every = np.array(lengths)
    return [
        batch
        for epoch in range(epochs)
        for batch in _epoch(every, batch_size, np.random.default_rng([seed, epoch]))
    ]


def _epoch(
    lengths: NDArray[np.int64], batch_size: int, rng: np.random.Generator
) -> Iterator[NDArray[np.int64]]:
    order = rng.permutation(len(lengths))
    window = batch_size * _WINDOW_BATCHES
    batches = []
    for start in range(0, len(order), window):
        rows = order[start : start + window]
        rows = rows[np.argsort(lengths[rows], kind="stable")]
        batches += [rows[first : first + batch_size] for first in range(0, len(rows), batch_size)]
    for place in rng.permutation(len(batches)):
        yield batches[place]
