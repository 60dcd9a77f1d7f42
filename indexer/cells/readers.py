"""Readers of the fields of a product, each with the cells that it reads."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from indexer.cells.attributes import read_attributes
from indexer.cells.category import LEVEL_FIELDS, read_category
from indexer.cells.cells import STATUS_FIELDS, Cells
from indexer.cells.counts import read_count_cell, read_rating_cells
from indexer.cells.money import read_price_cells
from indexer.cells.status import read_status_cells
from indexer.cells.stock import read_stock_cells
from indexer.cells.texts import read_brand, read_list, read_moment, read_picture, read_product_type
from indexer.column_names import ATTRIBUTE_PREFIX
from indexer.fields import SLOTS


class Reader(NamedTuple):
    """How a field of a product is read; it is if one of its cells has a value."""

    read: Callable[[Cells], object]
    cells: Sequence[str]
    """With the columns `attributes.NAME` for the attributes."""
    context: Sequence[str] = ()
    """Cells that are read as well, but say nothing by themselves."""
    repeats: bool = True
    """Whether products share its values, so that what was read may be kept: it reads no other cells."""


# In the order of `Product`.
READERS: Mapping[str, Reader] = {
    "subtitle": Reader(lambda cells: cells.text("subtitle"), ("subtitle",), repeats=False),
    "description": Reader(lambda cells: cells.text("description"), ("description",), repeats=False),
    "brand": Reader(read_brand, ("brand",)),
    "category": Reader(read_category, ("category", *LEVEL_FIELDS)),
    # A plain price is read as fast as it is found among those kept.
    "price_fen": Reader(
        lambda cells: read_price_cells(cells, "price", "price_fen"),
        ("price", "price_fen"),
        ("currency",),
        repeats=False,
    ),
    "list_price_fen": Reader(
        lambda cells: read_price_cells(cells, "list_price", "list_price_fen"),
        ("list_price", "list_price_fen"),
        ("currency",),
        repeats=False,
    ),
    "offer_from": Reader(lambda cells: read_moment(cells, "offer_from"), ("offer_from",)),
    "offer_until": Reader(lambda cells: read_moment(cells, "offer_until", end_of_day=True), ("offer_until",)),
    "stock": Reader(read_stock_cells, ("stock", "availability")),
    "status": Reader(read_status_cells, STATUS_FIELDS),
    "group_id": Reader(lambda cells: cells.identifier("group_id"), ("group_id",), repeats=False),
    "attributes": Reader(read_attributes, ("attributes", "sku_attributes"), ("sku_attribute_names",)),
    "image_url": Reader(read_picture, ("image_url", "sku_image"), repeats=False),
    "shop": Reader(lambda cells: cells.text("shop"), ("shop",)),
    "tags": Reader(lambda cells: read_list(cells, "tags"), ("tags",)),
    "codes": Reader(lambda cells: read_list(cells, "codes"), SLOTS["codes"], repeats=False),
    "sales": Reader(lambda cells: read_count_cell(cells, "sales"), ("sales",)),
    "rating": Reader(read_rating_cells, ("rating", "rating_percent")),
    "reviews": Reader(lambda cells: read_count_cell(cells, "reviews"), ("reviews",)),
    "created_at": Reader(lambda cells: read_moment(cells, "created_at"), ("created_at",)),
    "product_type": Reader(read_product_type, ("product_type",)),
}
_FIELD_BY_CELL = {cell: field for field, reader in READERS.items() for cell in reader.cells}


def field_of_cell(name: str) -> str:
    """Return the field of a product that a cell is read into; empty for its id, its title and other cells."""
    return _FIELD_BY_CELL.get(name) or ("attributes" if name.startswith(ATTRIBUTE_PREFIX) else "")
