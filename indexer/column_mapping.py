"""Read which column holds which field, as a user says it with `--map`."""

from collections.abc import Iterable
from difflib import get_close_matches

from indexer.column_names import ATTRIBUTE_PREFIX, column_names, field_by_name, normalize_name
from indexer.column_search import ATTRIBUTE_COLUMN
from shangsou.errors import UnusableInput


def read_mapping(pairs: Iterable[str]) -> dict[str, str]:
    """Parse `--map` arguments such as `title=列名` into columns by field; raises `UnusableInput`.

    A field may be called by any of its usual names, as in `标题=列名`.
    """
    mapping: dict[str, str] = {}
    for pair in pairs:
        name, equals, column = pair.partition("=")
        attribute = ATTRIBUTE_COLUMN.fullmatch(name)
        field = (
            ATTRIBUTE_PREFIX + attribute["name"]
            if attribute
            else field_by_name().get(normalize_name(name), "")
        )
        if not equals or not column.strip() or not field:
            fields = sorted(column_names(), key=lambda field: field in ("sku", "group_id"))
            raise UnusableInput(
                f"--map {pair}: write it as FIELD=COLUMN, where FIELD is {', '.join(fields)} "
                f"or attributes.NAME{_suggestion(name)}"
            )
        if mapping.get(field, column.strip()) != column.strip():
            raise UnusableInput(
                f"--map {pair}: {field} is already read from {mapping[field]}; give each field once"
            )
        mapping[field] = column.strip()
    return mapping


def _suggestion(name: str) -> str:
    """Return the field that a misspelt one is likely to be, for a message."""
    close = get_close_matches(name.strip().lower(), column_names(), 1)
    return f"; did you mean {close[0]}?" if close and close[0] != name else ""
