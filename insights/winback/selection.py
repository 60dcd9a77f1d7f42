"""Whom to contact within a budget."""

from collections.abc import Set
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from insights.churn.scores import Scores
from insights.stock.note import Note
from insights.winback.discounts import BUYS_ANYWAY
from insights.winback.hold_out import MIN_CUSTOMERS, HoldOut, hashes, hold_out_of
from insights.winback.margin import check_discount
from insights.winback.terms import CampaignTerms
from shangsou.errors import UnusableInput

Numbers = NDArray[np.float64]
Mask = NDArray[np.bool_]
Basis = Literal["uplift", "value-at-risk"]

# A value over a smaller probability would be one error over another, and great for those lost for good.
_MIN_PROBABILITY = 0.01

# In the currency: where contacting is free all come first, the greatest worth before the others.
_MIN_COST = 1e-9

NO_UPLIFT: Final = Note(
    "ranked by value times risk, which is no uplift: it says who may be lost, not who can be won back; "
    "measure this campaign, and the next one can tell",
    "按“价值×流失风险”排序，不是增量：它说明谁可能流失，而不说明谁能被挽回；本次活动测量之后，下次才能知道",
)
_SMALL = Note(
    "the hold-out has fewer than 500 customers: the groups may be too small to measure what it gains",
    "对照组不足 500 人：两组可能太小，测不出活动的效果",
)


@dataclass(frozen=True, slots=True)
class Exclusions:
    """How many customers are not worth it, and why."""

    unknown_value: int
    """No amount of theirs is known."""
    buy_anyway: int
    """Likelier to buy than not."""
    cannot_pay: int
    """Whoever of them would buy, the offer would cost more than it wins; or no gain is expected of it."""
    beyond_budget: int
    """Worth it, but after those for whom the budget suffices."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The customers of a campaign, held out ones among them. Arrays have the shape (customers,)."""

    terms: CampaignTerms
    basis: Basis
    customers: tuple[str, ...]
    """Ids, the worthiest first."""
    is_held_out: Mask
    worth: Numbers
    """What they are ranked by: the expected incremental margin net of costs, or value times risk."""
    cost: Numbers
    """Expected, if contacted; held out customers cost nothing, and this is what they would."""
    considered: int
    excluded: Exclusions
    notes: tuple[Note, ...]

    @property
    def contacted(self) -> tuple[str, ...]:
        """The ids of those who are not held out, the worthiest first."""
        return tuple(
            one for one, held in zip(self.customers, self.is_held_out.tolist(), strict=True) if not held
        )

    def only(self, customers: Set[str]) -> "Selection":
        """Return the selection without those of its customers who are not among these."""
        kept = [at for at, one in enumerate(self.customers) if one in customers]
        return replace(
            self,
            customers=tuple(self.customers[at] for at in kept),
            is_held_out=self.is_held_out[kept],
            worth=self.worth[kept],
            cost=self.cost[kept],
        )

    @property
    def expected_cost(self) -> float:
        """Of all who are contacted."""
        return float(self.cost[~self.is_held_out].sum())


def choose(
    scores: Scores,
    discount: Numbers | float,
    terms: CampaignTerms,
    incremental_margin: Numbers | None = None,
) -> Selection:
    """Return the customers of a campaign within its budget.

    Each contacted customer costs `contact_cost` and the discount on what she is expected to buy. Customers
    are taken in order of their worth while the budget suffices for those of them who are not held out. Left
    out is who buys anyway, with a probability of a half or more: most of a discount would go to orders that
    come anyway, so that past campaigns had nobody like them, and cannot tell what an offer changes.

    With an uplift model the worth is the expected incremental margin net of costs, and those with none or
    less are left out. They come in the order of worth by money spent, which wins most with a budget (Dantzig,
    1957). Without one the worth is value times risk: what she spends if she buys, times the probability that
    she does not. Then left out too is who has nothing to win back: even if everybody like her bought with the
    offer, the margin of the orders won would not pay for the contact and for the discount on orders that
    would have come anyway.

    Who almost surely never comes back (a probability below .01) counts by less, down to nothing at 0.

    Parameters
    ----------
    scores
        Of all who may be contacted.
    discount
        Offered to each, as a share of the price: one for all, or of shape (customers,).
    terms
        Of the campaign.
    incremental_margin
        What contacting each customer is expected to earn, after the discount and before the contact cost.
        Shape (customers,); None without an uplift model that may be used.

    Raises
    ------
    UnusableInput
        No amounts are known, so that nothing has a value.
    ValueError
        The discount is no share, or arrays do not fit.
    """
    check_discount(discount)
    off = np.broadcast_to(np.asarray(discount, np.float64), scores.probability.shape)
    value = scores.expected_value / np.maximum(scores.probability, _MIN_PROBABILITY)
    is_known = np.isfinite(value)
    if len(value) and not is_known.any():
        raise UnusableInput("no amount of an order is known, so nobody has a value; give orders with amounts")
    value = np.where(is_known, value, 0.0)
    risk = 1.0 - scores.probability
    cost = terms.contact_cost + off * value * (scores.probability + terms.response * risk)
    is_anyway = is_known & (scores.probability >= BUYS_ANYWAY)
    if incremental_margin is None:
        worth, order_by = value * risk, value * risk
        won_at_most = value * (terms.margin_share * risk - off) - terms.contact_cost
        is_worthy = is_known & ~is_anyway & (won_at_most > 0)
    else:
        if incremental_margin.shape != value.shape:
            raise ValueError(f"{len(incremental_margin):,} margins are not those of {len(value):,} customers")
        worth = incremental_margin - terms.contact_cost
        order_by = worth / np.maximum(cost, _MIN_COST)
        is_worthy = is_known & ~is_anyway & (worth > 0)
    ranked = _ranked(order_by, worth, is_worthy, scores.customers)
    numbers = hashes(tuple(scores.customers[one] for one in ranked.tolist()), terms.name)
    count = _within_budget(cost[ranked], numbers, terms.budget)
    hold_out = hold_out_of(numbers[:count])
    chosen = ranked[:count]
    return Selection(
        terms,
        "value-at-risk" if incremental_margin is None else "uplift",
        tuple(scores.customers[one] for one in chosen.tolist()),
        hold_out.is_held_out,
        worth[chosen],
        cost[chosen],
        len(value),
        Exclusions(
            int((~is_known).sum()),
            int(is_anyway.sum()),
            int((is_known & ~is_anyway & ~is_worthy).sum()),
            len(ranked) - count,
        ),
        _notes(incremental_margin is None, hold_out),
    )


def _ranked(
    order_by: Numbers, worth: Numbers, is_worthy: Mask, customers: tuple[str, ...]
) -> NDArray[np.int64]:
    """Return the positions of the worthy, the best first, equal ones by id."""
    positions = np.flatnonzero(is_worthy)
    ids = np.array(customers, np.str_)[positions]
    return positions[np.lexsort((ids, -worth[positions], -order_by[positions]))].astype(np.int64)


def _within_budget(cost: Numbers, numbers: NDArray[np.uint64], budget: float) -> int:
    """Return how many of the first customers the budget suffices for, held out ones left out.

    What the contacted of the first n cost rises with n, but falls where one more is held out. As long as half
    are held out that is every second time, so that all numbers are tried; later one of ten, which is little.
    """

    def spent(count: int) -> float:
        return float(cost[:count][~hold_out_of(numbers[:count]).is_held_out].sum())

    least = min(2 * MIN_CUSTOMERS, len(cost))
    low = max(count for count in range(least + 1) if spent(count) <= budget)
    high = len(cost) if low == least else low
    while low < high:
        middle = (low + high + 1) // 2
        if spent(middle) <= budget:
            low = middle
        else:
            high = middle - 1
    return low


def _notes(is_value_at_risk: bool, hold_out: HoldOut) -> tuple[Note, ...]:
    notes = [NO_UPLIFT] if is_value_at_risk else []
    return (*notes, _SMALL) if hold_out.is_small else tuple(notes)
