"""The personalization stage between fusion and paging."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from shangsou.behaviour.history import History
from shangsou.engines.query import Hit, Vector
from shangsou.search.personal.cold_start import rank_cold_start
from shangsou.search.personal.explanations import explain_moves
from shangsou.search.personal.product_traits import TraitReader
from shangsou.search.personal.rerank import (
    Personalizer,
    RerankFeatures,
    features_for,
    load_candidates,
    make_pool,
    rank,
)
from shangsou.search.ranking.fusion import Candidate
from shangsou.search.ranking.recipe import RankingRecipe

RerankMethod = Literal["history", "segment"]
"""By the history of the shopper, or by what others with the same query chose."""


class FusionResult(NamedTuple):
    """What a search has at hand when its legs are fused."""

    query_text: str
    asked_types: Sequence[str]
    """The product types that the query names."""
    vector: Vector | None
    """Of the query; None where there is none."""
    candidates: Sequence[Candidate]
    """Best first."""
    strict: Sequence[Hit]
    """The first `personal_candidates` of what matches strictly, best first; none without a history."""


@dataclass(frozen=True, slots=True)
class PersonalizedRanking:
    """The order for one shopper."""

    product_ids: tuple[str, ...]
    """The first of what was found, best first; behind them all stays as it was."""
    ranker: str
    reader: TraitReader = field(repr=False)
    features: RerankFeatures | None = field(default=None, repr=False)
    """None where the order is one for all new shoppers."""

    def explain(self, page_ids: Sequence[str]) -> Mapping[str, str]:
        """Return why products of a page moved up, for those where there is a plain reason."""
        if self.features is None:
            return {}
        return explain_moves(self.features, self.product_ids, tuple(page_ids), self.reader)


def personalize(
    fused: FusionResult,
    method: RerankMethod,
    recipe: RankingRecipe,
    history: History,
    personalizer: Personalizer,
) -> PersonalizedRanking | None:
    """Return the found products in the order for a shopper; None leaves the plain order as it is.

    New shoppers see higher what shoppers with the same query chose, and what is like it. Raises
    `EngineUnavailable` as the engine does.
    """
    if method == "segment":
        return _rank_cold_start_page(fused, recipe, personalizer)
    pool = make_pool(fused.candidates, fused.strict, recipe.personal_candidates)
    candidates = load_candidates(pool, fused.query_text, personalizer.reader, fused.asked_types)
    if candidates is None:
        return None
    history_features = personalizer.history_cache.get(history, personalizer.reader)
    features = features_for(candidates, fused.vector, history_features, personalizer)
    order = rank(features, personalizer.ranker, recipe.personal_impact)
    return PersonalizedRanking(order, personalizer.ranker.name, personalizer.reader, features)


def _rank_cold_start_page(
    fused: FusionResult, recipe: RankingRecipe, personalizer: Personalizer
) -> PersonalizedRanking | None:
    """Return the fused candidates as their segment has it; None where nobody has searched for the same."""
    pool = make_pool(fused.candidates, (), len(fused.candidates))
    candidates = load_candidates(pool, fused.query_text, personalizer.reader)
    order = (
        rank_cold_start(candidates, personalizer, recipe.personal_impact) if candidates is not None else None
    )
    if candidates is None or order is None:
        return None
    ids = candidates.pool.product_ids
    return PersonalizedRanking(tuple(ids[position] for position in order), "segment", personalizer.reader)
