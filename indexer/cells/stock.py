"""Pieces in stock, and whether a product is sold out."""

from functools import cache

from indexer.cell_vocabulary import vocabulary
from indexer.cells.cells import Cells
from indexer.numbers import read_availability, read_stock
from shangsou.reading.issue import excerpt


def read_stock_cells(cells: Cells) -> int | None:
    """Return the pieces in stock. A negative number means none, not unknown."""
    text = cells.cell_text("stock")
    stock = cells.number("stock", text, read_stock(text)) if text else None
    if stock is not None and stock < 0:
        cells.add_issue("stock is negative", f"stock {excerpt(text)} is negative", "read as 0")
        stock = 0
    if "availability" not in cells.values:
        return stock
    word = cells.cell_text("availability")
    if not word:
        return stock
    available = read_availability(word)
    if available.value is None and available.oddity == "can be ordered":
        return stock or None
    if available.value is None and available.oddity:
        cells.leave_empty("availability", word, available.oddity)
    elif available.value == 0:
        if stock:
            problem = f"stock {excerpt(text)} of what is {excerpt(word)}"
            cells.add_issue("stock of what is sold out", problem, "read as 0")
        return 0
    if stock is None and available.value is not None:
        return max(0, available.value)
    return stock


def is_sold_out(cells: Cells) -> bool:
    """Return whether a status says that there is none left, as 售罄."""
    return any(
        field in cells.values and cells.cell_text(field).lower() in _sold_out_words()
        for field in ("status", "status.2", "status.3", "sku_status")
    )


@cache
def _sold_out_words() -> frozenset[str]:
    return vocabulary("out_of_stock") - vocabulary("no")
