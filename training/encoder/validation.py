"""The mean reciprocal rank on pairs of the split `validation`, by which training is judged while it runs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from shangsou.errors import UnusableInput
from training.pairs.pair import Pair

# On the default model and two cores an evaluation encodes these in some 10 s.
_MAX_QUERIES, _MAX_TITLES = 1_000, 2_000
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class ValidationSet:
    """Queries, and the titles that they are to find their products among."""

    queries: tuple[str, ...]
    titles: tuple[str, ...]
    is_relevant: NDArray[np.bool_]
    """Shape (queries, titles)."""
    is_query: NDArray[np.bool_]
    """Which title is the query itself, as where a pair is of two titles: it is no answer. Same shape."""


def validation_set(pairs: Sequence[Pair], *, seed: int) -> ValidationSet:
    """Return the queries of the split `validation` with its products and a sample of all others.

    Raises `UnusableInput` where no pair is of that split.
    """
    judging = [pair for pair in pairs if pair.split == "validation"]
    if not judging:
        raise UnusableInput(
            'no pair is of the split "validation": neither when to stop nor what to keep could be chosen; '
            'make pairs again with "shangsou train pairs" and another --seed, or from a longer log'
        )
    rng = np.random.default_rng(seed)
    queries = _sample(sorted({pair.query for pair in judging}), _MAX_QUERIES, rng)
    wanted: dict[str, set[int]] = {query: set() for query in queries}
    for pair in judging:
        if pair.query in wanted:
            wanted[pair.query].add(pair.group)
    groups = {group for chosen in wanted.values() for group in chosen}
    relevant = sorted({(pair.title, pair.group) for pair in judging if pair.group in groups})
    others = sorted({(pair.title, pair.group) for pair in pairs if pair.group not in groups})
    titles = relevant + _sample(others, max(0, _MAX_TITLES - len(relevant)), rng)
    texts, title_groups = [title for title, _ in titles], [group for _, group in titles]
    return ValidationSet(
        tuple(queries),
        tuple(texts),
        np.array([[group in wanted[query] for group in title_groups] for query in queries]),
        np.array([[title == query for title in texts] for query in queries]),
    )


@dataclass(frozen=True, slots=True)
class Score:
    """A mean reciprocal rank, as well as the validation set tells it."""

    mrr: float
    error: float
    """The standard error of the mean over the queries."""

    @property
    def lowest_equal(self) -> float:
        """What is not told from it: one standard error below (Breiman et al. 1984)."""
        return self.mrr - self.error


def validate(encode: Callable[[Sequence[str]], NDArray[np.float32]], validation: ValidationSet) -> Score:
    """Return the mean of 1 / the rank of the best relevant title, without a cut.

    Of equally near titles a relevant one comes last, so that an encoder that makes all texts alike is worst;
    and so is one whose vectors are no numbers.
    """
    cosines = encode(validation.queries) @ encode(validation.titles).T
    cosines[validation.is_query] = -np.inf
    is_relevant = validation.is_relevant & ~validation.is_query
    best = np.where(is_relevant, cosines, -np.inf).max(axis=1)
    before = (~(cosines < best[:, None]) & ~is_relevant).sum(axis=1)
    ranks = 1 / (1 + before)
    return Score(float(ranks.mean()), float(ranks.std() / np.sqrt(len(ranks))))


def _sample(values: Sequence[_Value], count: int, rng: np.random.Generator) -> list[_Value]:
    if len(values) <= count:
        return list(values)
    return [values[row] for row in np.sort(rng.choice(len(values), count, replace=False))]
