"""Match the columns of a catalog to the fields of a product."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from indexer.column_names import bare_name, field_by_name
from indexer.column_positions import find_position
from indexer.column_search import find_columns
from indexer.platforms.recognition import Platform, recognize
from shangsou.errors import UnusableInput

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
    platform: Platform | None = None


def match_columns(
    file: str,
    header: Sequence[str],
    mapping: Mapping[str, str],
    *,
    needs_title: bool = True,
    has_whole_products: bool = True,
) -> Columns:
    """Match columns to fields: by `mapping`, by the platform, by the usual names, then by parts of names.

    If several columns could hold a field, the name that comes first in `columns.json` wins.

    Parameters
    ----------
    file
        For messages.
    header
        The column names in order.
    mapping
        Field to column name, from `--map`.
    needs_title
        Whether a file without titles is refused: one that completes another has none.
    has_whole_products
        Whether the rows state whole products, or change what they name.

    Raises
    ------
    UnusableInput
        No column holds the id or the title, or `mapping` names a column that the file does not have.
    """
    for field, column in mapping.items():
        is_path = column.partition(".")[0] in header
        if find_position(header, column) is None and not is_path:
            raise UnusableInput(
                f"{file}: --map {field}={column} names no column; the file has {list_columns(header)}"
            )
    platform = recognize(header)
    columns = find_columns(header, mapping, platform, has_whole_products=has_whole_products)
    missing = [] if {"product_id", "sku", "group_id"} & columns.keys() else [("product_id", "id")]
    missing += [("title", "title")] if needs_title and "title" not in columns else []
    for field, word in missing:
        raise UnusableInput(
            f"{file}: no column holds the {word} of a product; the file has {list_columns(header)}; "
            f"say which it is with --map {field}=COLUMN{_advice_without_header(header)}"
        )
    taken = set(columns.values())
    return Columns(
        used=tuple((position, field) for field, position in columns.items()),
        names={field: header[position] for field, position in columns.items()},
        unused=tuple(name for position, name in enumerate(header) if position not in taken and name.strip()),
        width=len(header),
        platform=platform,
    )


def list_columns(header: Sequence[str]) -> str:
    """Return the names of columns for a message."""
    names = ", ".join(
        json.dumps(name[:_MAX_NAME_LENGTH], ensure_ascii=False) for name in header[:_MAX_LISTED_NAMES]
    )
    more = f" and {len(header) - _MAX_LISTED_NAMES} more" if len(header) > _MAX_LISTED_NAMES else ""
    return f"the columns {names}{more}" if header else "no columns"


def _advice_without_header(header: Sequence[str]) -> str:
    """Return advice where the first row looks like a product: a number, and no name of a column."""
    has_number = any(re.fullmatch(r"\s*[¥￥]?-?[0-9][0-9.,]*\s*", name) for name in header)
    has_name = any(bare_name(name) in field_by_name() for name in header)
    return (
        "; if it has no header (表头), name its columns in order with --columns id,title,price"
        if has_number and not has_name
        else "; if the header is in another row, say which with --header-row N"
        if not has_name
        else ""
    )
