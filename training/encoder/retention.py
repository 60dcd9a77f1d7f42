"""Retention: what the base finds near the queries that it knows stays near while others are learned."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from shangsou.errors import TrainingFailed
from training.encoder.base_vectors import BaseVectors, EncodedTexts
from training.encoder.losses import embed
from training.encoder.run_folder import RunFolder
from training.pairs.pair import Pair

# Queries whose neighbours are kept, titles among which these are, and how many of each query.
_MAX_QUERIES, _MAX_TITLES, _NEIGHBOURS = 3_000, 10_000, 40
# Pairs of a query and a neighbour in a step: half as many as the pairs of a usual batch.
_PAIRS_A_STEP = 32
_SEARCH_BATCH = 256
_FILE = "retention.npz"


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


def keep_retention(retention: Retention, run: RunFolder) -> None:
    """Write a retention into its run. Raises `TrainingFailed` where the disk is full."""
    written = io.BytesIO()
    np.savez(
        written,
        queries=np.array(retention.queries.texts),
        of_queries=retention.queries.vectors,
        titles=np.array(retention.titles.texts),
        of_titles=retention.titles.vectors,
        neighbours=retention.neighbours,
    )
    run.write_bytes(_FILE, written.getvalue())


def read_retention(run: RunFolder) -> Retention | None:
    """Return the retention of a run; None before it has one. Raises `TrainingFailed` for a damaged file."""
    path = run.path / _FILE
    try:
        with np.load(io.BytesIO(path.read_bytes())) as kept:
            return Retention(
                EncodedTexts(kept["queries"].tolist(), kept["of_queries"]),
                EncodedTexts(kept["titles"].tolist(), kept["of_titles"]),
                kept["neighbours"],
            )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as problem:
        raise TrainingFailed(f"{path} cannot be read: {problem}; remove it") from None


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
