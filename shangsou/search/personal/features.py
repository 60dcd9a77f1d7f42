"""The features of each candidate: its plain rank and scores, popularity, overlap with the history."""

import numpy as np
from numpy.typing import NDArray

from shangsou.search.personal.candidates import Floats
from shangsou.search.personal.preferences import (
    HistoryOverlap,
    Preferences,
    compute_long_term_preferences,
    compute_preferences,
)
from shangsou.search.personal.product_traits import UNKNOWN

# Raised by one whenever a feature is added, dropped or computed in another way.
FEATURE_VERSION = 4
FEATURES = (
    # Of the plain ranking.
    "score", "log_rank", "lexical", "cosine", "coverage", "covers", "covering",
    # Of the product.
    "popularity", "popularity_above", "popularity_here", "brand_known", "price_known", "length",
    # What the history, as far as it is about the same need, has in common, against what the candidates offer.
    "words", "rare_words", "some_words", "common_words", "word_affinity", "strong_word_affinity", "best_word",
    "brand",
    "brand_z_score", "brand_affinity", "price", "price_level", "has_price_lift", "category", "attended",
    # The same over the whole history.
    "long_term_words", "long_term_brand", "long_term_price_level", "long_term_attended",
)  # fmt: skip


def build_feature_matrix(
    overlap: HistoryOverlap, popularity: tuple[Floats, Floats], attention_weights: Floats
) -> tuple[NDArray[np.float32], Preferences]:
    """Return the features, of shape (candidates, `FEATURES`), and the preferences for this query.

    Parameters
    ----------
    overlap
        Of at least one candidate.
    popularity
        As `Popularity.of` and `Popularity.for_query`, shape (candidates,).
    attention_weights
        The weights of the history for this query, shape (history items,).
    """
    candidates = overlap.candidates
    pool = candidates.pool
    current, long_term = (
        compute_preferences(overlap, attention_weights),
        compute_long_term_preferences(overlap, overlap.long_term_strengths),
    )
    popularity_all, popularity_query = popularity
    popularity_above = (
        popularity_all - float(popularity_all @ candidates.background) / candidates.background_size
    )
    count = len(pool.product_ids)
    columns = (
        pool.score, np.log1p(np.arange(count)), pool.lexical, pool.cosine,
        candidates.coverage, candidates.full_coverage,
        np.log1p(candidates.full_coverage.sum()),
        popularity_all, popularity_above, popularity_query,
        candidates.brands != UNKNOWN, candidates.has_price, candidates.lengths,
        current.words, *current.word_z_scores, current.word_affinity,
        current.strong_word_affinity, current.best_word,
        current.brand, current.brand_z_score, current.brand_affinity, current.price,
        current.price_level, current.has_price_lift, current.category, np.log1p(current.total_weight),
        long_term.words, long_term.brand, long_term.price_level, np.log1p(long_term.total_weight),
    )  # fmt: skip
    matrix = np.empty((count, len(columns)), np.float32)
    for number, column in enumerate(columns):
        matrix[:, number] = column
    return matrix, current
