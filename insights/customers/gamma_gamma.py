"""The gamma-gamma model of what customers spend on an order (Fader and Hardie, 2013).

The amounts of a customer have a gamma distribution, whose mean differs between customers by an inverse gamma
distribution. So the mean of few orders is drawn towards that of all customers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from insights.customers.maximum_likelihood import fit_positive
from insights.customers.recency_frequency import OrderValues
from shangsou.errors import UnusableInput

Numbers = NDArray[np.float64]
_SEARCHED_CUSTOMERS = 1_000


@dataclass(frozen=True, slots=True)
class GammaGamma:
    """The parameters of the model, all above 0, and `q` above 1, so that there is a mean of all customers."""

    p: float
    """The shape of a customer's amounts."""
    q: float
    gamma: float
    """The rate of a customer's amounts has a gamma distribution of shape `q` and rate `gamma`."""

    @property
    def mean(self) -> float:
        """The expected amount of an order of a customer of whom nothing is known."""
        return self.p * self.gamma / (self.q - 1)


@dataclass(frozen=True, slots=True)
class GammaGammaFit:
    """A model with how well it fits."""

    model: GammaGamma
    log_likelihood: float
    customers: int
    """Those with an amount."""


def fit_gamma_gamma(values: OrderValues) -> GammaGammaFit:
    """Return the model under which the mean amounts are likeliest.

    Raises
    ------
    UnusableInput
        Less than two customers have an amount, or none has two: nothing tells how amounts vary.
    """
    is_known = values.count > 0
    if is_known.sum() < 2 or values.count.max() < 2:
        raise UnusableInput(
            f"{int(is_known.sum()):,} customers have an amount, and none has two, so nothing tells what "
            "customers spend; give orders of a longer time, with their amounts"
        )
    known = OrderValues(values.count[is_known], values.mean[is_known])
    scale = float(np.average(known.mean, weights=known.count))
    # In units of the mean amount, so that the search goes the same way in any currency.
    scaled = OrderValues(known.count, known.mean / scale)

    def model(parameters: tuple[float, ...] | list[float], unit: float = 1.0) -> GammaGamma:
        p, excess, gamma = parameters
        return GammaGamma(p, 1 + excess, gamma * unit)

    def search(values: OrderValues, starts: Sequence[Sequence[float]]) -> list[float]:
        return fit_positive(
            lambda parameters: float(log_likelihoods(model(list(parameters)), values).sum()), starts
        )[0]

    # A part of the customers tells which start leads to the best maximum.
    order = np.lexsort((scaled.mean, scaled.count))[:: 1 + len(scaled.mean) // _SEARCHED_CUSTOMERS]
    start = search(
        OrderValues(scaled.count[order], scaled.mean[order]),
        [(p, excess, excess / p) for p in (1.0, 6.0) for excess in (1.0, 3.0)],
    )
    parameters = search(scaled, [start])
    fitted = model(parameters, scale)
    return GammaGammaFit(fitted, float(log_likelihoods(fitted, known).sum()), int(is_known.sum()))


def log_likelihoods(model: GammaGamma, values: OrderValues) -> Numbers:
    """Return the logarithm of the likelihood of each mean amount, of customers who have one.

    Shape (customers,).
    """
    from scipy.special import gammaln

    p, q, gamma = model.p, model.q, model.gamma
    count, mean = values.count, values.mean
    return np.asarray(
        gammaln(p * count + q)
        - gammaln(p * count)
        - gammaln(q)
        + q * np.log(gamma)
        + (p * count - 1) * np.log(mean)
        + p * count * np.log(count)
        - (p * count + q) * np.log(gamma + count * mean)
    )


def expected_amounts(model: GammaGamma, values: OrderValues) -> Numbers:
    """Return the expected amount of a further order of each customer, in their currency. Shape (customers,).

    It lies between the mean of the customer's amounts and that of all customers; it is the latter for one
    without an amount. Times expected purchases it is the expected value of the customer.
    """
    return np.asarray(
        model.p * (model.gamma + values.count * values.mean) / (model.p * values.count + model.q - 1)
    )
