"""Counts of facet values over a set of rows."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shangsou.engines.embedded.coded_column import CodedColumn
from shangsou.engines.embedded.columns import Columns
from shangsou.engines.embedded.groups import Groups
from shangsou.engines.query import (
    ATTRIBUTE_SEPARATOR,
    ATTRIBUTES_FACET_SIZE,
    FACET_SIZE,
    PRICE_STEPS_FEN,
    FacetValue,
    attribute_pair,
    price_range_label,
)
from shangsou.product import CATEGORY_SEPARATOR


def count_facet(
    name: str,
    columns: Columns,
    price_fen: NDArray[np.int64],
    rows: NDArray[np.integer[Any]],
    groups: Groups | None,
) -> tuple[FacetValue, ...]:
    """Return the values of a facet with their counts over these rows (ascending), or over their groups.

    By descending count, then by value; price ranges ascend. Raises ValueError for an unknown facet.
    """
    # Most products of most shops have no variants, and are counted faster.
    is_variant = np.zeros(len(rows), np.bool_) if groups is None else groups.is_shared[rows]
    single, variants = rows[~is_variant], rows[is_variant]
    match name:
        case "brand":
            counts = columns.brand.counts(single, variants)
            return _top_values(counts, columns.brand.values, FACET_SIZE)
        case "category":
            return _count_categories(columns.category, single, variants)
        case "price":
            return _count_price_ranges(price_fen, rows, groups)
        case "attributes":
            counts = columns.attributes.counts(single, variants)
            return _top_values(counts, columns.attributes.values, ATTRIBUTES_FACET_SIZE)
        case _ if name.startswith("attributes."):
            counts = columns.attributes.counts(single, variants)
            return _attribute_values(name.removeprefix("attributes."), counts, columns.attributes.values)
        case _:
            raise ValueError(f"no facet {name!r}")


def _top_values(counts: NDArray[np.int64], names: Sequence[str], size: int) -> tuple[FacetValue, ...]:
    """Return the most common values. Names are sorted, so a stable sort by count breaks ties by name."""
    present = np.flatnonzero(counts)
    best = present[np.argsort(-counts[present], kind="stable")[:size]]
    return tuple(
        FacetValue(names[code], count)
        for code, count in zip(best.tolist(), counts[best].tolist(), strict=True)
    )


def _attribute_values(name: str, counts: NDArray[np.int64], pairs: Sequence[str]) -> tuple[FacetValue, ...]:
    """Return the values of one attribute, whose pairs are adjacent in sorted order."""
    prefix = attribute_pair(name, "")
    start = bisect_left(pairs, prefix)
    end = bisect_left(pairs, prefix[:-1] + chr(ord(ATTRIBUTE_SEPARATOR) + 1))
    values = [pair.removeprefix(prefix) for pair in pairs[start:end]]
    return _top_values(counts[start:end], values, FACET_SIZE)


def _count_categories(
    column: CodedColumn, single: NDArray[np.integer[Any]], variants: NDArray[np.integer[Any]]
) -> tuple[FacetValue, ...]:
    """Return the most common categories, each counted with its descendants."""
    below: Counter[str] = Counter()
    counts = column.counts(single, variants[:0])
    if len(variants):
        groups, codes = column.group_values(variants)
        codes, others = _split_shared(groups, codes)
        # Each of these groups lies in several categories, and is counted once where they meet.
        for of_group in others:
            below.update({level for code in of_group for level in _levels(column.values[code])})
        counts += np.bincount(codes, minlength=len(counts))
    for code in np.flatnonzero(counts).tolist():
        for level in _levels(column.values[code]):
            below[level] += int(counts[code])
    names = sorted(below)
    return _top_values(np.array([below[name] for name in names], np.int64), names, FACET_SIZE)


@lru_cache(1 << 12)
def _levels(path: str) -> list[str]:
    """Return the paths of a category and of all above it."""
    names = path.split(CATEGORY_SEPARATOR)
    return [CATEGORY_SEPARATOR.join(names[:depth]) for depth in range(1, len(names) + 1)]


def _split_shared(
    groups: NDArray[np.int32], codes: NDArray[np.int32]
) -> tuple[NDArray[np.int32], list[list[int]]]:
    """Return the codes of groups that have one, and lists of those that have several; groups ascend."""
    groups, codes = groups[codes >= 0], codes[codes >= 0]
    is_first = np.concatenate([np.ones(min(1, len(groups)), np.bool_), np.diff(groups) != 0])
    starts = np.flatnonzero(is_first)
    lengths = np.diff(starts, append=len(groups))
    single = codes[starts[lengths == 1]]
    several = [
        codes[start : start + length].tolist()
        for start, length in zip(starts.tolist(), lengths.tolist(), strict=True)
        if length > 1
    ]
    return single, several


def _count_price_ranges(
    price_fen: NDArray[np.int64], rows: NDArray[np.integer[Any]], groups: Groups | None
) -> tuple[FacetValue, ...]:
    rows = rows[price_fen[rows] >= 0]
    steps = np.searchsorted(PRICE_STEPS_FEN, price_fen[rows], side="right") - 1
    if groups is not None:
        # The variants of a group that lie within one step are counted once.
        is_variant = groups.is_shared[rows]
        numbers = groups.of_row[rows[is_variant]].astype(np.int64) * len(PRICE_STEPS_FEN) + steps[is_variant]
        steps = np.concatenate([steps[~is_variant], np.unique(numbers) % len(PRICE_STEPS_FEN)])
    counts = np.bincount(steps, minlength=len(PRICE_STEPS_FEN))
    ends = [*PRICE_STEPS_FEN[1:], None]
    return tuple(
        FacetValue(price_range_label(start, end), int(count), start, end)
        for start, end, count in zip(PRICE_STEPS_FEN, ends, counts, strict=True)
        if count
    )
