"""Stock of one product in several warehouses, a row each."""

from collections.abc import Mapping, Sequence

from indexer.cell_objects import as_text
from indexer.fields import SLOTS
from indexer.numbers import read_stock
from shangsou.reading.issue import Issue, excerpt

# Warehouses that a message lists.
_MAX_LISTED = 5


def sum_stocks(rows: Sequence[Mapping[str, object]], product: str) -> tuple[int, Issue] | None:
    """Return the stock of all warehouses with what the report says of it; None where rows name one or none.

    Parameters
    ----------
    rows
        Of one product, in the order of files. Of several rows of one warehouse the last holds.
    product
        As messages call it.
    """
    stocks: dict[tuple[str, ...], int] = {}
    for values in rows:
        place = tuple(as_text(values.get(slot)).strip() for slot in SLOTS["warehouse"])
        text = as_text(values.get("stock")).strip()
        if not any(place) or not text:
            continue
        stock = read_stock(text)
        if stock.value is None:
            return None  # Some in one place: the sum is not known.
        stocks[place] = stock.value
    if len(stocks) < 2:
        return None
    total = sum(stocks.values())
    listed = [f"{stock} in {excerpt(' '.join(filter(None, place)))}" for place, stock in stocks.items()]
    more = f" and {len(listed) - _MAX_LISTED} more" if len(listed) > _MAX_LISTED else ""
    problem = f"{product} has {', '.join(listed[:_MAX_LISTED])}{more}"
    return total, Issue("stock in several warehouses", problem, f"summed: {total}")
