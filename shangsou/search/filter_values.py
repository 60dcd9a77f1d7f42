"""Parse filters as people write them, in yuan and as paths, into the values that engines compare."""

import math
from decimal import Decimal

from shangsou.product import CATEGORY_SEPARATOR

# Far above any price, and in fen it fits the engines' 64-bit columns.
MAX_PRICE_YUAN = 1_000_000_000


def parse_price_limits(from_yuan: float | None, to_yuan: float | None) -> tuple[int | None, int | None]:
    """Return the lowest and the highest price in fen, both included; None is no limit.

    A limit between two fen moves inwards: no product costs a part of a fen. Limits are finite, from 0
    to `MAX_PRICE_YUAN`.
    """
    return (
        None if from_yuan is None else math.ceil(_fen(from_yuan)),
        None if to_yuan is None else math.floor(_fen(to_yuan)),
    )


def parse_category_path(path: str) -> tuple[str, ...]:
    """Return the levels of a path such as `女装>连衣裙`, without the spaces around them.

    Raises `ValueError` when a level is empty.
    """
    levels = tuple(level.strip() for level in path.split(CATEGORY_SEPARATOR))
    if not all(levels):
        raise ValueError(f"{path!r} has an empty level")
    return levels


def _fen(yuan: float) -> Decimal:
    # By way of the shortest decimal that reads back as this float: what was written. 19.9 x 100
    # in binary would be 1989.9999999999998.
    return Decimal(repr(yuan)) * 100
