"""Clean a raw row into a product, with a list of the repairs made."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from indexer.cells.attributes import read_attributes
from indexer.cells.category import read_category
from indexer.cells.cells import STATUS_FIELDS, Cells, Habits
from indexer.cells.counts import read_count_cell, read_rating_cells
from indexer.cells.limits import MAX_ID_BYTES
from indexer.cells.money import read_price_cells, states_a_price
from indexer.cells.status import read_status_cells
from indexer.cells.stock import is_sold_out, read_stock_cells
from indexer.cells.texts import read_brand, read_list, read_moment, read_picture, read_product_type
from indexer.column_names import ATTRIBUTE_PREFIX, field_by_name, normalize_name
from indexer.fields import SLOTS
from indexer.offers import apply_sale
from shangsou.product import CATEGORY_SEPARATOR, Product
from shangsou.reading.issue import Issue, excerpt


class CleanedRow(NamedTuple):
    """The product of a row, or None with the reason in the last issue."""

    product: Product | None
    issues: list[Issue]


# Parser of each field of a product, in the order of `Product`. Each one decides which cells it reads; it is
# called if one of them has a value.
_READERS: Mapping[str, Callable[[Cells], object]] = {
    "subtitle": lambda cells: cells.text("subtitle"),
    "description": lambda cells: cells.text("description"),
    "brand": read_brand,
    "category": read_category,
    "price_fen": lambda cells: read_price_cells(cells, "price", "price_fen"),
    "list_price_fen": lambda cells: read_price_cells(cells, "list_price", "list_price_fen"),
    "offer_from": lambda cells: read_moment(cells, "offer_from"),
    "offer_until": lambda cells: read_moment(cells, "offer_until", end_of_day=True),
    "stock": read_stock_cells,
    "status": read_status_cells,
    "group_id": lambda cells: cells.identifier("group_id"),
    "attributes": read_attributes,
    "image_url": read_picture,
    "shop": lambda cells: cells.text("shop"),
    "tags": lambda cells: read_list(cells, "tags"),
    "codes": lambda cells: read_list(cells, "codes"),
    "sales": lambda cells: read_count_cell(cells, "sales"),
    "rating": read_rating_cells,
    "reviews": lambda cells: read_count_cell(cells, "reviews"),
    "created_at": lambda cells: read_moment(cells, "created_at"),
    "product_type": read_product_type,
}
_FIELD_BY_CELL = {
    **{field: field for field in _READERS},
    **dict.fromkeys(("cat1", "cat2", "cat3", "cat4"), "category"),
    "price": "price_fen",
    "list_price": "list_price_fen",
    "rating_percent": "rating",
    "availability": "stock",
    **dict.fromkeys(STATUS_FIELDS, "status"),
    **dict.fromkeys(SLOTS["codes"], "codes"),
    "sku_attributes": "attributes",
    "sku_image": "image_url",
}

# Cells that say what price holds now, and until when.
SALE_CELLS = frozenset({"sale_price", "sale_price_fen", "offer_period"})


def clean_row(values: Mapping[str, object], habits: Habits | None = None) -> CleanedRow:
    """Clean a row into a product. It is rejected only for a missing id or title; never raises.

    Parameters
    ----------
    values
        By field, as in `indexer.catalog.Row`.
    habits
        How the file writes its cells.
    """
    cells = Cells(values, habits)
    product_id = cells.identifier("product_id")
    title = cells.text("title")
    if not product_id:
        cells.issues.append(Issue("id missing", "there is no product id", "row skipped"))
    elif len(product_id) > MAX_ID_BYTES // 4 and len(product_id.encode()) > MAX_ID_BYTES:
        problem = f"product id {excerpt(product_id)} has more than {MAX_ID_BYTES} bytes"
        cells.issues.append(Issue("id too long", problem, "row skipped"))
    elif not title:
        problem = f"product {excerpt(product_id)} has no title"
        cells.issues.append(Issue("title missing", problem, "row skipped"))
    else:
        return CleanedRow(_product(product_id, title, cells), cells.issues)
    return CleanedRow(None, cells.issues)


def field_of_cell(name: str) -> str:
    """Return the field of a product that a cell is read into; empty for its id, its title and other cells."""
    return _FIELD_BY_CELL.get(name) or ("attributes" if name.startswith(ATTRIBUTE_PREFIX) else "")


def _product(product_id: str, title: str, cells: Cells) -> Product:
    fields: dict[str, Any] = {}
    for cell in cells.values:
        field = field_of_cell(cell)
        if field and field not in fields:
            fields[field] = _READERS[field](cells)
    if not SALE_CELLS.isdisjoint(cells.values):
        apply_sale(fields, cells)
    _take_from_attributes(fields)
    _settle_stock(fields, cells)
    _settle_list_price(fields, cells)
    rating = cells.values.get("rating")
    if rating is not None and isinstance(rating, dict) and "count" in rating and "reviews" not in fields:
        fields["reviews"] = read_count_cell(Cells({"reviews": rating}), "reviews")
    path = [level.strip() for level in fields.get("product_type", "").split(CATEGORY_SEPARATOR)]
    if len(path) > 1:
        # Shop systems that sell abroad keep a category path in this column.
        fields["product_type"] = path[-1]
        if not fields.get("category"):
            path_cells = Cells({"category": CATEGORY_SEPARATOR.join(path)})
            fields["category"] = read_category(path_cells)
            cells.issues.extend(path_cells.issues)
    begins, ends = fields.get("offer_from"), fields.get("offer_until")
    if begins and ends and ends < begins:
        problem = f"the offer ends at {ends:%F %R} UTC, before it begins at {begins:%F %R} UTC"
        cells.issues.append(Issue("offer ends before it begins", problem, "both left empty"))
        fields["offer_from"] = fields["offer_until"] = None
    return Product(product_id, title, **fields)


def _take_from_attributes(fields: dict[str, Any]) -> None:
    """Take the brand and codes from attributes that are called so, where no column gives them."""
    attributes = fields.get("attributes") or {}
    for name, values in attributes.items():
        field = field_by_name().get(normalize_name(name), "")
        if field == "brand" and not fields.get("brand"):
            fields["brand"] = read_brand(Cells({"brand": values[0]}))
        elif field == "codes":
            fields["codes"] = tuple(dict.fromkeys((*fields.get("codes", ()), *values)))
    brand = fields.get("brand")
    if brand and any((brand,) == values for values in attributes.values()):
        # Shown once, and filtered by once.
        fields["attributes"] = {
            name: values
            for name, values in attributes.items()
            if values != (brand,) or field_by_name().get(normalize_name(name)) != "brand"
        }


def _settle_stock(fields: dict[str, Any], cells: Cells) -> None:
    """Leave no stock of what a status calls sold out."""
    if "status" not in fields or fields.get("stock") == 0 or not is_sold_out(cells):
        return
    if fields.get("stock"):
        problem = f"there are {fields['stock']:,} of a product whose status is sold out"
        cells.issues.append(Issue("stock of what is sold out", problem, "read as 0"))
    fields["stock"] = 0


def _settle_list_price(fields: dict[str, Any], cells: Cells) -> None:
    """Take a list price for the price where that is blank; leave none without a price or below it."""
    price, list_price = fields.get("price_fen"), fields.get("list_price_fen")
    if price is None and list_price is not None:
        # 现价 left blank beside 原价: nothing is off. A price that cannot be read is another matter.
        fields["price_fen"] = None if states_a_price(cells) else list_price
        fields["list_price_fen"] = None
    elif price is not None and list_price is not None and list_price < price:
        problem = f"list price {list_price / 100:.2f} is below the price {price / 100:.2f}"
        cells.issues.append(Issue("list price below price", problem, "list price left empty"))
        fields["list_price_fen"] = None
