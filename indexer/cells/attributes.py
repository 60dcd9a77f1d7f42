"""Attributes, from one column or from one each."""

from functools import lru_cache

from indexer.attributes import is_property_numbers, split_attributes
from indexer.cell_objects import as_text, read_object
from indexer.cell_vocabulary import vocabulary
from indexer.cells.cells import Cells
from indexer.cells.limits import MAX_ATTRIBUTES, MAX_REPEATED_LENGTH
from indexer.column_names import ATTRIBUTE_PREFIX
from indexer.unnamed_values import split_unnamed
from shangsou.reading.issue import Issue

# A text of variants is short; a longer one is a description in the wrong column.
_MAX_UNNAMED = 60


def read_attributes(cells: Cells) -> dict[str, tuple[str, ...]]:
    """Return the attributes of `attributes` and of the columns `attributes.NAME`."""
    pairs = [*_pairs(cells, "attributes"), *_pairs(cells, "sku_attributes")]
    for field, cell in cells.values.items():
        if field.startswith(ATTRIBUTE_PREFIX):
            name = field.removeprefix(ATTRIBUTE_PREFIX)
            if isinstance(cell, str):
                pairs.append((name, cell))
                continue
            entries = cell if isinstance(cell, list | tuple) else (cell,)
            pairs += [(name, as_text(read_object(single))) for single in entries]
    kept: dict[str, dict[str, None]] = {}
    for raw_name, raw_value in pairs:
        if raw_value:
            is_short = len(raw_name) + len(raw_value) <= MAX_REPEATED_LENGTH
            clean = _clean_pair if is_short else _clean_pair.__wrapped__
            name, text, issues = clean(raw_name, raw_value)
            cells.issues += issues
            if name and text:
                kept.setdefault(name, {})[text] = None
    if len(kept) > MAX_ATTRIBUTES:
        cells.add_issue(
            "too many attributes", f"there are {len(kept)} attributes", f"first {MAX_ATTRIBUTES} kept"
        )
    return {name: tuple(texts) for name, texts in list(kept.items())[:MAX_ATTRIBUTES]}


def _pairs(cells: Cells, field: str) -> list[tuple[str, str]]:
    value = cells.values.get(field)
    if value is None or str(value).strip().lower() in vocabulary("nothing") | {""}:
        return []
    pairs = (
        None
        if is_property_numbers(value)
        else split_attributes(value, has_sections=cells.habits.has_sections)
    )
    if pairs is not None:
        return pairs
    text = as_text(value).strip()
    if field == "sku_attributes" and text.lower() in vocabulary("no_option"):
        return []
    if is_property_numbers(value):
        cells.leave_empty(field, text, "holds numbers of properties, not their names")
    elif text and text[0] not in "{[" and len(text) <= _MAX_UNNAMED:
        names = cells.values.get("sku_attribute_names") if field == "sku_attributes" else None
        return split_unnamed(text, names if isinstance(names, list) else ())
    else:
        cells.leave_empty(field, text or str(value), "cannot be read")
    return []


# A catalog has few names, and colours and sizes are those of other products.
@lru_cache(1 << 14)
def _clean_pair(raw_name: str, raw_value: str) -> tuple[str, str, tuple[Issue, ...]]:
    """Return the name and the value of an attribute, cleaned, with the issues found in them."""
    cells = Cells({})
    name, value = cells.clean_text("attribute name", raw_name), cells.clean_text("attributes", raw_value)
    return name, value, tuple(cells.issues)
