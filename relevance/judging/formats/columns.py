"""Names of the columns of judgements, in Chinese and English and in the exports of other tools."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import NamedTuple

from shangsou.errors import UnusableInput
from shangsou.reading.issue import excerpt

FIELDS = ("qid", "query", "doc_id", "grade", "judge", "set")
"""What a row of judgements may hold."""
_FIELD_ALIASES = {"rating": "grade", "docid": "doc_id", "product_id": "doc_id", "text": "query"}
# Columns that a message lists.
_MAX_LISTED = 12
_REMARK = re.compile(r"[(\[【].*?[)\]】]")
_BLANK = re.compile(r"[\s_\-*:：]+")


class FoundColumns(NamedTuple):
    """The position of each field's column, and remarks where another could have been meant."""

    positions: Mapping[str, int]
    notes: Sequence[str]


def normalize_name(name: str) -> str:
    """Return the name of a column as it is compared: `相关性（0-3分）` is `相关性`."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return _BLANK.sub("", _REMARK.sub("", folded))


def is_known(name: str) -> bool:
    """Return whether a name is that of a column of judgements."""
    names = _names()
    return any(normalize_name(name) in names[field] for field in FIELDS)


def is_no_judge(name: str) -> bool:
    """Return whether a column, of a table with one for each judge, is known to be another."""
    return normalize_name(name) in _names()["no_judge"]


def parse_columns(text: str) -> dict[str, str]:
    """Return the column of each field in `query=查询,doc_id=商品ID,grade=相关度`; raises `UnusableInput`."""
    columns: dict[str, str] = {}
    for pair in filter(str.strip, re.split("[,，]", text)):
        name, equals, column = (part.strip() for part in pair.replace("＝", "=").partition("="))
        field = _FIELD_ALIASES.get(name.lower(), name.lower())
        if not (equals and column) or field not in FIELDS:
            raise UnusableInput(
                f"--columns {pair.strip()}: write FIELD=COLUMN; the fields are {', '.join(FIELDS)}"
            )
        columns[field] = column
    if not columns:
        raise UnusableInput(f"--columns {text!r}: names no column; write FIELD=COLUMN, as query=查询")
    return columns


def find_columns(header: Sequence[str], given: Mapping[str, str], name: str) -> FoundColumns:
    """Return the column of each field: those that a user gave, the others by their names.

    Raises `UnusableInput` if the table, called `name` in messages, lacks a column that was given.
    """
    positions: dict[str, int] = {}
    notes = []
    for field, column in given.items():
        if column not in header:
            raise UnusableInput(
                f"{name}: has no column {column!r}, which --columns names; it has {list_names(header)}"
            )
        positions[field] = header.index(column)
    normalized = [normalize_name(one) for one in header]
    for field in FIELDS:
        found = [normalized.index(one) for one in _names()[field] if one in normalized]
        free = [position for position in found if position not in positions.values()]
        if field in given or not free:
            continue
        positions[field] = free[0]
        if len(free) > 1:
            others = list_names([header[position] for position in free[1:]])
            notes.append(
                f"{excerpt(header[free[0]])} is taken for {field}, not {others}; --columns can say otherwise"
            )
    return FoundColumns(positions, notes)


def list_names(header: Sequence[str]) -> str:
    """Return the names of columns for a message, some of them if there are many."""
    names = [excerpt(name) for name in header if name]
    more = f" and {len(names) - _MAX_LISTED} more" if len(names) > _MAX_LISTED else ""
    return f"{', '.join(names[:_MAX_LISTED]) or 'no names'}{more}"


@cache
def _names() -> Mapping[str, Sequence[str]]:
    table = resources.files("relevance.judging.formats").joinpath("columns.toml").read_text("utf-8")
    names: Mapping[str, Sequence[str]] = tomllib.loads(table)
    return names
