"""The order for who has done nothing yet: by those who searched for the same before."""

import numpy as np

from shangsou.search.personal.offer import Offer
from shangsou.search.personal.past import Past
from shangsou.search.personal.recall import Recalled
from shangsou.search.personal.rerank import Personaliser
from shangsou.search.personal.taste import Meeting, taste

# What log(1 + clicks + 3 x purchases) for the same query weighs beside a fused score of 0 to 1. MRR@10 on
# 574 training searches of SIMULATED shoppers, taken as newcomers: .0383 without it, .0449, .0476 and .0511
# with .1, .2 and .3 (docs/personal.md). The middle, since real shoppers differ.
_POPULAR = 0.2
# What the likings of those shoppers weigh: on the first searches of 440 SIMULATED shoppers .0505 without
# them, .0566, .0622 and .0659 with .05, .1 and .2 (docs/personal.md). The middle again.
_SEGMENT = 0.1
# So many of the products they chose, those chosen most: as many as a history holds.
_MOST_CHOSEN = 200
# A price that nobody of them pays counts as no less than this: it says less than words and brands.
_LEAST_PRICE = -1.0


def newcomers_order(offer: Offer, personaliser: Personaliser, impact: float) -> list[int] | None:
    """Return the places of candidates, best first; None where nobody has searched for the same.

    Shoppers with the same query are the segment that a newcomer is known to belong to: what they chose comes
    up, and what has its words, brands and prices.

    Parameters
    ----------
    offer
        Of the fused candidates.
    impact
        From 0, the plain order, to 1.
    """
    popularity, ids = personaliser.popularity, offer.pool.product_ids
    chosen = popularity.chosen(offer.query_text, _MOST_CHOSEN)
    if not chosen:
        return None
    segment = Recalled([Past(one, frozenset(), 1.0) for one in chosen], personaliser.reader)
    common = taste(Meeting(offer, segment), segment.strengths)
    liked = common.liked_words + common.liked_brand + np.maximum(common.price_level, _LEAST_PRICE)
    popular = popularity.within(offer.query_text, ids)
    scores = offer.pool.score + impact * (_POPULAR * popular + _SEGMENT * liked)
    order: list[int] = np.argsort(-scores, kind="stable").tolist()
    return order
