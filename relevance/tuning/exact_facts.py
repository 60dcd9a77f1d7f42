"""Whether the first page holds what queries state exactly: a brand, a model number, a colour, an amount."""

from collections.abc import Sequence
from statistics import fmean
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from relevance.comparison import SIGNIFICANCE_LEVEL
from relevance.significance import loss_p
from shangsou.engines.engine import Retriever
from shangsou.search.ranking.asked_facts import AskedFact, alternatives, judge_facts

FIRST_PAGE = 10
"""Places that are checked: what a shopper sees without much scrolling."""
FactShares = NDArray[np.float64]
"""Of each query, shape (queries,), from 0 to 1; NaN where a query states no fact."""

_HOLDING = frozenset({"holds", "holds loosely"})
_MAX_NAMED = 3


class FactHolders(NamedTuple):
    """The products that hold one of the facts of a query, or of alternatives any."""

    product_ids: frozenset[str]
    groups: int
    """How many they are where variants count once, as on a page."""


def fact_share(ranking: Sequence[str], facts: Sequence[FactHolders]) -> float:
    """Return how much of what a query states the products of its first page hold, from 0 to 1.

    Of each fact the number of products there that hold it, over as many as there are, at most ten; the mean
    over the facts that anything holds. NaN where nothing holds a fact of the query, or it states none.
    """
    page = ranking[:FIRST_PAGE]
    shares = [
        min(1.0, len(fact.product_ids.intersection(page)) / min(FIRST_PAGE, fact.groups))
        for fact in facts
        if fact.groups
    ]
    return fmean(shares) if shares else float("nan")


def find_fact_holders(
    product_ids: Sequence[str], facts: Sequence[AskedFact], engine: Retriever
) -> list[FactHolders]:
    """Return for each fact, or alternatives as 红色或黑色, which of these products hold it."""
    verdicts = judge_facts(product_ids, facts, engine)
    listings = engine.listings(product_ids)
    holders = []
    for positions in (*alternatives(facts), *alternatives(facts, is_hard=False)):
        ids = [
            product_id
            for product_id, of_product in verdicts.items()
            if any(of_product[position] in _HOLDING for position in positions)
        ]
        groups = {listings[product_id].group for product_id in ids}
        holders.append(FactHolders(frozenset(ids), len(groups)))
    return holders


def find_fact_losses(
    before: FactShares, after: FactShares, texts: Sequence[str], asked: NDArray[np.bool_]
) -> list[str]:
    """Return why a ranking loses too much of what queries state; empty where it does not.

    It does where a query that had such products on its first page has none left, or where the mean falls by
    more than chance: by a one-sided paired randomization test at 5 %.

    Parameters
    ----------
    before, after
        Shares under both rankings.
    texts
        The queries.
    asked
        Which queries count, shape (queries,).
    """
    counted = np.flatnonzero(asked & ~np.isnan(before) & ~np.isnan(after)).tolist()
    reasons = []
    emptied = [texts[index] for index in counted if before[index] > 0 and after[index] == 0]
    if emptied:
        more = f" and {len(emptied) - _MAX_NAMED} more" if len(emptied) > _MAX_NAMED else ""
        reasons.append(
            f"no product of the first page holds what is stated in {', '.join(emptied[:_MAX_NAMED])}{more}"
        )
    p = loss_p((after - before)[counted].tolist()) if len(counted) else 1.0
    if p < SIGNIFICANCE_LEVEL:
        reasons.append(
            f"first pages hold less of what {len(counted)} queries state: facts@{FIRST_PAGE} "
            f"{before[counted].mean():.3f} → {after[counted].mean():.3f}, p {p:.3f}"
        )
    return reasons
