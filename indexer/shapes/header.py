"""Find the header of a table among its first rows."""

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from indexer.column_names import fields_by_pattern, is_known, normalize_name

# Rows that are looked at: exports put up to ten lines of titles and notes above the header.
MAX_ROWS_ABOVE = 20
# Names are short; a sentence that holds 商品编号 is none.
_MAX_NAME_LENGTH = 40
# A row of products holds a name by chance, such as 上架, but not so many.
_MANY_NAMES = 6
_NUMBER = re.compile(r"\s*[¥￥$]?-?[0-9][0-9.,:/\- ]*%?\s*")


class Header(NamedTuple):
    """The names of the columns, and the rows among the first that hold them."""

    names: list[str]
    first: int
    """The row, from 0."""
    rows: int
    """How many rows it takes: below the names of a program there may be those for people."""
    known: int
    """How many of the names are known."""


def find_header(
    rows: Sequence[Sequence[object]], header_row: int | None = None, mapped: Collection[str] = ()
) -> Header:
    """Return the header among the first rows of a table, the first row where none has a known name.

    Parameters
    ----------
    rows
        The first rows, at least one.
    header_row
        The row that is the header, from 1. None: found by its names.
    mapped
        Names of columns that the user gave, which are known as well.
    """
    names = [[_name(cell) for cell in row] for row in rows[: MAX_ROWS_ABOVE + 1]]
    known = [_count_known(row, mapped) for row in names]
    if header_row is not None:
        first = min(header_row, len(names)) - 1
    else:
        enough = 0.6 * max(known)
        first = next((row for row, count in enumerate(known) if count and count >= enough), 0)
    header = names[first]
    rows_of_header = 1
    if first + 1 < len(names) and _is_second_header(header, names[first + 1], known[first + 1]):
        header = [
            _better(name, other)
            for name, other in zip(header, _padded(names[first + 1], len(header)), strict=True)
        ]
        rows_of_header = 2
    if first:
        # Merged cells put the name of a column one row higher.
        above = _padded(names[first - 1], len(header))
        header = [
            name or (other if _is_name(other) else "") for name, other in zip(header, above, strict=True)
        ]
    return Header(header, first, rows_of_header, known[first])


def _name(cell: object) -> str:
    return "" if cell is None else str(cell).replace("\ufeff", "").strip()


def _is_name(name: str) -> bool:
    return len(name) <= _MAX_NAME_LENGTH and (is_known(name) or bool(fields_by_pattern(name)))


def _count_known(row: Sequence[str], mapped: Collection[str]) -> int:
    if any(_NUMBER.fullmatch(name) for name in row):
        return 0
    return len({normalize_name(name) for name in row if name and (name in mapped or _is_name(name))})


def _is_second_header(first: Sequence[str], second: Sequence[str], known: int) -> bool:
    """Return whether a row repeats most names of a header in another language."""
    filled = sum(bool(name) for name in second)
    is_mostly_known = 2 * known >= filled or known >= _MANY_NAMES
    is_as_full = 2 * filled >= sum(bool(name) for name in first)
    return known > 2 and is_mostly_known and is_as_full and max(map(len, second)) <= _MAX_NAME_LENGTH


def _better(name: str, other: str) -> str:
    return other if other and not _is_name(name) and _is_name(other) else name or other


def _padded(row: Sequence[str], width: int) -> list[str]:
    return [*row[:width], *[""] * (width - len(row))]
