"""The choice of a method, by what each would have told of the last days of the records."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from insights.churn.known_activity import first_known_day
from insights.churn.methods import REGRESSION, FittedMethod, fit_methods
from insights.churn.training_rows import take_snapshots
from insights.churn.windows import training_windows, validation_window
from insights.customers.activity import Activity
from insights.customers.orders import Orders

Numbers = NDArray[np.float64]
# Twice the standard error is chance in one of twenty comparisons.
_STANDARD_ERRORS = 2.0
_MIN_LIKELIHOOD = 1e-9


@dataclass(frozen=True, slots=True)
class MethodLoss:
    """How a method did on the validation window."""

    method: str
    log_loss: float
    """Mean over customers; the lower, the better."""
    compared_with: str
    """The method that would have been used then unless another had been better."""
    difference: float
    """Of this loss to that of `compared_with`; below 0 where it is lower."""
    standard_error: float
    """Of the difference, by customers."""


def validate_methods(
    orders: Orders, horizon_days: int, activity: Activity | None, threads: int
) -> tuple[MethodLoss, ...]:
    """Return the losses of methods that knew the days before the validation window alone.

    Empty where the records are too short for one.
    """
    first_day = first_known_day(orders, activity)
    window = validation_window(first_day, orders.last_day, horizon_days)
    if window.as_of < first_day:
        return ()
    snapshots = take_snapshots(orders, [window], activity)
    if not snapshots:
        return ()
    last = snapshots[0]
    windows = training_windows(first_day, window.as_of, window.days)
    methods = fit_methods(take_snapshots(last.orders, windows, activity), threads)
    losses = {one.name: log_losses(one.predict(last.features), last.bought > 0) for one in methods}
    usual_name = usual_method(methods).name
    usual = losses[usual_name]
    return tuple(
        MethodLoss(
            name,
            float(loss.mean()),
            usual_name,
            float((loss - usual).mean()),
            float((loss - usual).std() / np.sqrt(len(loss))),
        )
        for name, loss in losses.items()
    )


def usual_method(methods: Sequence[FittedMethod]) -> FittedMethod:
    """Return the regression, else the method before it for which there is enough to learn from."""
    by_name = {one.name: one for one in methods}
    return by_name.get(REGRESSION, methods[-1])


def choose_method(methods: Sequence[FittedMethod], losses: Sequence[MethodLoss]) -> FittedMethod:
    """Return the usual method, or the one that was better than it on the validation window beyond chance.

    Validation knows half of the past that there is now, so that small differences tell nothing: another
    method is used only where its loss is lower by two standard errors, and then the best of these. Where
    there was too little to fit the usual method then, no other was compared with it, and it stays.
    """
    by_name, usual = {one.name: one for one in methods}, usual_method(methods)
    better = [
        loss
        for loss in losses
        if loss.method in by_name
        and loss.compared_with == usual.name
        and loss.difference < -_STANDARD_ERRORS * loss.standard_error
    ]
    if not better:
        return usual
    return by_name[min(better, key=lambda loss: loss.log_loss).method]


def log_losses(probability: Numbers, is_true: NDArray[np.bool_]) -> Numbers:
    """Return minus the logarithm of the probability of what happened to each customer."""
    return np.asarray(-np.log(np.clip(np.where(is_true, probability, 1 - probability), _MIN_LIKELIHOOD, 1)))
