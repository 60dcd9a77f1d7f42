"""Clean a raw row into a product, with a list of the repairs made."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from indexer.cells.category import read_category
from indexer.cells.cells import Cells, Habits
from indexer.cells.counts import read_count_cell
from indexer.cells.limits import MAX_ID_BYTES
from indexer.cells.money import states_a_price
from indexer.cells.readers import READERS, field_of_cell
from indexer.cells.stock import is_sold_out
from indexer.cells.texts import read_brand
from indexer.column_names import field_by_name, normalize_name
from indexer.offers import apply_sale
from shangsou.product import CATEGORY_SEPARATOR, Product
from shangsou.reading.issue import Issue, excerpt


class CleanedRow(NamedTuple):
    """The product of a row, or None with the reason in the last issue."""

    product: Product | None
    issues: list[Issue]


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
    return clean_cells(Cells(values, habits), _read_fields)


def clean_cells(cells: Cells, read_fields: Callable[[Cells], dict[str, Any]]) -> CleanedRow:
    """Clean the cells of a row into a product; see `clean_row`.

    Parameters
    ----------
    cells
        Of the row.
    read_fields
        Returns each field that they state.
    """
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
        return CleanedRow(_product(product_id, title, read_fields(cells), cells), cells.issues)
    return CleanedRow(None, cells.issues)


def _read_fields(cells: Cells) -> dict[str, Any]:
    fields = dict.fromkeys(map(field_of_cell, cells.values))
    return {field: READERS[field].read(cells) for field in fields if field}


def _product(product_id: str, title: str, fields: dict[str, Any], cells: Cells) -> Product:
    if not SALE_CELLS.isdisjoint(cells.values):
        apply_sale(fields, cells)
    if fields.get("attributes"):
        _take_from_attributes(fields)
    if "status" in fields:
        _settle_stock(fields, cells)
    if "list_price_fen" in fields:
        _settle_list_price(fields, cells)
    rating = cells.values.get("rating")
    if isinstance(rating, dict) and "count" in rating and "reviews" not in fields:
        fields["reviews"] = read_count_cell(Cells({"reviews": rating}), "reviews")
    if fields.get("product_type"):
        _settle_product_type(fields, cells)
    begins, ends = fields.get("offer_from"), fields.get("offer_until")
    if begins and ends and ends < begins:
        problem = f"the offer ends at {ends:%F %R} UTC, before it begins at {begins:%F %R} UTC"
        cells.issues.append(Issue("offer ends before it begins", problem, "both left empty"))
        fields["offer_from"] = fields["offer_until"] = None
    return Product(product_id, title, **fields)


def _settle_product_type(fields: dict[str, Any], cells: Cells) -> None:
    """Take a path for a category: shop systems that sell abroad keep one in this column."""
    path = [level.strip() for level in fields["product_type"].split(CATEGORY_SEPARATOR)]
    if len(path) > 1:
        fields["product_type"] = path[-1]
        if not fields.get("category"):
            path_cells = Cells({"category": CATEGORY_SEPARATOR.join(path)})
            fields["category"] = read_category(path_cells)
            cells.issues.extend(path_cells.issues)


def _take_from_attributes(fields: dict[str, Any]) -> None:
    """Take the brand and codes from attributes that are called so, where no column gives them."""
    attributes = fields["attributes"]
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
    if fields.get("stock") == 0 or not is_sold_out(cells):
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
