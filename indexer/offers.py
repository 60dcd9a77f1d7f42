"""Decide which price holds: a sale price beside a regular one, for a time or for good."""

import re
from typing import Any

from indexer.cells.cells import Cells
from indexer.cells.money import read_price_cells
from shangsou.reading.issue import Issue
from shangsou.reading.times import read_time, states_no_time

_BETWEEN = re.compile(r"\s+-\s+|\s*[~～至到]\s*")


def apply_sale(fields: dict[str, Any], cells: Cells) -> None:
    """Put the sale price of a row in the place of the price, which becomes the list price.

    With times, the list price is the one that holds outside them (`Product.current`).

    Parameters
    ----------
    fields
        The fields of the product so far; changed.
    cells
        Of the row.
    """
    begins, ends = _period(cells)
    if begins:
        fields.setdefault("offer_from", begins)
    if ends:
        fields.setdefault("offer_until", ends)
    has_period = bool(fields.get("offer_from") or fields.get("offer_until"))
    has_sale = "sale_price" in cells.values or "sale_price_fen" in cells.values
    sale = read_price_cells(cells, "sale_price", "sale_price_fen") if has_sale else None
    regular = fields.get("price_fen")
    if not sale:
        # Times of an offer that there is none for; a list price beside the price is an offer of its own.
        if has_period and has_sale:
            fields["offer_from"] = fields["offer_until"] = None
    elif regular is None:
        fields["price_fen"] = sale
    elif sale < regular:
        fields["price_fen"] = sale
        if has_period or not fields.get("list_price_fen"):
            fields["list_price_fen"] = regular
    elif sale > regular:
        problem = f"sale price {sale / 100:.2f} is above the price {regular / 100:.2f}"
        cells.issues.append(Issue("sale price above price", problem, "price kept"))


def _period(cells: Cells) -> tuple[Any, Any]:
    text = cells.cell_text("offer_period")
    for parts in (text.split("/"), _BETWEEN.split(text)):
        if len(parts) == 2:
            begins, ends = read_time(parts[0]), read_time(parts[1], end_of_day=True)
            blank = [not part.strip() or states_no_time(part.strip()) for part in parts]
            if (begins or blank[0]) and (ends or blank[1]):
                return begins, ends
    if text and not states_no_time(text):
        cells.issues.append(
            Issue("offer period is no period", f'offer period "{text}" is no period', "left empty")
        )
    return None, None
