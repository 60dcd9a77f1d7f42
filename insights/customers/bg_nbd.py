"""BG/NBD, a model of when customers buy again and when they leave (Fader, Hardie and Lee, 2005).

While a customer is alive, orders come by a Poisson process whose rate differs between customers by a gamma
distribution; after each order a customer leaves with a probability that differs by a beta distribution.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from insights.customers.maximum_likelihood import fit_positive
from insights.customers.recency_frequency import RecencyFrequency
from shangsou.errors import UnusableInput

Numbers = NDArray[np.float64]
# The expectation's formula has removable gaps at a = 1 and at a + b = 1; beside them digits are lost. Twice
# this far away some 1e-10 of the value is lost.
_GAP = 1e-5
_SEARCHED_ROWS = 1_000
Starts = Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True)
class BgNbd:
    """The parameters of the model, all above 0. Times are in weeks."""

    r: float
    alpha: float
    """Rates of orders a week have a gamma distribution of shape `r` and rate `alpha`."""
    a: float
    b: float
    """Probabilities to leave after an order have a beta distribution of `a` and `b`."""


@dataclass(frozen=True, slots=True)
class BgNbdFit:
    """A model with how well it fits."""

    model: BgNbd
    log_likelihood: float
    customers: int


def fit_bg_nbd(summary: RecencyFrequency) -> BgNbdFit:
    """Return the model under which orders are likeliest.

    Raises
    ------
    UnusableInput
        No customer ordered on a second day, so that nothing tells how often customers come back.
    """
    repeaters = int((summary.frequency > 0).sum())
    if not repeaters:
        raise UnusableInput(
            f"none of {len(summary.frequency):,} customers ordered on a second day, so nothing tells who "
            "comes back; give orders of a longer time"
        )
    columns = np.column_stack([summary.frequency, summary.recency, summary.age])
    rows, counts = np.unique(columns, axis=0, return_counts=True)

    def search(rows: Numbers, counts: NDArray[np.int64], starts: Starts) -> tuple[list[float], float]:
        distinct = RecencyFrequency(*rows.T)
        return fit_positive(lambda values: float(counts @ log_likelihoods(BgNbd(*values), distinct)), starts)

    # A start at the mean rate of orders, with customers who differ much or little and leave soon or late. A
    # part of the customers tells which one leads to the best maximum.
    # Sums over sorted rows, so that the order of customers does not move the end of a search.
    orders, weeks = float(counts @ rows[:, 0]), float(counts @ rows[:, 2])
    mean_rate = orders / max(weeks, 1.0)
    starts = [(shape, shape / mean_rate, a, b) for shape in (0.3, 2.0) for a, b in ((0.5, 2.0), (2.0, 10.0))]
    step = 1 + len(rows) // _SEARCHED_ROWS
    start, _ = search(rows[::step], counts[::step], starts)
    parameters, best = search(rows, counts, [start])
    return BgNbdFit(BgNbd(*parameters), best, len(summary.frequency))


def log_likelihoods(model: BgNbd, summary: RecencyFrequency) -> Numbers:
    """Return the logarithm of the likelihood of each customer's orders. Shape (customers,)."""
    from scipy.special import betaln, gammaln

    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    x = summary.frequency
    orders = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    stayed = betaln(a, b + x) - betaln(a, b) - (r + x) * np.log(alpha + summary.age)
    repeats = np.maximum(x, 1)
    left = betaln(a + 1, b + repeats - 1) - betaln(a, b) - (r + x) * np.log(alpha + summary.recency)
    return np.asarray(orders + np.where(x > 0, np.logaddexp(stayed, left), stayed))


def alive_probabilities(model: BgNbd, summary: RecencyFrequency) -> Numbers:
    """Return the probability that each customer has not left. Shape (customers,).

    It is 1 for customers of one order, since the model lets nobody leave before the second: it is no score of
    who buys again.
    """
    from scipy.special import expit

    x = summary.frequency
    repeats = np.maximum(x, 1)
    log_odds = (
        np.log(model.b + repeats - 1)
        - np.log(model.a)
        - (model.r + x) * (np.log(model.alpha + summary.age) - np.log(model.alpha + summary.recency))
    )
    return np.where(x > 0, expit(log_odds), 1.0)


def buying_probabilities(model: BgNbd, summary: RecencyFrequency, weeks: float) -> Numbers:
    """Return the probability that each customer orders again within a time. Shape (customers,).

    Of a customer who is alive the rate of orders has a gamma distribution of shape r + x and rate
    alpha + T, so that no order comes with a probability of ((alpha + T) / (alpha + T + t)) ** (r + x).
    """
    none = ((model.alpha + summary.age) / (model.alpha + summary.age + weeks)) ** (
        model.r + summary.frequency
    )
    return np.asarray(alive_probabilities(model, summary) * (1 - none))


def expected_purchases(model: BgNbd, summary: RecencyFrequency, weeks: float) -> Numbers:
    """Return how many more days with an order each customer is expected to have. Shape (customers,).

    Equation 10 of the paper, with its hypergeometric function transformed by Euler's formula, so that its
    first two parameters do not grow with the frequency.

    Parameters
    ----------
    model
        As fitted.
    summary
        Of each customer, up to the last day of the records.
    weeks
        The length of the time after that day, 0 or more.

    Raises
    ------
    ValueError
        The time is negative.
    """
    if weeks < 0:
        raise ValueError(f"a time of {weeks} weeks is negative")
    from scipy.special import hyp2f1

    def expected(a: float, b: float) -> Numbers:
        x = summary.frequency
        share = weeks / (model.alpha + summary.age + weeks)
        c = a + b + x - 1
        series = hyp2f1(a - 1, a + b - 1 - model.r, c, share)
        with np.errstate(over="ignore", invalid="ignore"):
            return np.asarray(c / (a - 1) * (1 - (1 - share) ** (a - 1) * series))

    a, b = model.a, model.b
    if min(abs(a - 1), abs(a + b - 1)) < _GAP:
        # The mean of both sides: what they are off by has opposite signs.
        purchases = (expected(a + 2 * _GAP, b) + expected(a - 2 * _GAP, b)) / 2
    else:
        purchases = expected(a, b)
    if not np.isfinite(purchases).all():
        # The series overflows where `a` is in the hundreds: then customers hardly differ in when they leave.
        purchases = np.where(np.isfinite(purchases), purchases, _at_mean_probability(model, summary, weeks))
    return np.clip(purchases, 0, None) * alive_probabilities(model, summary)


def _at_mean_probability(model: BgNbd, summary: RecencyFrequency, weeks: float) -> Numbers:
    """Return what is expected of customers who are alive and all leave with the mean probability."""
    shape = model.r + summary.frequency
    leaving = model.a / (model.a + model.b + summary.frequency)
    growth = np.log1p(leaving * weeks / (model.alpha + summary.age))
    return np.asarray(-np.expm1(-shape * growth) / leaving)
