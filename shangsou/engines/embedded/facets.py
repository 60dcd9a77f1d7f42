"""Counts of facet values over a set of rows."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from shangsou.engines.embedded.columns import Columns
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


def count_facet(name: str, columns: Columns, rows: NDArray[np.int64]) -> tuple[FacetValue, ...]:
    """Return the values of a facet with their counts over these rows (ascending).

    By descending count, then by value; price ranges ascend. Raises ValueError for an unknown facet.
    """
    match name:
        case "brand":
            return _top_values(_count_codes(columns.brand[rows]), columns.brand_names, FACET_SIZE)
        case "category":
            return _count_categories(_count_codes(columns.category[rows]), columns.category_names)
        case "price":
            return _count_price_ranges(columns.price_fen[rows])
        case "attributes":
            counts = _count_codes(_attribute_codes(columns, rows))
            return _top_values(counts, columns.attribute_names, ATTRIBUTES_FACET_SIZE)
        case _ if name.startswith("attributes."):
            counts = _count_codes(_attribute_codes(columns, rows))
            return _attribute_values(name.removeprefix("attributes."), counts, columns.attribute_names)
        case _:
            raise ValueError(f"no facet {name!r}")


def _count_codes(codes: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return the count of each code, without -1, which stands for no value."""
    # Shifted by one, since bincount takes no negative numbers; -1 then comes first and is dropped.
    return np.bincount(codes + 1)[1:]


def _attribute_codes(columns: Columns, rows: NDArray[np.int64]) -> NDArray[np.int32]:
    starts = columns.attribute_starts[rows]
    lengths = columns.attribute_starts[rows + 1] - starts
    # Positions of all the rows' pairs: each row's start, repeated, plus 0, 1, 2, … within the row.
    within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    codes: NDArray[np.int32] = columns.attributes[np.repeat(starts, lengths) + within]
    return codes


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


def _count_categories(counts: NDArray[np.int64], paths: Sequence[str]) -> tuple[FacetValue, ...]:
    """Return the most common categories, each counted with its descendants."""
    below: Counter[str] = Counter()
    for code in np.flatnonzero(counts).tolist():
        levels = paths[code].split(CATEGORY_SEPARATOR)
        for depth in range(1, len(levels) + 1):
            below[CATEGORY_SEPARATOR.join(levels[:depth])] += int(counts[code])
    names = sorted(below)
    return _top_values(np.array([below[name] for name in names], np.int64), names, FACET_SIZE)


def _count_price_ranges(prices: NDArray[np.int64]) -> tuple[FacetValue, ...]:
    steps = np.searchsorted(PRICE_STEPS_FEN, prices[prices >= 0], side="right") - 1
    counts = np.bincount(steps, minlength=len(PRICE_STEPS_FEN))
    ends = [*PRICE_STEPS_FEN[1:], None]
    return tuple(
        FacetValue(price_range_label(start, end), int(count), start, end)
        for start, end, count in zip(PRICE_STEPS_FEN, ends, counts, strict=True)
        if count
    )
