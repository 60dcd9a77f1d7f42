"""One ranking out of two: pure functions over hits."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from shangsou.engines.query import Hit
from shangsou.search.ranking import RankingRecipe


@dataclass(frozen=True, slots=True)
class Candidate:
    """A product with its fused score and the parts that it is made of."""

    product_id: str
    score: float
    parts: Mapping[str, Mapping[str, float]]
    """For `lexical` and `semantic`: the raw score, its normalised form and what it contributes."""


def strong(hits: Sequence[Hit], cutoff: float) -> list[Hit]:
    """Return the hits that reach a cut-off."""
    return [hit for hit in hits if hit.score >= cutoff]


def best_of(titles: Sequence[Hit], descriptions: Sequence[Hit], description_weight: float) -> list[Hit]:
    """Return one semantic leg: for each product the better of its title and its weighted description."""
    best = dict(titles)
    for product_id, cosine in descriptions:
        best[product_id] = max(best.get(product_id, 0.0), description_weight * cosine)
    # Sorting is stable: ties keep the order of the legs.
    return sorted((Hit(*pair) for pair in best.items()), key=lambda hit: -hit.score)


def fuse(lexical: Sequence[Hit], semantic: Sequence[Hit], recipe: RankingRecipe) -> list[Candidate]:
    """Return the products of both legs, best first. One that is absent from a leg gets 0 from it.

    Convex combination (Bruch et al. 2023): BM25 over its own maximum, and the cosine scaled so that
    the cut-off is 0 and the best, at least `semantic_span` above it, is 1. Or reciprocal rank fusion
    (Cormack et al. 2009).

    Parameters
    ----------
    lexical, semantic
        Best first, already cut off.
    recipe
        Weights, cut-offs and which fusion.
    """
    scalers: dict[str, tuple[Sequence[Hit], float, Callable[[int, Hit], float]]] = {}
    if recipe.fusion == "rrf":
        scalers["lexical"] = lexical, 1.0, lambda rank, _: 1 / (recipe.rank_constant + rank)
        scalers["semantic"] = semantic, 1.0, lambda rank, _: 1 / (recipe.rank_constant + rank)
    else:
        scalers["lexical"] = lexical, recipe.lexical_weight, _scale(lexical, floor=0.0, span=0.0)
        scalers["semantic"] = (
            semantic,
            1 - recipe.lexical_weight,
            _scale(semantic, floor=recipe.semantic_cutoff, span=recipe.semantic_span),
        )

    parts: dict[str, dict[str, Mapping[str, float]]] = {}
    for leg, (hits, weight, scale) in scalers.items():
        for rank, hit in enumerate(hits, start=1):
            normalised = scale(rank, hit)
            parts.setdefault(hit.product_id, {})[leg] = {
                "rank": rank,
                "score": hit.score,
                "normalised": normalised,
                "weight": weight,
                "contribution": weight * normalised,
            }
    candidates = [
        Candidate(product_id, sum(part["contribution"] for part in legs.values()), legs)
        for product_id, legs in parts.items()
    ]
    # Stable: ties keep the lexical order, then the semantic one.
    return sorted(candidates, key=lambda candidate: -candidate.score)


def _scale(hits: Sequence[Hit], *, floor: float, span: float) -> Callable[[int, Hit], float]:
    """Return the function that scales the floor to 0 and the best hit, at least `span` above it, to 1."""
    span = max([span, *(hit.score - floor for hit in hits)])
    return lambda _, hit: (hit.score - floor) / span if span > 0 else 1.0
