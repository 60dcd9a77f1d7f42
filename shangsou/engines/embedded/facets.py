"""Counts of facet values over a set of rows."""

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from shangsou.engines.embedded.columns import Columns
from shangsou.engines.query import (
    ATTRIBUTE_SEPARATOR,
    ATTRIBUTES_FACET_SIZE,
    FACET_SIZE,
    PRICE_STEPS_FEN,
    FacetValue,
    price_range_label,
)
from shangsou.product import CATEGORY_SEPARATOR


def count_facet(name: str, columns: Columns, rows: NDArray[np.int64]) -> tuple[FacetValue, ...]:
    """Return the values of a facet with their counts over these rows (ascending).

    By falling count, then by value; price ranges ascend. Raises ValueError for a facet that is none.
    """
    match name:
        case "brand":
            return _top(_code_counts(columns.brand[rows], columns.brand_names), FACET_SIZE)
        case "category":
            leaves = _code_counts(columns.category[rows], columns.category_names)
            return _top(_with_ancestors(leaves), FACET_SIZE)
        case "price":
            return _price_ranges(columns.price_fen[rows])
        case "attributes":
            return _top(_attribute_counts(columns, rows), ATTRIBUTES_FACET_SIZE)
        case _ if name.startswith("attributes."):
            prefix = name.removeprefix("attributes.") + ATTRIBUTE_SEPARATOR
            counts = _attribute_counts(columns, rows)
            return _top(
                Counter({p.removeprefix(prefix): n for p, n in counts.items() if p.startswith(prefix)}),
                FACET_SIZE,
            )
        case _:
            raise ValueError(f"no facet {name!r}")


def _code_counts(codes: NDArray[np.int32], names: list[str]) -> Counter[str]:
    counts = np.bincount(codes[codes >= 0])
    return Counter({names[code]: int(counts[code]) for code in np.flatnonzero(counts)})


def _attribute_counts(columns: Columns, rows: NDArray[np.int64]) -> Counter[str]:
    starts = columns.attribute_starts[rows]
    lengths = columns.attribute_starts[rows + 1] - starts
    # Positions of all the rows' pairs: each row's start, repeated, plus 0, 1, 2, … within the row.
    within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return _code_counts(columns.attributes[np.repeat(starts, lengths) + within], columns.attribute_names)


def _with_ancestors(leaves: Counter[str]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for path, count in leaves.items():
        levels = path.split(CATEGORY_SEPARATOR)
        for depth in range(1, len(levels) + 1):
            counts[CATEGORY_SEPARATOR.join(levels[:depth])] += count
    return counts


def _price_ranges(prices: NDArray[np.int64]) -> tuple[FacetValue, ...]:
    places = np.searchsorted(PRICE_STEPS_FEN, prices[prices >= 0], side="right") - 1
    counts = np.bincount(places, minlength=len(PRICE_STEPS_FEN))
    ends = [*PRICE_STEPS_FEN[1:], None]
    return tuple(
        FacetValue(price_range_label(start, end), int(count), start, end)
        for start, end, count in zip(PRICE_STEPS_FEN, ends, counts, strict=True)
        if count
    )


def _top(counts: Counter[str], size: int) -> tuple[FacetValue, ...]:
    best = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:size]
    return tuple(FacetValue(value, count) for value, count in best)
