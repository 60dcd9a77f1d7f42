"""The ascending order of values that are amounts, for facets."""

import re
from collections.abc import Sequence

from shangsou.engines.query import FacetValue
from shangsou.lexicon.amount_values import read_amount
from shangsou.text.amounts import Reading
from shangsou.text.facts import FactTable

_NUMBER = re.compile(r"\d{1,15}(?:\.\d{1,15})?")
# The dimension of numbers without a unit.
_BARE = "number"


def in_ascending_order(name: str, values: Sequence[FacetValue], table: FactTable) -> tuple[FacetValue, ...]:
    """Return the values of an attribute by amount, where all are amounts of one dimension; else as they are.

    Numbers without a unit and sizes in letters (`S`, `M`, `2XL`) are dimensions as well. Of equal amounts the
    first stays first.
    """
    of_values: list[tuple[Reading, ...]] = []
    for value in values:
        readings = read_amount(name, value.value, table) or _read_number(value.value)
        if not readings:
            return tuple(values)
        of_values.append(readings)
    dimension = _common_dimension(of_values)
    if dimension is None:
        return tuple(values)
    amounts = [
        next((low, high) for name, low, high in readings if name == dimension) for readings in of_values
    ]
    order = sorted(range(len(values)), key=amounts.__getitem__)
    return tuple(values[position] for position in order)


def _read_number(value: str) -> tuple[Reading, ...]:
    is_number = _NUMBER.fullmatch(value) is not None
    return (Reading(_BARE, float(value), float(value)),) if is_number else ()


def _common_dimension(of_values: Sequence[Sequence[Reading]]) -> str | None:
    """Return a dimension that every value has a reading in: of 64g and 128gb, storage."""
    if not of_values:
        return None
    common = set.intersection(*({reading.dimension for reading in readings} for readings in of_values))
    return next((reading.dimension for reading in of_values[0] if reading.dimension in common), None)
