"""Cuts: the probability at and above which a customer is said to buy again."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from insights.churn.evaluation.measures import Flags, Numbers, tied_outcomes


class NoEarlierDay(StrEnum):
    """Why no earlier day could choose a cut."""

    TOO_SHORT = "records-too-short"
    """The records hold less than a horizon before that day."""
    NOT_SCORED = "not-scored"
    """They hold enough days, but no customers from whom anything could be learned."""
    NOBODY_BOUGHT = "nobody-bought"
    """Nobody bought in the horizon after that day."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A cut, and where it comes from; never from the outcomes that it is measured on."""

    probability: float
    chosen_as_of: date | None
    """The earlier day whose scores and outcomes chose it; None where the scores themselves did."""
    no_earlier_day: NoEarlierDay | None = None
    """Then, why; None where an earlier day did."""


def cut_of_outcomes(has_bought: Flags, probability: Numbers, as_of: date) -> Cut:
    """Return the cut with the highest F1 on scores of an earlier day, of several the highest one."""
    return Cut(_highest_f1(tied_outcomes(has_bought, probability), probability), as_of)


def cut_of_probabilities(probability: Numbers, reason: NoEarlierDay) -> Cut:
    """Return the cut whose expected F1 is highest if the probabilities are true, without any outcome.

    The ratio of expectations stands for the expectation of F1, as in Lipton, Elkan and Naryanaswamy (2014).
    """
    return Cut(_highest_f1(probability, probability), None, reason)


def _highest_f1(outcome: NDArray[np.float64], probability: Numbers) -> float:
    """Return the probability of the customer down to whom F1 is highest; outcomes may be shares."""
    order = np.argsort(-probability, kind="stable")
    above = np.arange(1, len(order) + 1)
    f1 = 2 * np.cumsum(outcome[order]) / (above + outcome.sum())
    # A cut lies between two probabilities: of equal ones only the last stands for a cut.
    is_last = np.append(np.diff(probability[order]) != 0, True)
    best = int(np.argmax(np.where(is_last, f1, -1.0)))
    return float(probability[order][best])
