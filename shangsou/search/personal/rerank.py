"""Re-rank one search: pool, features, scores, and quotas of brands and categories on a page."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shangsou.engines.query import Hit, Vector
from shangsou.search.personal.candidates import CandidateFeatures, CandidatePool, Floats
from shangsou.search.personal.coverage_tiers import assign_tiers, cap_by_tier
from shangsou.search.personal.features import build_feature_matrix
from shangsou.search.personal.history_cache import HistoryCache, HistoryFeatures
from shangsou.search.personal.history_items import Attention
from shangsou.search.personal.page_quotas import Quota, count_signs, keep_within_quotas
from shangsou.search.personal.popularity import Popularity
from shangsou.search.personal.preferences import HistoryOverlap, Preferences
from shangsou.search.personal.product_traits import UNKNOWN, TraitReader
from shangsou.search.personal.ranker import Ranker
from shangsou.search.ranking.fusion import Candidate

# What any brand may take of a page of ten before it gains any places: with the one that everything gains,
# half of it, as long as others are left. Set by hand.
_BRAND_FLOOR, _BRAND_GAIN = 4, 1


@dataclass(frozen=True, slots=True)
class Personalizer:
    """What re-ranking works with, besides the shopper."""

    ranker: Ranker
    popularity: Popularity
    reader: TraitReader
    """Of the generation that is searched."""
    history_cache: HistoryCache = field(default_factory=HistoryCache)


class RerankContext(NamedTuple):
    """The history and the candidates of one search, before any attention to the history."""

    overlap: HistoryOverlap
    popularity: tuple[Floats, Floats]
    """As `Popularity.of` and `Popularity.for_query`, shape (candidates,)."""
    cosines: Vector | None
    """Of the history's titles with the query, shape (history items,); None where there are none."""


class RerankFeatures(NamedTuple):
    """A pool with its features for a shopper, before any ranker has its say."""

    overlap: HistoryOverlap
    matrix: NDArray[np.float32]
    preferences: Preferences
    attended: Floats
    """The weight of each product of the history for this query."""


def make_pool(fused: Sequence[Candidate], strict: Sequence[Hit], depth: int) -> CandidatePool:
    """Return the first `depth` products that a search found, in plain order.

    These are the fused candidates, and behind them what else matches strictly, by BM25: as the pages of
    the plain search show them. So re-ranking adds nothing to what was found and takes nothing away.

    Parameters
    ----------
    strict
        The first `depth` of them, best first.
    """
    known = {candidate.product_id for candidate in fused}
    unfused = [hit for hit in strict if hit.product_id not in known][: max(0, depth - len(fused))]
    # BM25 of the best, by which the parts of the fused ones were divided.
    best = max([hit.score for hit in strict] + [c.lexical.score for c in fused if c.lexical], default=1.0)
    fused = fused[:depth]
    typed = any(candidate.type_bonus > 0 for candidate in fused)
    count, zeros = len(fused) + len(unfused), (0.0,) * len(unfused)
    lexical_scores = [candidate.lexical.score if candidate.lexical else 0.0 for candidate in fused] + [
        hit.score for hit in unfused
    ]
    cosines = [candidate.semantic.score if candidate.semantic else 0.0 for candidate in fused]
    return CandidatePool(
        (*(candidate.product_id for candidate in fused), *(hit.product_id for hit in unfused)),
        score=np.fromiter((*(candidate.score for candidate in fused), *zeros), np.float64, count),
        lexical=np.fromiter(lexical_scores, np.float64, count) / best,
        cosine=np.fromiter((*cosines, *zeros), np.float64, count),
        other_type=np.array(
            [*(typed and candidate.type_bonus <= 0 for candidate in fused), *(False for _ in unfused)],
            np.bool_,
        ),
    )


def load_candidates(
    pool: CandidatePool, query_text: str, reader: TraitReader, asked_types: Sequence[str] = ()
) -> CandidateFeatures | None:
    """Return the features of a pool's products; None where no product of it is there any more.

    Parameters
    ----------
    asked_types
        The product types that the query names.
    """
    positions, traits = reader.read(pool.product_ids)
    if not len(positions):
        return None
    if len(positions) < len(pool.product_ids):
        pool = pool.at(positions.tolist())
    # Chinese is head-final: 老人手机 is a kind of 手机, 电脑椅 none of 电脑.
    heads = tuple(asked_types) or (query_text,)
    kinds = [code for code in set(traits.types.tolist()) - {UNKNOWN} if reader.text(code).endswith(heads)]
    return CandidateFeatures(pool, traits, query_text, asked_types, kinds)


def features_for(
    candidates: CandidateFeatures, vector: Vector | None, history: HistoryFeatures, personalizer: Personalizer
) -> RerankFeatures:
    """Return the features of candidates for a shopper."""
    return compute_features(
        build_context(candidates, vector, history, personalizer), personalizer.ranker.attention
    )


def build_context(
    candidates: CandidateFeatures, vector: Vector | None, history: HistoryFeatures, personalizer: Personalizer
) -> RerankContext:
    """Return what the features for a shopper are made of; raises `EngineUnavailable`."""
    cosines = None if vector is None else personalizer.reader.cosines(vector, history.product_ids)
    popularity, keys = personalizer.popularity, personalizer.reader.group_keys(candidates.pool.product_ids)
    popularity_scores = popularity.of(keys), popularity.for_query(candidates.query_text, keys)
    return RerankContext(HistoryOverlap(candidates, history), popularity_scores, cosines)


def compute_features(context: RerankContext, attention: Attention) -> RerankFeatures:
    """Return the features of a context under one way to attend to the history."""
    overlap = context.overlap
    attention_weights = overlap.history.attention_weights(
        overlap.candidates.query_text, context.cosines, attention
    )
    attended = attention_weights * overlap.of_asked_types
    return RerankFeatures(overlap, *build_feature_matrix(overlap, context.popularity, attended), attended)


def rank(features: RerankFeatures, ranker: Ranker, impact: float) -> tuple[str, ...]:
    """Return the product ids of a pool, best first, no brand and no category everywhere.

    Parameters
    ----------
    impact
        0 leaves the plain order as it is, byte by byte; 1 is the ranker's own order. Between them, both
        as ranks in the pool, mixed.
    """
    candidates = features.overlap.candidates
    ids = candidates.pool.product_ids
    if impact <= 0:
        return ids
    tiers = assign_tiers(candidates.coverage, candidates.other_type)
    scores = cap_by_tier(ranker.score(features.matrix), tiers)
    order = np.argsort(-scores, kind="stable")
    if impact < 1:
        ranks = np.empty(len(ids))
        ranks[order] = np.arange(len(ids))
        mixed = impact * np.log1p(ranks) + (1 - impact) * np.log1p(np.arange(len(ids)))
        order = np.argsort(mixed, kind="stable")
    quotas = _page_quotas(features.overlap)
    return tuple(ids[position] for position in keep_within_quotas(order.tolist(), quotas, tiers))


def _page_quotas(overlap: HistoryOverlap) -> list[Quota]:
    """Return what categories and brands of candidates may take of a page, by the signs of a taste.

    By categories, which the shop has given: of types read from titles alone one kind of thing has many.
    """
    candidates, history = overlap.candidates, overlap.history
    strengths = history.strengths * overlap.of_asked_types
    limited = np.where(candidates.is_asked_kind, UNKNOWN, candidates.categories)
    return [
        Quota(limited.tolist(), count_signs(history.categories, strengths), candidates.unasked_categories()),
        Quota(
            candidates.brands.tolist(),
            count_signs(history.brands, strengths),
            floor=_BRAND_FLOOR,
            least_gain=_BRAND_GAIN,
        ),
    ]
