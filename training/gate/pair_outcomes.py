"""Pairs that belong together against random ones that do not: who is told apart by a cosine."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shangsou.encoding.encoder import Encoder
from training.pairs.pair import Pair, Split

# Of a split; they are encoded in some 20 s by the default model on two cores.
_MAX_PAIRS = 5_000
_SEED = 20261202


@dataclass(frozen=True, slots=True)
class JudgedPairs:
    """Pairs of a query and a title, and as many of the same queries with the title of another product."""

    queries: tuple[str, ...]
    titles: tuple[str, ...]
    belongs: NDArray[np.bool_]
    """Shape (pairs,)."""


@dataclass(frozen=True, slots=True)
class PairFigures:
    """What a threshold makes of pairs."""

    accuracy: float
    precision: float
    """0 where none is found to belong together."""
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class PairOutcomes:
    """Which pairs an encoder told right, at the cosine that was chosen on others."""

    threshold: float
    is_right: NDArray[np.bool_]
    figures: PairFigures


def judged_pairs(pairs: Sequence[Pair], split: Split) -> JudgedPairs:
    """Return the distinct pairs of a split, each with a random title that belongs to no pair of its query.

    Titles of others are those of the same split, so that training saw neither. Pairs for which there is none
    are left out. Drawn by a fixed seed: every model is measured on the same.
    """
    rng = np.random.default_rng(_SEED)
    groups_of: defaultdict[str, set[int | None]] = defaultdict(set)
    for pair in pairs:
        groups_of[pair.query] |= {pair.group, pair.query_group}
    distinct = sorted({(pair.query, pair.title) for pair in pairs if pair.split == split})
    if len(distinct) > _MAX_PAIRS:
        distinct = [distinct[row] for row in np.sort(rng.choice(len(distinct), _MAX_PAIRS, replace=False))]
    pool = sorted({(pair.title, pair.group) for pair in pairs if pair.split == split})
    queries, titles = [], []
    for query, title in distinct:
        other = _draw_other(pool, groups_of[query], rng)
        if other is not None:
            queries += [query, query]
            titles += [title, other]
    return JudgedPairs(tuple(queries), tuple(titles), np.arange(len(queries)) % 2 == 0)


def judge_pairs(encoder: Encoder, validation: JudgedPairs, test: JudgedPairs) -> PairOutcomes:
    """Return what an encoder makes of test pairs, at the cosine by which most validation pairs are right."""
    return judge_scores(_cosines(encoder, validation), _cosines(encoder, test), validation, test)


def judge_scores(
    validation_scores: NDArray[np.float64],
    test_scores: NDArray[np.float64],
    validation: JudgedPairs,
    test: JudgedPairs,
) -> PairOutcomes:
    """Return what any score of pairs makes of test pairs, as `judge_pairs` does of cosines."""
    threshold = best_threshold(validation_scores, validation.belongs)
    belongs = test_scores >= threshold
    return PairOutcomes(threshold, belongs == test.belongs, figures_of(belongs, test.belongs))


def best_threshold(cosines: NDArray[np.float64], belongs: NDArray[np.bool_]) -> float:
    """Return the cosine from which on pairs count as belonging together so that most are right.

    Between two cosines it is their middle; of several as good ones the highest.
    """
    order = np.argsort(-cosines, kind="stable")
    sorted_cosines = cosines[order]
    # With the first n above the threshold: those that belong are right among them, the others behind.
    gained = np.where(belongs[order], 1, -1)
    right = np.concatenate([[0], np.cumsum(gained)])
    edges = np.concatenate([[np.inf], sorted_cosines, [-np.inf]])
    # Pairs of one cosine are on one side.
    is_between = edges[:-1] > edges[1:]
    best = int(np.argmax(np.where(is_between, right, right.min() - 1)))
    above, below = edges[best], edges[best + 1]
    if np.isinf(above) or np.isinf(below):
        return float(np.nextafter(below, np.inf) if np.isinf(above) else above)
    return float((above + below) / 2)


def figures_of(found: NDArray[np.bool_], belongs: NDArray[np.bool_]) -> PairFigures:
    """Return accuracy, precision, recall and F1 of what was found to belong together."""
    hits = int((found & belongs).sum())
    precision = hits / max(1, int(found.sum()))
    recall = hits / max(1, int(belongs.sum()))
    return PairFigures(
        float((found == belongs).mean()),
        precision,
        recall,
        2 * hits / max(1, int(found.sum()) + int(belongs.sum())),
    )


def _cosines(encoder: Encoder, pairs: JudgedPairs) -> NDArray[np.float64]:
    texts = sorted({*pairs.queries, *pairs.titles})
    row = {text: number for number, text in enumerate(texts)}
    vectors = encoder.encode(texts)
    queries = vectors[[row[text] for text in pairs.queries]]
    titles = vectors[[row[text] for text in pairs.titles]]
    cosines: NDArray[np.float64] = (queries * titles).sum(axis=1, dtype=np.float64)
    return cosines


def _draw_other(
    pool: Sequence[tuple[str, int]], own: set[int | None], rng: np.random.Generator
) -> str | None:
    """Return a random title of another product; None where there is none."""
    for row in rng.permutation(len(pool)) if len(pool) < 64 else rng.integers(0, len(pool), 64):
        title, group = pool[int(row)]
        if group not in own:
            return title
    return None
