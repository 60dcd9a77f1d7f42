"""Why customers are expected to buy again, or not: circumstances that mattered in the past."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from insights.churn.circumstances import Circumstance, Figure, circumstances
from insights.churn.customer_numbers import customer_numbers
from insights.churn.logistic_regression import fit_logistic_regression
from insights.churn.scores import Reason
from insights.churn.training_rows import Snapshot
from insights.customers.activity import Activity
from insights.customers.orders import Orders

_MAX_REASONS = 3
# By chance one of 370 circumstances that tell nothing is as far from 0.
_STANDARD_ERRORS = 3.0
# Fewer customers tell nothing of a circumstance.
_MIN_CUSTOMERS = 30


def customer_reasons(
    orders: Orders, activity: Activity | None, snapshots: Sequence[Snapshot]
) -> tuple[tuple[Reason, ...], ...]:
    """Return up to three reasons for each customer, the weightiest first.

    A circumstance is a reason where customers in it bought more or less often in the past than others who
    were the same in all other circumstances (a logistic regression on all of them), by more than chance.

    Parameters
    ----------
    orders, activity
        As of now.
    snapshots
        The past.
    """
    effects = _effects(snapshots, activity)
    known = [one for one in circumstances(orders, activity) if one.code in effects]
    known.sort(key=lambda one: -abs(effects[one.code]))
    reasons: list[list[Reason]] = [[] for _ in orders.customers]
    for one in known:
        for row in np.flatnonzero(one.holds).tolist():
            if len(reasons[row]) < _MAX_REASONS:
                reasons[row].append(_reason(one, row, is_risk=effects[one.code] < 0))
    return tuple(map(tuple, reasons))


def _reason(one: Circumstance, row: int, *, is_risk: bool) -> Reason:
    figures = [Figure(figure[row]) for figure in one.figures]
    return Reason(one.code, one.english.format(*figures), one.chinese.format(*figures), is_risk)


def _effects(snapshots: Sequence[Snapshot], activity: Activity | None) -> dict[str, float]:
    """Return by code how circumstances change the log odds to buy, where that is beyond chance."""
    if not snapshots:
        return {}
    past = [circumstances(one.orders, activity) for one in snapshots]
    codes = [one.code for one in past[0]]
    holds = np.concatenate([np.column_stack([one.holds for one in window]) for window in past])
    buys = np.concatenate([one.bought > 0 for one in snapshots])
    effects = significant_effects(holds, buys, customer_numbers(snapshots))
    return {codes[at]: log_odds for at, log_odds in effects.items()}


def significant_effects(
    holds: NDArray[np.bool_], buys: NDArray[np.bool_], customer: NDArray[np.int64]
) -> dict[int, float]:
    """Return the changes of the log odds to buy that are beyond chance, by column.

    Parameters
    ----------
    holds
        Shape (rows, circumstances): whether a circumstance holds for a customer in a window.
    buys
        Shape (rows,).
    customer
        Shape (rows,): a number of the customer, from 0. What happens to one in several windows is one
        piece of evidence.
    """
    if not 0 < buys.sum() < len(buys):
        return {}
    model = fit_logistic_regression(holds.astype(np.float64), buys, customer)
    is_significant = np.abs(model.coefficients) > _STANDARD_ERRORS * model.standard_errors
    is_common = np.array([len(np.unique(customer[column])) >= _MIN_CUSTOMERS for column in holds.T])
    # Where each column alone is 1, less where none is: a coefficient is of a column that may be clipped.
    columns = holds.shape[1]
    change = model.log_odds(np.eye(columns)) - model.log_odds(np.zeros((1, columns)))
    return {int(at): float(change[at]) for at in np.flatnonzero(is_significant & is_common)}
