"""Read rows that state some fields of products as changes of these fields."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from indexer.cells.cells import Cells, Habits
from indexer.cells.readers import field_of_cell
from indexer.clean import SALE_CELLS, clean_row
from shangsou.product import Product, field_to_json
from shangsou.reading.issue import Issue
from shangsou.updates.operation import MONEY, SALE

_REGULAR = frozenset({"price", "price_fen"})
_SALE_PRICES = frozenset({"sale_price", "sale_price_fen"})
_UNKNOWN_STATUS = "status unknown"
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
    values: Mapping[str, object],
    habits: Habits | None = None,
    *,
    clears_blanks: bool = False,
    now: datetime | None = None,
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
    now
        When an offer without a time begins; None: now.
    """
    filled = {name: value for name, value in values.items() if not _is_blank(value)}
    product_id = Cells(filled).identifier("product_id")
    fields: dict[str, Any] = {}
    blank_cells = values.keys() - filled.keys()
    blank = {field for name in blank_cells if (field := _field_of(name))}
    if clears_blanks:
        fields.update(dict.fromkeys(blank))
    cleaned = clean_row({"title": _ANY_TITLE, **filled, "product_id": product_id or "id"}, habits)
    if cleaned.product is not None:
        stated = cleaned.product
        names = {field for cell in filled if (field := field_of_cell(cell))}
        if any(issue.reason == _UNKNOWN_STATUS for issue in cleaned.issues):
            names.discard("status")
        if not SALE_CELLS.isdisjoint(filled) and not _REGULAR.isdisjoint(filled):
            names |= MONEY
        elif not _SALE_PRICES.isdisjoint(filled) and stated.price_fen is not None:
            fields |= _sale(stated, now or datetime.now(UTC))
            names -= MONEY
        for name in names:
            value = getattr(stated, name)
            if name == "list_price_fen" and "price_fen" not in names:
                # Cleaning takes a list price alone for the price.
                value = stated.price_fen
            if value is not None:
                fields[name] = field_to_json(name, value)
        if "title" in filled:
            fields["title"] = stated.title
    return RowPatch(product_id, fields, [_as_of_patch(issue) for issue in cleaned.issues], len(blank))


def _sale(stated: Product, now: datetime) -> dict[str, Any]:
    """Return the fields of a sale price beside the price that the product has.

    Without a time it begins now, and ends when it is cleared.
    """
    begins, ends = stated.offer_from, stated.offer_until
    period = {"offer_from": begins if begins or ends else now, "offer_until": ends}
    moments = {name: field_to_json(name, moment) for name, moment in period.items() if moment is not None}
    return {SALE: stated.price_fen, **moments}


def _as_of_patch(issue: Issue) -> Issue:
    """Return an issue as it is handled here: what cannot be read changes nothing."""
    return issue._replace(resolution="left as it was") if issue.reason == _UNKNOWN_STATUS else issue


def _field_of(cell: str) -> str:
    return SALE if cell in _SALE_PRICES else field_of_cell(cell)


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())
