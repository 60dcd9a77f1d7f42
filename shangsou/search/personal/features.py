"""What speaks for each candidate: the plain ranking, popularity, what the history has in common."""

import numpy as np
from numpy.typing import NDArray

from shangsou.search.personal.offer import Floats
from shangsou.search.personal.taste import Meeting, Taste, ever_taste, taste
from shangsou.search.personal.traits import UNKNOWN

# Raised by one whenever a feature is added, dropped or computed in another way.
FEATURE_VERSION = 2
FEATURES = (
    # Of the plain ranking.
    "score", "log_rank", "lexical", "cosine", "coverage", "covers", "covering",
    # Of the product.
    "popularity", "popularity_above", "popularity_here", "brand_known", "price_known", "length",
    # What the history within the same need has in common, against what the candidates offer.
    "words", "rare_words", "some_words", "common_words", "liked_words", "loved_words", "best_word", "brand",
    "brand_surprise", "liked_brand", "price", "price_level", "price_told", "category", "attended",
    # The same over the whole history.
    "ever_words", "ever_brand", "ever_price_level", "ever",
)  # fmt: skip


def features(
    meeting: Meeting, popularity: tuple[Floats, Floats], attended: Floats
) -> tuple[NDArray[np.float32], Taste]:
    """Return the features, of shape (candidates, `FEATURES`), and the taste within the need.

    Parameters
    ----------
    meeting
        Of at least one candidate.
    popularity
        As `Popularity.of` and `Popularity.within`, shape (candidates,).
    attended
        The weights of the history for this query, shape (past,).
    """
    offer = meeting.offer
    pool = offer.pool
    need, ever = taste(meeting, attended), ever_taste(meeting, meeting.past.strengths)
    popular, popular_here = popularity
    above = popular - float(popular @ offer.background) / offer.offered
    count = len(pool.product_ids)
    columns = (
        pool.score, np.log1p(np.arange(count)), pool.lexical, pool.cosine, offer.coverage, offer.covers,
        np.log1p(offer.covers.sum()),
        popular, above, popular_here, offer.brands != UNKNOWN, offer.priced, offer.lengths,
        need.words, *need.surprise, need.liked_words, need.loved_words, need.best_word,
        need.brand, need.brand_surprise, need.liked_brand, need.price,
        need.price_level, need.price_told, need.category, np.log1p(need.attended),
        ever.words, ever.brand, ever.price_level, np.log1p(ever.attended),
    )  # fmt: skip
    matrix = np.empty((count, len(columns)), np.float32)
    for number, column in enumerate(columns):
        matrix[:, number] = column
    return matrix, need
