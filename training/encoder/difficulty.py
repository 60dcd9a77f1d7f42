"""Difficulty of queries for the untrained encoder, by which pairs are drawn."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from training.encoder.base_vectors import BaseVectors
from training.encoder.batches import Example

# Titles among which products are ranked: of 74,362, so many tell a rank to a tenth where it is above 1,000.
_MAX_TITLES = 5_000
_BLOCK = 512
# Cosines of the same texts differ by so much from one product of matrices to another.
_ROUNDING = 1e-6


def weigh_by_difficulty(examples: Sequence[Example], base: BaseVectors, *, seed: int) -> list[Example]:
    """Return the examples with their weights times the difficulty of their queries.

    The difficulty is the mean, over the products that a query is paired with, of log2(2 + titles that the
    untrained encoder puts before the product): 1 for a query that it understands, some 11 for a name that
    says nothing to it. The mean over the query is taken, and not the pair's own rank, so that a wrong click
    on a query that is well understood counts little more than the right ones.
    """
    sample = base.titles.sample(_MAX_TITLES, np.random.default_rng(seed)).vectors
    rows = base.queries.rows([one.query for one in examples])
    title_rows = base.titles.rows([one.title for one in examples])
    difficulties: defaultdict[str, list[float]] = defaultdict(list)
    for start in range(0, len(examples), _BLOCK):
        block = slice(start, start + _BLOCK)
        queries, titles = base.queries.vectors[rows[block]], base.titles.vectors[title_rows[block]]
        own = (queries * titles).sum(axis=1, keepdims=True)
        for one, rank in zip(
            examples[block], (queries @ sample.T > own + _ROUNDING).sum(axis=1), strict=True
        ):
            difficulties[one.query].append(float(np.log2(2 + rank)))
    means = {query: float(np.mean(values)) for query, values in difficulties.items()}
    return [replace(one, weight=one.weight * means[one.query]) for one in examples]
