"""Match the columns of a catalog to the fields of a product."""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from shangsou.errors import UnusableInput

ATTRIBUTE_PREFIX = "attributes."
_ATTRIBUTE_COLUMN = re.compile(
    r"\s*(?:attributes?|attrs?|属性|屬性)\s*[.:：]\s*(?P<name>\S.*?)\s*", re.IGNORECASE
)
# A unit or a remark after the name: `价格(元)`.
_NAME_SUFFIX = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
# Names listed in an error: enough for any real catalog, but a binary file must not fill the screen.
_MAX_LISTED_NAMES = 30
_MAX_NAME_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one file that are read, and those that are not."""

    used: tuple[tuple[int, str], ...]
    """Position in the row and field: a name of `columns.json`, or `attributes.NAME`."""
    names: Mapping[str, str]
    """The column's name in the file, by field."""
    unused: tuple[str, ...]
    width: int


def match_columns(file: str, header: Sequence[str], mapping: Mapping[str, str]) -> Columns:
    """Match columns to fields: first by `mapping`, then by the usual names.

    If several columns could hold a field, the name that comes first in `columns.json` wins.

    Parameters
    ----------
    file
        For messages.
    header
        The column names in order.
    mapping
        Field to column name, from `--map`.

    Raises
    ------
    UnusableInput
        No column holds the id or the title, or `mapping` names a column that the file does not have.
    """
    for field, column in mapping.items():
        if _find_position(header, column) is None:
            raise UnusableInput(
                f"{file}: --map {field}={column} names no column; the file has {_list_columns(header)}"
            )
    columns = find_columns(header, mapping)
    for field, word in (("product_id", "id"), ("title", "title")):
        if field not in columns:
            raise UnusableInput(
                f"{file}: no column holds the {word} of a product; the file has {_list_columns(header)}; "
                f"say which it is with --map {field}=COLUMN"
            )
    taken = set(columns.values())
    return Columns(
        used=tuple((position, field) for field, position in columns.items()),
        names={field: header[position] for field, position in columns.items()},
        unused=tuple(name for position, name in enumerate(header) if position not in taken and name.strip()),
        width=len(header),
    )


def find_columns(header: Sequence[str], mapping: Mapping[str, str]) -> dict[str, int]:
    """Return the position of every field that has a column."""
    positions = {field: _find_position(header, column) for field, column in mapping.items()}
    columns = {field: position for field, position in positions.items() if position is not None}
    taken = set(columns.values())
    for position, name in enumerate(header):
        attribute = _ATTRIBUTE_COLUMN.fullmatch(name)
        if attribute and position not in taken:
            columns.setdefault(ATTRIBUTE_PREFIX + attribute["name"], position)
            taken.add(position)
    by_name = _positions_by_name(header)
    for field, names in column_names().items():
        candidates = (by_name[name] for name in names if name in by_name)
        position = next((position for position in candidates if position not in taken), -1)
        if field not in columns and position >= 0:
            columns[field] = position
            taken.add(position)
    return columns


def read_mapping(pairs: Iterable[str]) -> dict[str, str]:
    """Parse `--map` arguments such as `title=列名` into columns by field; raises `UnusableInput`."""
    mapping = {}
    for pair in pairs:
        field, equals, column = pair.partition("=")
        field = field.strip()
        attribute = _ATTRIBUTE_COLUMN.fullmatch(field)
        if attribute:
            field = ATTRIBUTE_PREFIX + attribute["name"]
        if not equals or not column.strip() or not (attribute or field in column_names()):
            raise UnusableInput(
                f"--map {pair}: write it as FIELD=COLUMN, where FIELD is {', '.join(column_names())} "
                "or attributes.NAME"
            )
        mapping[field] = column.strip()
    return mapping


@cache
def column_names() -> Mapping[str, tuple[str, ...]]:
    """Return the usual column names of each field, in the form that `match_columns` compares."""
    table = json.loads(files(__package__).joinpath("columns.json").read_text(encoding="utf-8"))
    return {field: tuple(dict.fromkeys(map(_normalize_name, names))) for field, names in table.items()}


def _find_position(header: Sequence[str], column: str) -> int | None:
    return (
        header.index(column) if column in header else _positions_by_name(header).get(_normalize_name(column))
    )


def _positions_by_name(header: Sequence[str]) -> dict[str, int]:
    """Return the position of each normalized name, and of `价格` for `价格(元)`, but not for `价格(分)`."""
    positions: dict[str, int] = {}
    for position, name in enumerate(header):
        positions.setdefault(_normalize_name(name), position)
    known = {name for names in column_names().values() for name in names}
    for position, name in enumerate(header):
        if _normalize_name(name) not in known:
            positions.setdefault(
                _normalize_name(_NAME_SUFFIX.sub("", unicodedata.normalize("NFKC", name))), position
            )
    return positions


def _normalize_name(name: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", name).lower() if char.isalnum())


def _list_columns(header: Sequence[str]) -> str:
    names = ", ".join(
        json.dumps(name[:_MAX_NAME_LENGTH], ensure_ascii=False) for name in header[:_MAX_LISTED_NAMES]
    )
    more = f" and {len(header) - _MAX_LISTED_NAMES} more" if len(header) > _MAX_LISTED_NAMES else ""
    return f"the columns {names}{more}" if header else "no columns"
