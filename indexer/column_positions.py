"""Positions of columns in a header by their names, or by nearly their names."""

from collections.abc import Sequence

from indexer.column_names import bare_name, field_by_name, normalize_name

# Last parts of dotted names that say nothing alone.
_BARE_NAMES = ("name", "fullname", "displayname", "username", "nickname", "filename")


def find_position(header: Sequence[str], column: str) -> int | None:
    """Return the position of a column by its name, or by nearly its name; None if there is none."""
    return header.index(column) if column in header else positions_by_name(header).get(normalize_name(column))


def positions_by_name(header: Sequence[str]) -> dict[str, int]:
    """Return the position of each normalized name, and of `价格` for `价格(元)`, but not for `价格(分)`."""
    positions: dict[str, int] = {}
    for position, name in enumerate(header):
        positions.setdefault(normalize_name(name), position)
    known = field_by_name()
    for position, name in enumerate(header):
        if normalize_name(name) not in known and not normalize_name(name).endswith(("分", "fen", "cents")):
            positions.setdefault(bare_name(name), position)
    for position, name in enumerate(header):
        # `brandInfo.brandName` is the brand; `name` alone may be that of anything.
        last = normalize_name(name.rpartition(".")[2]) if "." in name else ""
        if last.endswith("name") and last not in _BARE_NAMES:
            positions.setdefault(last, position)
    positions.pop("", None)
    return positions
