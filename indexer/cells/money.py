"""Prices with their currency, in yuan or in fen."""

import re
from collections.abc import Mapping

from indexer.cell_objects import as_text, read_object
from indexer.cell_vocabulary import vocabulary
from indexer.cells.cells import Cells
from indexer.cells.counts import read_whole_number
from indexer.currencies import currency_of
from indexer.identifiers import unwrap
from indexer.prices import MAX_PRICE_FEN, plain_price, read_price
from shangsou.reading.issue import excerpt

_DECIMAL_COMMA = re.compile(r"(?<![0-9.,])([0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+),([0-9]{1,2})(?![0-9.,])")


def read_price_cells(cells: Cells, field: str, fen_field: str) -> int | None:
    """Return a price in fen, from a cell in yuan or else from one in fen."""
    value = cells.values.get(field)
    if isinstance(value, str) and "currency" not in cells.values and (fen := plain_price(value)) is not None:
        return fen
    name = field.replace("_", " ")
    text = _money_text(cells, field)
    if not text:
        fen = read_whole_number(cells, fen_field, MAX_PRICE_FEN)
        if fen is None or fen >= 0:
            return fen
        cells.leave_empty(fen_field, str(fen), "is negative")
        return None
    if cells.habits.has_decimal_commas:
        text = _DECIMAL_COMMA.sub(lambda match: f"{match[1].replace('.', '')}.{match[2]}", text)
    number = read_price(text, cells.habits.currency)
    if number.value is None:
        foreign = currency_of(text) if number.oddity.startswith("is in ") else ""
        advice = f"; if the shop sells in it, say --currency {foreign}" if foreign else ""
        cells.leave_empty(field, text, number.oddity, advice)
    elif number.oddity:
        resolution = f"read as {number.value / 100:.2f}"
        cells.add_issue(f"{name} {number.oddity}", f"{name} {excerpt(text)} {number.oddity}", resolution)
    return number.value


def states_a_price(cells: Cells) -> bool:
    """Return whether the cell of the price says anything, readable or not."""
    return bool(_money_text(cells, "price") or cells.cell_text("price_fen"))


def _money_text(cells: Cells, field: str) -> str:
    """Return a price with its currency, which may have a column or a key of its own."""
    value = cells.values.get(field)
    if value is None:
        return ""
    currency: object = cells.values.get("currency", "")
    if isinstance(value, Mapping):
        keys = ("currency", "currency_code", "currencyCode", "unit", "symbol")
        currency = next((value[key] for key in keys if value.get(key)), currency)
    if isinstance(value, Mapping | list | tuple):
        value = read_object(value, "price")
        if value is None:
            cells.leave_empty(field, str(cells.values[field]), "holds no price")
    text = unwrap(as_text(value).strip())
    if not text or text.lower() in vocabulary("nothing"):
        return ""
    code = currency_of(as_text(currency)) if currency else ""
    return f"{text} {code}" if code and code != cells.habits.currency and not currency_of(text) else text
