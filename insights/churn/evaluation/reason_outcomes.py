"""Whether the reasons that scores give are true: customers with a reason beside those without it."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from insights.churn.evaluation.measures import Flags, Numbers
from insights.churn.scores import Reason

# Customers of more repeat orders are few, and count as of this many.
_MAX_REPEATS = 5
_NUMBER = re.compile(r"\d[\d,]*(\.\d+)?")


@dataclass(frozen=True, slots=True)
class ReasonOutcome:
    """Customers with a reason, and those without. A customer counts at each origin."""

    code: str
    chinese: str
    """The reason without figures of a customer."""
    is_risk: bool
    customers: int
    """With the reason."""
    left: int
    """Of these, who did not buy."""
    others: int
    """Without it."""
    others_left: int
    peers: int
    """Others who had ordered as often as somebody with the reason."""
    peers_left: int
    peers_share_left: float
    """The share of the peers that did not buy, each number of orders weighted by the customers with the
    reason; NaN without peers."""

    @property
    def share_left(self) -> float:
        """The share with the reason that did not buy."""
        return self.left / self.customers

    @property
    def others_share_left(self) -> float:
        """The share without it that did not buy; NaN where all have it."""
        return self.others_left / self.others if self.others else np.nan

    @property
    def is_true(self) -> bool:
        """Whether customers with the reason did more often what it speaks for than their peers.

        Without peers all others stand for them, as for a reason that is of the number of orders.
        """
        others = self.others_share_left if np.isnan(self.peers_share_left) else self.peers_share_left
        return self.share_left > others if self.is_risk else self.share_left < others


def reason_outcomes(
    reasons: Sequence[Sequence[Reason]], has_bought: Flags, frequency: Numbers
) -> tuple[ReasonOutcome, ...]:
    """Return the reasons with what their customers did, the commonest first.

    A reason that speaks for leaving at one origin and for buying at another is two.

    Parameters
    ----------
    reasons
        Of each customer.
    has_bought
        Shape (customers,).
    frequency
        Days with a repeat order. Shape (customers,).
    """
    rows: dict[tuple[str, bool], list[int]] = {}
    for row, given in enumerate(reasons):
        for key in {(one.code, one.is_risk) for one in given}:
            rows.setdefault(key, []).append(row)
    names = reason_names(reasons)
    orders = np.minimum(frequency, _MAX_REPEATS).astype(np.int64)
    outcomes = []
    for (code, is_risk), found in sorted(rows.items(), key=lambda item: (-len(item[1]), item[0])):
        has_reason = np.zeros(len(has_bought), np.bool_)
        has_reason[found] = True
        outcomes.append(
            ReasonOutcome(
                code,
                names[code],
                is_risk,
                len(found),
                int((has_reason & ~has_bought).sum()),
                len(has_bought) - len(found),
                int((~has_reason & ~has_bought).sum()),
                *_peers(has_reason, ~has_bought, orders),
            )
        )
    return tuple(outcomes)


def _peers(has_reason: Flags, has_left: Flags, orders: NDArray[np.int64]) -> tuple[int, int, float]:
    """Return the peers, those of them who left, and their share standardized to who has the reason."""
    size = _MAX_REPEATS + 1
    with_reason = np.bincount(orders[has_reason], minlength=size)
    peers = np.where(with_reason > 0, np.bincount(orders[~has_reason], minlength=size), 0)
    left = np.where(with_reason > 0, np.bincount(orders[~has_reason & has_left], minlength=size), 0)
    weight = with_reason * (peers > 0)
    share = float(weight @ (left / np.maximum(peers, 1)) / weight.sum()) if weight.any() else np.nan
    return int(peers.sum()), int(left.sum()), share


def reason_names(reasons: Sequence[Sequence[Reason]]) -> dict[str, str]:
    """Return by code the commonest Chinese wording of a reason, with N in place of all figures."""
    wordings: dict[str, Counter[str]] = {}
    for given in reasons:
        for reason in given:
            wordings.setdefault(reason.code, Counter())[_NUMBER.sub("N", reason.chinese)] += 1
    return {
        code: min(counts.items(), key=lambda item: (-item[1], item[0]))[0]
        for code, counts in wordings.items()
    }
