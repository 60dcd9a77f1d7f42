"""Read rows that state some fields of products as changes of these fields."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from indexer.cells.cells import Cells, Habits
from indexer.cells.readers import field_of_cell
from indexer.clean import SALE_CELLS, clean_row
from shangsou.product import field_to_json
from shangsou.reading.issue import Issue

# Stands in where a row states no title: a product has one.
_ANY_TITLE = "title"


class RowPatch(NamedTuple):
    """What a row changes of a product."""

    product_id: str
    """Empty where the row names none."""
    fields: Mapping[str, Any]
    """As an `Operation` has them; null clears."""
    issues: list[Issue]
    blanks: int
    """Blank cells, whether they clear or not."""


def read_patch(
    values: Mapping[str, object], habits: Habits | None = None, *, clears_blanks: bool = False
) -> RowPatch:
    """Return what a row changes: the fields that it states.

    Parameters
    ----------
    values
        By field, as in `indexer.catalog.Row`; blank cells as None or empty texts.
    habits
        How the file writes its cells.
    clears_blanks
        Whether a blank cell clears its field; otherwise the field stays as it is. A title is never cleared.
    """
    filled = {name: value for name, value in values.items() if not _is_blank(value)}
    product_id = Cells(filled).identifier("product_id")
    fields: dict[str, Any] = {}
    blank = {field for name in values.keys() - filled.keys() if (field := field_of_cell(name))}
    if clears_blanks:
        fields.update(dict.fromkeys(blank))
    cleaned = clean_row({"title": _ANY_TITLE, **filled, "product_id": product_id or "id"}, habits)
    if cleaned.product is not None:
        stated = cleaned.product
        names = {field for cell in filled if (field := field_of_cell(cell))}
        if not SALE_CELLS.isdisjoint(filled):
            names |= {"price_fen", "list_price_fen", "offer_from", "offer_until"}
        for name in names:
            value = getattr(stated, name)
            if name == "list_price_fen" and "price_fen" not in names:
                # Cleaning takes a list price alone for the price.
                value = stated.price_fen
            if value is not None:
                fields[name] = field_to_json(name, value)
        if "title" in filled:
            fields["title"] = stated.title
    return RowPatch(product_id, fields, cleaned.issues, len(blank))


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())
