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
    below = names[first + 1] if first + 1 < len(names) else []
    if header_row is None and _divides(header, below):
        header = _named_below(header, below)
        rows_of_header = 2
    elif _is_second_header(header, below, known[first + 1] if below else 0):
        header = [
            _better(name, other) for name, other in zip(header, _padded(below, len(header)), strict=True)
        ]
        rows_of_header = 2
    elif first:
        header = _named_below(names[first - 1], header)
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
    if not second:
        return False
    filled = sum(bool(name) for name in second)
    is_mostly_known = 2 * known >= filled or known >= _MANY_NAMES
    is_as_full = 2 * filled >= sum(bool(name) for name in first)
    return known > 2 and is_mostly_known and is_as_full and max(map(len, second)) <= _MAX_NAME_LENGTH


def _divides(groups: Sequence[str], below: Sequence[str]) -> bool:
    """Return whether a row names the columns below the merged cells of a header, as 颜色 and 尺码 below 规格.

    Then it is blank below the cells that are merged downwards, and has names of columns where those that are
    merged sideways leave the header blank.
    """
    groups, below = _padded(groups, len(below)), _padded(below, max(len(groups), len(below)))
    filled = [name for name in below if name]
    beside = [name for name, group in zip(below, groups, strict=False) if name and not group]
    is_merged = any(group and not name for name, group in zip(below, groups, strict=False))
    if not beside or not is_merged or any(_NUMBER.fullmatch(name) for name in filled):
        return False
    return 2 * sum(map(_is_name, filled)) >= len(filled) and max(map(len, filled)) <= _MAX_NAME_LENGTH


def _named_below(groups: Sequence[str], below: Sequence[str]) -> list[str]:
    """Return the names of columns below groups: that of the group where there is none below.

    A name that says nothing alone has that of its group beside it: 零售 below 价格 is 零售价格.
    """
    width = max(len(groups), len(below)) if _divides(groups, below) else len(below)
    groups, below = _padded(groups, width), _padded(below, width)
    # A title is one cell; groups are several.
    are_groups = sum(bool(group) for group in groups) > 1
    header = []
    group = ""
    for above, name in zip(groups, below, strict=True):
        group = above or (group if name else "")
        if not name:
            header.append(above if _is_name(above) or are_groups else "")
        elif are_groups and not _is_name(name) and group:
            header.append(next(filter(_is_name, (f"{name}{group}", f"{group}{name}")), name))
        else:
            header.append(name)
    return header


def _better(name: str, other: str) -> str:
    return other if other and not _is_name(name) and _is_name(other) else name or other


def _padded(row: Sequence[str], width: int) -> list[str]:
    return [*row[:width], *[""] * (width - len(row))]
