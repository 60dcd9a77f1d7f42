"""Fusion of two rankings into one: pure functions over hits."""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from types import MappingProxyType
from typing import NamedTuple

from shangsou.engines.query import Hit
from shangsou.search.ranking.recipe import RankingRecipe


class ScorePart(NamedTuple):
    """What one leg adds to a fused score."""

    rank: int
    """In the leg, from 1."""
    score: float
    """BM25 or cosine."""
    normalized: float
    weight: float

    @property
    def contribution(self) -> float:
        """Normalized score times weight."""
        return self.normalized * self.weight


class Candidate(NamedTuple):
    """A product with its fused score, the sum of its parts' contributions."""

    product_id: str
    score: float
    lexical: ScorePart | None
    semantic: ScorePart | None
    type_bonus: float = 0.0
    """What the score gains by the product type."""
    fact_bonus: float = 0.0
    """What it gains by the facts that were asked for."""
    popularity_bonus: float = 0.0
    """What it gains by its sales and its rating."""
    price_bonus: float = 0.0
    """What it loses where the query asks for cheap or dear ones, and it is not."""

    @property
    def plain_score(self) -> float:
        """The score by words and meaning alone."""
        return self.score - self.type_bonus - self.fact_bonus - self.popularity_bonus - self.price_bonus


class Bonuses(NamedTuple):
    """What scores gain or lose besides words and meaning, by product id."""

    by_type: Mapping[str, float]
    by_facts: Mapping[str, float]
    by_popularity: Mapping[str, float]
    by_price: Mapping[str, float] = MappingProxyType({})


def above_cutoff(hits: Sequence[Hit], cutoff: float) -> list[Hit]:
    """Return the hits that reach a cut-off."""
    return [hit for hit in hits if hit.score >= cutoff]


def merge_semantic(
    titles: Sequence[Hit], descriptions: Sequence[Hit], description_weight: float
) -> list[Hit]:
    """Return one semantic leg: for each product the better of its title and its weighted description."""
    best = dict(titles)
    for product_id, cosine in descriptions:
        best[product_id] = max(best.get(product_id, 0.0), description_weight * cosine)
    # Sorting is stable: ties keep the order of the legs.
    return [Hit(*pair) for pair in sorted(best.items(), key=itemgetter(1), reverse=True)]


def fuse(
    lexical: Sequence[Hit],
    semantic: Sequence[Hit],
    product_ids: Sequence[str],
    bonuses: Bonuses,
    recipe: RankingRecipe,
) -> list[Candidate]:
    """Return products by the scores of both legs, best first; what is under a cut-off gets 0 from its leg.

    Convex combination (Bruch et al. 2023): BM25 over its own maximum, and the cosine scaled so that
    the cut-off is 0 and the best, at least `semantic_span` above it, is 1. Or reciprocal rank fusion
    (Cormack et al. 2009).

    Parameters
    ----------
    lexical, semantic
        Best first.
    product_ids
        The products, those of both legs among them.
    bonuses
        What is added to the scores of both legs.
    recipe
        Weights, cut-offs and which fusion.
    """
    lexical = above_cutoff(lexical, recipe.lexical_cutoff * lexical[0].score) if lexical else []
    semantic = above_cutoff(semantic, recipe.semantic_cutoff)
    if recipe.fusion == "rrf":
        lexical_parts = _score_by_rank(lexical, recipe.rank_constant)
        semantic_parts = _score_by_rank(semantic, recipe.rank_constant)
    else:
        share = recipe.lexical_weight
        lexical_parts = _scale_scores(lexical, share, floor=0.0, span=0.0)
        semantic_parts = _scale_scores(
            semantic, 1 - share, floor=recipe.semantic_cutoff, span=recipe.semantic_span
        )
    candidates = []
    # Ties keep the lexical order, then the semantic one.
    for product_id in dict.fromkeys([*lexical_parts, *semantic_parts, *product_ids]):
        lexical_part, semantic_part = lexical_parts.get(product_id), semantic_parts.get(product_id)
        by_type = bonuses.by_type.get(product_id, 0.0)
        by_facts = bonuses.by_facts.get(product_id, 0.0)
        by_popularity = bonuses.by_popularity.get(product_id, 0.0)
        by_price = bonuses.by_price.get(product_id, 0.0)
        score = (
            (lexical_part.contribution if lexical_part else 0.0)
            + (semantic_part.contribution if semantic_part else 0.0)
            + by_type
            + by_facts
            + by_popularity
            + by_price
        )
        candidates.append(
            Candidate(
                product_id, score, lexical_part, semantic_part, by_type, by_facts, by_popularity, by_price
            )
        )
    return sorted(candidates, key=itemgetter(1), reverse=True)


def _score_by_rank(hits: Sequence[Hit], rank_constant: int) -> dict[str, ScorePart]:
    return {
        hit.product_id: ScorePart(rank, hit.score, 1 / (rank_constant + rank), 1.0)
        for rank, hit in enumerate(hits, start=1)
    }


def _scale_scores(hits: Sequence[Hit], weight: float, *, floor: float, span: float) -> dict[str, ScorePart]:
    """Return the parts of hits, the floor scaled to 0 and the best hit, at least `span` above it, to 1."""
    span = max([span, *(hit.score - floor for hit in hits)])
    return {
        hit.product_id: ScorePart(rank, hit.score, (hit.score - floor) / span if span > 0 else 1.0, weight)
        for rank, hit in enumerate(hits, start=1)
    }
