"""The Qini curve: what is gained by contacting those first for whom most is predicted (Radcliffe, 2007)."""

from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

from insights.winback.estimate import Estimate
from insights.winback.uplift_rows import UpliftRows

Integers = NDArray[np.int64]
Numbers = NDArray[np.float64]

LEVEL: Final = 0.998
"""Of the interval, at which at most 5 % of campaigns without any uplift have it above 0.

Predictions are cross-fitted, so that each fold is scored by models of the others. What two folds have in
common by chance counts twice: without any uplift the coefficient varies by the root of 2 more than resampled
customers show, and small hold-outs of heavy-tailed margins do the rest. Simulated: docs/customers.md.
"""
_Z = NormalDist().inv_cdf((1 + LEVEL) / 2)
_RESAMPLES = 1_000
_SEED = 0
_POINTS = 100


@dataclass(frozen=True, slots=True)
class Qini:
    """A curve and the area between it and the straight line to its end."""

    depth: Numbers
    """Share of customers contacted, from 0 to 1. Shape (points,)."""
    gain: Numbers
    """Incremental margin, over all customers, at this depth. Shape (points,)."""
    coefficient: Estimate
    """The area, in money a customer, with its interval of 99.8 %: 0 where the order says nothing."""


def qini(score: Numbers, rows: UpliftRows) -> Qini:
    """Return the Qini curve of customers in the order of a score, the highest first.

    At each depth it is the margin of the treated, less that of as many held out ones. Customers of campaigns
    with hold-outs of other sizes are weighted to stand for all. Equal scores are one step of the curve. The
    interval is that of the standard error of resampled customers, with all of their rows (Efron, 1979), at
    `LEVEL`.

    Parameters
    ----------
    score
        Of models that have not seen the row. Shape (rows,).
    rows
        With both groups.
    """
    order, starts, columns = _steps(score, rows)
    customer = np.unique(rows.customer, return_inverse=True)[1][order]
    size = int(customer.max()) + 1
    depth, gain = _curve(np.add.reduceat(columns, starts, axis=1))
    generator = np.random.default_rng(_SEED)
    areas = np.empty(_RESAMPLES)
    for position in range(_RESAMPLES):
        times = np.bincount(generator.integers(0, size, size), minlength=size)[customer]
        areas[position] = _area(*_curve(np.add.reduceat(columns * times, starts, axis=1)))
    value, spread = _area(depth, gain), _Z * float(areas.std(ddof=1))
    grid = np.linspace(0, 1, _POINTS + 1)
    return Qini(grid, np.interp(grid, depth, gain), Estimate(value, value - spread, value + spread))


def qini_coefficient(score: Numbers, rows: UpliftRows) -> float:
    """Return the area alone; see `qini`."""
    _, starts, columns = _steps(score, rows)
    return _area(*_curve(np.add.reduceat(columns, starts, axis=1)))


def _steps(score: Numbers, rows: UpliftRows) -> tuple[Integers, Integers, Numbers]:
    """Return the order of rows, where scores change in it, and what is summed along it, of shape (5, rows).

    These are customers, their weights and their weighted margins in each group.
    """
    order = np.argsort(-score, kind="stable")
    starts = np.flatnonzero(np.concatenate([[True], np.diff(score[order]) != 0]))
    treated, held_out = rows.weights() * rows.is_treated, rows.weights() * ~rows.is_treated
    columns = [np.ones_like(treated), treated, held_out, treated * rows.margin, held_out * rows.margin]
    return order, starts, np.array(columns)[:, order]


def _curve(sums: Numbers) -> tuple[Numbers, Numbers]:
    """Return depth and gain after each step, from 0. Shape of the argument (5, steps)."""
    count, treated, held_out, treated_margin, held_out_margin = np.cumsum(sums, axis=1)
    ratio = np.divide(treated, held_out, out=np.zeros_like(treated), where=held_out > 0)
    gain = (treated_margin - held_out_margin * ratio) / max(float(treated[-1]), 1.0)
    start = np.zeros(1)
    return np.concatenate([start, count / count[-1]]), np.concatenate([start, gain])


def _area(depth: Numbers, gain: Numbers) -> float:
    """Return that between the curve and the straight line to its end."""
    return float(np.sum(np.diff(depth) * (gain[1:] + gain[:-1])) / 2 - gain[-1] / 2)
