"""Batches in which no product and no query occurs twice, planned as a whole before training."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from shangsou.errors import UnusableInput
from shangsou.text.plurals import quantity

# Pairs that wait for a batch without their product, in batches. Of a product that is more frequent than that
# the rest is left out of an epoch.
_MAX_WAITING = 50


@dataclass(frozen=True, slots=True)
class Example:
    """A pair as it is trained on."""

    query: str
    title: str
    group: int
    """Of what counts as one product."""
    weight: float
    product_id: str = ""
    negative: str = ""
    """The title of a product that is not meant; empty for none."""
    negative_group: int = -1


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """The batches of all epochs, in order."""

    batches: Sequence[NDArray[np.int64]]
    """Rows of the examples."""
    drawn: int
    """Pairs of all epochs, as their weights draw them."""
    left_out: int
    """Those of them for which no batch was found without their product or query."""


def plan_batches(examples: Sequence[Example], *, batch_size: int, epochs: int, seed: int) -> BatchPlan:
    """Return the batches of a training; the same arguments give the same.

    In an epoch there are as many pairs as examples, each as often as its weight says: twice the mean weight,
    twice. Every other title of a batch is a negative for a query, so that no batch has a text or a product
    twice, nor a product that another query of it is paired with anywhere, as a pair or as a negative. The
    last batch of an epoch may be short by up to a half.

    Raises
    ------
    UnusableInput
        The examples have fewer products than a batch needs.
    """
    _check_products(examples, batch_size)
    rng = np.random.default_rng(seed)
    partners = _groups_of_queries(examples)
    batches = []
    for _ in range(epochs):
        order = rng.permutation(_draw(np.array([example.weight for example in examples]), rng))
        batches += list(_fill(examples, order, partners, batch_size))
    if not batches:
        raise UnusableInput(
            f"no batch of {batch_size} pairs can be made in which no product is that of another query: most "
            "queries are paired with the same products; use a smaller --batch-size"
        )
    drawn = epochs * len(examples)
    return BatchPlan(batches, drawn, drawn - sum(map(len, batches)))


def _check_products(examples: Sequence[Example], batch_size: int) -> None:
    if not examples:
        raise UnusableInput(
            'there is no pair of the split "train" to learn from; make pairs with "shangsou train pairs" '
            "from a longer log, or from a catalog with more products"
        )
    products = min(len({example.group for example in examples}), len({example.title for example in examples}))
    if products < 2:
        raise UnusableInput(
            f"all {quantity(len(examples), 'pair')} have the same product, {examples[0].title[:40]!r}, or a "
            "near-duplicate: there is nothing to tell it from; make pairs from a catalog with more products"
        )
    if products < batch_size:
        raise UnusableInput(
            f"the {quantity(len(examples), 'pair')} to learn from (with --retention those of shoppers alone) "
            f"have {products} different products, fewer than a batch of {batch_size}; use --batch-size "
            f"{max(2, products // 4)} or less, so that batches differ, though fewer than some hundred "
            "products teach little"
        )


def _groups_of_queries(examples: Sequence[Example]) -> dict[str, set[int]]:
    groups: dict[str, set[int]] = {}
    for example in examples:
        groups.setdefault(example.query, set()).add(example.group)
    return groups


def _draw(weights: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Return rows, each as often as its share of the weights, rounded up or down at random.

    Systematic sampling: evenly spaced points on the cumulative weights, so that equal weights draw each row
    once.
    """
    points = (np.arange(len(weights)) + rng.random()) / len(weights)
    ends = np.cumsum(weights / weights.sum())
    return np.minimum(np.searchsorted(ends, points, side="right"), len(weights) - 1)


def _fill(
    examples: Sequence[Example],
    order: NDArray[np.int64],
    partners: Mapping[str, set[int]],
    batch_size: int,
) -> Iterator[NDArray[np.int64]]:
    """Yield the batches of an epoch: who conflicts with a batch waits for the next."""
    arriving = deque(order.tolist())
    waiting: deque[int] = deque(maxlen=_MAX_WAITING * batch_size)
    while arriving or waiting:
        batch = _Batch()
        candidates = deque(waiting)
        waiting.clear()
        while len(batch.rows) < batch_size and (candidates or arriving):
            row = candidates.popleft() if candidates else arriving.popleft()
            example = examples[row]
            if batch.accepts(example, partners[example.query]):
                batch.add(row, example, partners[example.query])
            else:
                waiting.append(row)
        waiting.extend(candidates)
        if len(batch.rows) < max(2, batch_size // 2):
            break
        yield np.array(batch.rows, np.int64)


@dataclass(slots=True)
class _Batch:
    rows: list[int] = field(default_factory=list)
    texts: set[str] = field(default_factory=set)
    groups: set[int] = field(default_factory=set)
    """Of pairs and negatives."""
    partners: list[set[int]] = field(default_factory=list)
    """Of each query the groups that it is paired with."""

    def accepts(self, example: Example, partners: set[int]) -> bool:
        texts, groups = _texts(example), _groups(example)
        return (
            len(texts) == 2 + bool(example.negative)
            and self.texts.isdisjoint(texts)
            and self.groups.isdisjoint(groups)
            and self.groups.isdisjoint(partners)
            and all(groups.isdisjoint(others) for others in self.partners)
        )

    def add(self, row: int, example: Example, partners: set[int]) -> None:
        self.rows.append(row)
        self.texts |= _texts(example)
        self.groups |= _groups(example)
        self.partners.append(partners)


def _texts(example: Example) -> set[str]:
    return {example.query, example.title} | ({example.negative} if example.negative else set())


def _groups(example: Example) -> set[int]:
    return {example.group} | ({example.negative_group} if example.negative else set())
