"""A raw row to a clean product, with everything that had to be repaired on the way."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from indexer.cells import MAX_ID_BYTES, Cells
from indexer.columns import ATTRIBUTE_PREFIX
from shangsou.product import Product
from shangsou.reading.repair import Repair, shown


class Cleaned(NamedTuple):
    """A product, or None with the reason in the last repair."""

    product: Product | None
    repairs: list[Repair]


# Field of a product to its reader, in the order of `Product`. Which cells each one reads is its own
# matter; it is called when one of them says something.
_READERS: Mapping[str, Callable[[Cells], object]] = {
    "subtitle": lambda cells: cells.text("subtitle"),
    "description": lambda cells: cells.text("description"),
    "brand": Cells.brand,
    "category": Cells.category,
    "price_fen": lambda cells: cells.price("price", "price_fen"),
    "list_price_fen": lambda cells: cells.price("list_price", "list_price_fen"),
    "offer_from": lambda cells: cells.time("offer_from"),
    "offer_until": lambda cells: cells.time("offer_until", end_of_day=True),
    "stock": Cells.stock,
    "status": Cells.status,
    "group_id": lambda cells: cells.text("group_id"),
    "attributes": Cells.attributes,
    "image_url": Cells.image,
    "shop": lambda cells: cells.text("shop"),
    "tags": Cells.tags,
    "sales": Cells.sales,
    "created_at": lambda cells: cells.time("created_at"),
}
_READ_BY = {
    **{field: field for field in _READERS},
    **dict.fromkeys(("cat1", "cat2", "cat3", "cat4"), "category"),
    "price": "price_fen",
    "list_price": "list_price_fen",
}


def clean_row(values: Mapping[str, object]) -> Cleaned:
    """Return the product in a row. Only a missing id or title rejects it; nothing raises.

    Parameters
    ----------
    values
        By field, as `indexer.read.Row` has them.
    """
    cells = Cells(values)
    product_id = cells.text("product_id")
    title = cells.text("title")
    if not product_id:
        cells.repairs.append(Repair("id missing", "there is no product id", "row skipped"))
    elif len(product_id) > MAX_ID_BYTES // 4 and len(product_id.encode()) > MAX_ID_BYTES:
        what = f"product id {shown(product_id)} has more than {MAX_ID_BYTES} bytes"
        cells.repairs.append(Repair("id too long", what, "row skipped"))
    elif not title:
        what = f"product {shown(product_id)} has no title"
        cells.repairs.append(Repair("title missing", what, "row skipped"))
    else:
        return Cleaned(_product(product_id, title, cells), cells.repairs)
    return Cleaned(None, cells.repairs)


def _product(product_id: str, title: str, cells: Cells) -> Product:
    fields: dict[str, Any] = {}
    for cell in cells.values:
        field = _READ_BY.get(cell) or ("attributes" if cell.startswith(ATTRIBUTE_PREFIX) else "")
        if field and field not in fields:
            fields[field] = _READERS[field](cells)
    price, list_price = fields.get("price_fen"), fields.get("list_price_fen")
    if price is not None and list_price is not None and list_price < price:
        what = f"list price {list_price / 100:.2f} is below the price {price / 100:.2f}"
        cells.repairs.append(Repair("list price below price", what, "list price left empty"))
        fields["list_price_fen"] = None
    begins, ends = fields.get("offer_from"), fields.get("offer_until")
    if begins and ends and ends < begins:
        what = f"the offer ends at {ends:%F %R} UTC, before it begins at {begins:%F %R} UTC"
        cells.repairs.append(Repair("offer ends before it begins", what, "both left empty"))
        fields["offer_from"] = fields["offer_until"] = None
    return Product(product_id, title, **fields)
