"""The cold-start order, for shoppers without a history: by what others chose for the same query."""

import numpy as np

from shangsou.search.personal.candidates import CandidateFeatures
from shangsou.search.personal.history_cache import HistoryFeatures
from shangsou.search.personal.history_items import HistoryItem
from shangsou.search.personal.preferences import HistoryOverlap, compute_preferences
from shangsou.search.personal.rerank import Personalizer

# What log(1 + clicks + 3 x purchases) for the same query weighs beside a fused score of 0 to 1. MRR@10 on
# 574 training searches of SIMULATED shoppers, taken as new ones: .0383 without it, .0449, .0476 and .0511
# with .1, .2 and .3 (docs/personal.md). The middle, since real shoppers differ.
_POPULARITY_WEIGHT = 0.2
# What the preferences of those shoppers weigh: on the first searches of 440 SIMULATED shoppers .0505 without
# them, .0566, .0622 and .0659 with .05, .1 and .2 (docs/personal.md). The middle again.
_SEGMENT_WEIGHT = 0.1
# So many of the products they chose, those chosen most: as many as a history holds.
_MAX_SEGMENT_PRODUCTS = 200
# A price that nobody of them pays counts as no less than this: it says less than words and brands.
_MIN_PRICE_LEVEL = -1.0


def rank_cold_start(
    candidates: CandidateFeatures, personalizer: Personalizer, impact: float
) -> list[int] | None:
    """Return the positions of candidates, best first; None where nobody has searched for the same.

    Shoppers with the same query are the segment that a new shopper is known to belong to: what they chose
    comes up, and what has its words, brands and prices.

    Parameters
    ----------
    candidates
        Of the fused candidates.
    impact
        From 0, the plain order, to 1.
    """
    popularity, keys = personalizer.popularity, personalizer.reader.group_keys(candidates.pool.product_ids)
    top_products = popularity.top_products(candidates.query_text, _MAX_SEGMENT_PRODUCTS)
    if not top_products:
        return None
    segment = HistoryFeatures(
        [HistoryItem(product_id, frozenset(), 1.0) for product_id in top_products], personalizer.reader
    )
    preferences = compute_preferences(HistoryOverlap(candidates, segment), segment.strengths)
    affinity = (
        preferences.word_affinity
        + preferences.brand_affinity
        + np.maximum(preferences.price_level, _MIN_PRICE_LEVEL)
    )
    popularity_scores = popularity.for_query(candidates.query_text, keys)
    scores = candidates.pool.score + impact * (
        _POPULARITY_WEIGHT * popularity_scores + _SEGMENT_WEIGHT * affinity
    )
    order: list[int] = np.argsort(-scores, kind="stable").tolist()
    return order
