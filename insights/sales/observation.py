"""Tell sales that show the demand from those that show what was left to sell."""

import numpy as np

from insights.sales.history import Mask, Matrix

# Days before a day whose sales say what is usual: four whole weeks.
_USUAL_DAYS = 28


def observed_days(quantity: Matrix, stock: Matrix | None) -> Mask:
    """Return whether the quantity of each item and day tells the demand, of shape (items, days).

    Never on a day on which the whole shop sold nothing. With `stock` neither on a day without a row after one
    that ended with nothing in stock, nor on a day that ended so with sales below the mean of the item's
    observed days in the four weeks before, or with none.

    Parameters
    ----------
    quantity
        Shape (items, days).
    stock
        At the end of the day, NaN where unknown; None where the table has no such column.
    """
    is_open = np.any(quantity > 0, axis=0)
    if stock is None:
        return np.broadcast_to(is_open, quantity.shape).copy()
    items, days = quantity.shape
    observed = np.empty(quantity.shape, np.bool_)
    last_stock = np.full(items, np.nan, np.float32)
    total, count = np.zeros(items), np.zeros(items, np.int64)
    for day in range(days):
        has_stock = np.isfinite(stock[:, day])
        # A delivery shows in the first row after it.
        last_stock = np.where(has_stock, stock[:, day], last_stock)
        sold = quantity[:, day]
        usual = np.divide(total, count, out=np.full(items, np.inf), where=count > 0)
        is_short = (last_stock <= 0) & np.where(has_stock, (sold == 0) | (sold < usual), sold == 0)
        observed[:, day] = is_open[day] & ~is_short
        total += sold * observed[:, day]
        count += observed[:, day]
        if day >= _USUAL_DAYS:
            total -= quantity[:, day - _USUAL_DAYS] * observed[:, day - _USUAL_DAYS]
            count -= observed[:, day - _USUAL_DAYS]
    return observed
