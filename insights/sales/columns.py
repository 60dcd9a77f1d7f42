"""Find the columns of a table of sales or orders: by their usual names, or as a user says with `--map`.

The usual names are in the `column_names.json` of a package: `SALES` by default.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import cache, lru_cache
from importlib.resources import files

from shangsou.errors import UnusableInput
from shangsou.text.normalize import to_simplified

SALES = "insights.sales"
"""The package with the names of columns of sales."""
CATEGORY_LEVELS = ("category1", "category2", "category3", "category4")
"""From the root down."""
SALES_FIELDS = ("date", "item", "quantity")
"""What no table of sales can do without; a running total may stand for the quantity, a name for the item."""
NEW_PRODUCT_FIELD = "launch"
"""Read from tables of new products alone: a day of sales is none of launch."""
# A unit or a remark beside the name: `销量(千克)`, `单价【元】`.
_REMARK = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
# What is found by looking at a header alone: all that a message can show.
_MAX_SHOWN = 30


def is_known(name: str, package: str = SALES) -> bool:
    """Return whether a name is that of a known column, so that a row of such names is a header."""
    return bool(_field(name, package))


def read_mapping(pairs: Iterable[str], package: str = SALES) -> dict[str, str]:
    """Parse `--map` arguments such as `quantity=列名` into columns by field; raises `UnusableInput`.

    A field may be called by any of its usual names, as in `数量=列名`.
    """
    mapping: dict[str, str] = {}
    for pair in pairs:
        name, equals, column = pair.partition("=")
        field = _field(name, package)
        if not equals or not column.strip() or not field:
            raise UnusableInput(
                f"--map {pair}: write it as FIELD=COLUMN, where FIELD is {', '.join(column_names(package))}"
                f"{_suggestion(name, column_names(package))}"
            )
        if mapping.get(field, column.strip()) != column.strip():
            raise UnusableInput(
                f"--map {pair}: {field} is already read from {mapping[field]}; give each field once"
            )
        mapping[field] = column.strip()
    return mapping


def find_columns(
    header: Sequence[str], mapping: Mapping[str, str], name: str, package: str = SALES
) -> dict[str, int]:
    """Return the position in the header of each field that the table has.

    Parameters
    ----------
    header
        Names of columns; empty for one without a name.
    mapping
        Columns by field, as a user names them. They win over the usual names.
    name
        Of the table, for messages.
    package
        With the usual names.

    Raises
    ------
    UnusableInput
        A column of the mapping is not there.
    """
    columns = {field: _position(column, field, header, name) for field, column in mapping.items()}
    positions: dict[str, int] = {}
    for position, column in enumerate(header):
        if position not in columns.values():
            for key in (_normalize(column), _bare(column)):
                positions.setdefault(key, position)
    for field, names in column_names(package).items():
        found = next((positions[one] for one in names if one in positions), None)
        if field not in columns and found is not None and found not in columns.values():
            columns[field] = found
    if "quantity" in columns and "cumulative_quantity" in columns:
        columns.pop("quantity" if "cumulative_quantity" in mapping else "cumulative_quantity")
    return columns


def has_column(header: Iterable[str], column: str) -> bool:
    """Return whether a header has a column, compared as `find_columns` does those of a mapping."""
    return any(other == column or (other and _normalize(other) == _normalize(column)) for other in header)


def is_called(column: str, names: Iterable[str]) -> bool:
    """Return whether a column has one of these names, compared as `find_columns` does usual ones."""
    return not {_normalize(column), _bare(column)}.isdisjoint(map(_normalize, names))


def check_columns(
    columns: Mapping[str, int],
    header: Sequence[str],
    name: str,
    needed: Sequence[str] = SALES_FIELDS,
    package: str = SALES,
) -> None:
    """Raise `UnusableInput` where a table has no column for a field that is needed."""
    stand_ins = {"quantity": "cumulative_quantity", "item": "name"}
    missing = [field for field in needed if field not in columns and stand_ins.get(field, "") not in columns]
    if missing:
        usual = "; ".join(f"{field} may be called {', '.join(_usual(field, package))}" for field in missing)
        raise UnusableInput(
            f"{name}: no column holds {', '.join(missing)}; there are {shown_columns(header)}; name it, "
            f"as in --map {missing[0]}=COLUMN ({usual})"
        )


def shown_columns(header: Sequence[str]) -> str:
    """Return the names of a header for a message."""
    named = [column for column in header if column]
    more = f" and {len(named) - _MAX_SHOWN:,} more" if len(named) > _MAX_SHOWN else ""
    return (", ".join(column[:40] for column in named[:_MAX_SHOWN]) or "no named columns") + more


@cache
def column_names(package: str = SALES) -> Mapping[str, tuple[str, ...]]:
    """Return the usual column names of each field, normalized, the best first."""
    return {field: tuple(dict.fromkeys(map(_normalize, names))) for field, names in _table(package).items()}


@cache
def _table(package: str) -> Mapping[str, list[str]]:
    table: Mapping[str, list[str]] = json.loads(
        files(package).joinpath("column_names.json").read_text(encoding="utf-8")
    )
    return table


@cache
def _field_by_name(package: str) -> Mapping[str, str]:
    return {
        name: field for field, names in column_names(package).items() for name in (_normalize(field), *names)
    }


def _field(name: str, package: str) -> str:
    fields = _field_by_name(package)
    return fields.get(_normalize(name), "") or fields.get(_bare(name), "")


def _usual(field: str, package: str) -> list[str]:
    names = _table(package)[field]
    chinese = [name for name in names if not name.isascii()]
    return [name for name in names if name.isascii()][:3] + chinese[:5]


def _position(column: str, field: str, header: Sequence[str], name: str) -> int:
    for position, other in enumerate(header):
        if other == column:
            return position
    for position, other in enumerate(header):
        if other and _normalize(other) == _normalize(column):
            return position
    raise UnusableInput(
        f"{name}: --map {field}={column}: there is no such column; there are {shown_columns(header)}"
        f"{_suggestion(column, header)}"
    )


def _suggestion(name: str, names: Iterable[str]) -> str:
    """Return the name that a misspelt one is likely to be, for a message."""
    close = get_close_matches(name.strip().lower(), [one for one in names if one], 1)
    return f"; did you mean {close[0]}?" if close and close[0] != name else ""


@lru_cache(1 << 12)
def _normalize(name: str) -> str:
    """Return a name as names are compared: letters and digits, in lower case and Simplified characters."""
    folded = unicodedata.normalize("NFKC", name).lower()
    return to_simplified("".join(char for char in folded if char.isalnum()))


@lru_cache(1 << 12)
def _bare(name: str) -> str:
    return _normalize(_REMARK.sub("", unicodedata.normalize("NFKC", name)))
