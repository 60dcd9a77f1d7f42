"""Rows of sales summed to what each item sold on each day."""

from datetime import date

import numpy as np
from numpy.typing import NDArray

from insights.sales.cumulative_sales import DailySales
from insights.sales.history import Item, Matrix, SalesHistory
from insights.sales.observation import observed_days
from insights.sales.report import SalesReport
from insights.sales.sales_rows import Numbers, SalesRows
from shangsou.errors import UnusableInput
from shangsou.text.plurals import quantity as row_count

# Items times days. Six matrices of them take 1.3 GB.
_MAX_CELLS = 60_000_000


def daily_history(sales: DailySales, report: SalesReport) -> SalesHistory:
    """Return the history of rows; returns of an item are taken off what it sold on the same day.

    Prices, promotions and costs are means by quantity; of several stocks of a day the last counts.

    Raises
    ------
    UnusableInput
        There is no day with known sales, nothing was sold, or items and days are more than fit in memory.
    """
    rows = sales.rows
    _check(rows)
    first_day, days = int(rows.day.min()), int(rows.day.max() - rows.day.min()) + 1
    shape = (len(rows.item_ids), days)
    _check_size(shape, first_day, ", ".join(rows.sources))
    order = sorted(range(len(rows.item_ids)), key=rows.item_ids.__getitem__)
    position = np.empty(len(order), np.int64)
    position[order] = np.arange(len(order))
    cells, cell_of_row = np.unique(position[rows.item] * days + rows.day - first_day, return_inverse=True)
    net = np.bincount(cell_of_row, rows.quantity, len(cells))
    report.returned_beyond = float(np.maximum(-net, 0).sum())
    weights = np.maximum(rows.quantity, 0)

    def matrix(values: Numbers | None, blank: float) -> Matrix:
        """Return a matrix of a value of each cell; without values one that takes no memory."""
        if values is None:
            return np.broadcast_to(np.float32(blank), shape)
        filled = np.full(shape, blank, np.float32)
        filled.flat[cells] = np.where(np.isfinite(values), values, blank)
        return filled

    def mean(name: str) -> Numbers | None:
        return _weighted_mean(rows.values.get(name), weights, cell_of_row, len(cells))

    quantity = matrix(np.maximum(net, 0), 0)
    if not quantity.any():
        raise UnusableInput(
            f"{', '.join(rows.sources)}: nothing was sold: the quantities of "
            f"{row_count(len(rows.line), 'row')} come to 0; "
            "is it the right column? name it with --map quantity=COLUMN"
        )
    last_stock = _last_stock(rows, cell_of_row, len(cells))
    if last_stock is not None and not np.nan_to_num(last_stock).any():
        # A column that nobody keeps: else no day would tell the demand.
        report.notes.append("the stock is 0 in all rows: taken as not kept, so that it says nothing")
        last_stock = None
    stock = matrix(last_stock, np.nan)
    known = np.arange(days) + first_day
    is_known = (known >= sales.known_from[order, None]) & (known <= sales.known_until[order, None])
    return SalesHistory(
        date.fromordinal(first_day),
        tuple(Item(rows.item_ids[one], *rows.item_texts[one]) for one in order),
        quantity,
        observed_days(quantity, None if last_stock is None else stock) & is_known,
        matrix(mean("price"), np.nan),
        matrix(_promotion(mean("promotion"), mean("discount")), 0),
        stock,
        matrix(mean("unit_cost"), np.nan),
        _loss_rates(rows)[order],
    )


def _check(rows: SalesRows) -> None:
    if not len(rows.line):
        raise UnusableInput(
            f"{', '.join(rows.sources)}: every item has one running total, and sales are the differences of "
            "two; if quantities are sales of a day, name their column with --map quantity=COLUMN"
        )


def _check_size(shape: tuple[int, int], first_day: int, name: str) -> None:
    items, days = shape
    if items * days > _MAX_CELLS:
        raise UnusableInput(
            f"{name}: {items:,} items over {days:,} days from {date.fromordinal(first_day)} are more "
            f"than fit in memory ({_MAX_CELLS:,} days of items); leave out older days or items"
        )


def _weighted_mean(
    values: Numbers | None, weights: Numbers, cell_of_row: NDArray[np.int64], cells: int
) -> Numbers | None:
    """Return the mean of each cell by quantity, where nothing was sold the plain one; NaN without values."""
    if values is None:
        return None
    is_known = np.isfinite(values)
    known, weights, cell_of_row = values[is_known], weights[is_known], cell_of_row[is_known]
    total = np.bincount(cell_of_row, weights, cells)
    weights = np.where(total[cell_of_row] > 0, weights, 1.0)
    total = np.bincount(cell_of_row, weights, cells)
    with np.errstate(invalid="ignore"):
        return np.bincount(cell_of_row, weights * known, cells) / total


def _promotion(promotion: Numbers | None, discount: Numbers | None) -> Numbers | None:
    if promotion is None or discount is None:
        return promotion if discount is None else discount
    return np.fmax(promotion, discount)


def _last_stock(rows: SalesRows, cell_of_row: NDArray[np.int64], cells: int) -> Numbers | None:
    if "stock" not in rows.values:
        return None
    order = np.lexsort((rows.second, cell_of_row))
    order = order[np.isfinite(rows.values["stock"][order])]
    last = np.full(cells, np.nan)
    last[cell_of_row[order]] = rows.values["stock"][order]  # Of several the last assignment stays.
    return last


def _loss_rates(rows: SalesRows) -> NDArray[np.float32]:
    """Return the last loss rate of each item, of shape (items,)."""
    rates = np.full(len(rows.item_ids), np.nan, np.float32)
    if "loss_rate" in rows.values:
        values = rows.values["loss_rate"]
        order = np.lexsort((rows.second, rows.day))
        order = order[values[order] < 1]
        rates[rows.item[order]] = values[order]
    return rates
