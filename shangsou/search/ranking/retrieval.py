"""Candidates from both legs, within every set of filters that the page and its facets need."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from shangsou.engines.engine import Retriever
from shangsou.engines.query import Filters, Hit, Leg, LexicalLeg, LexicalQuery, Vector, VectorLeg
from shangsou.search.ranking.fusion import Candidate, above_cutoff, fuse, merge_semantic
from shangsou.search.ranking.recipe import RankingRecipe


@dataclass(frozen=True, slots=True)
class RetrievalQuery:
    """What the engine searches for. Neither: the query says nothing."""

    lexical: LexicalQuery | None
    """None in a semantic search."""
    vector: Vector | None
    """Shape (dimensions,). None in a lexical search, and when the encoder failed."""


class RetrievalResult(NamedTuple):
    """What the engine found, best first."""

    candidates: dict[Filters, list[Candidate]]
    """Fused, within each set of filters."""
    strict_hits: list[Hit]
    """What matches strictly within the first set of filters, as many as were asked for."""


def retrieve(
    retrieval_query: RetrievalQuery,
    filter_sets: Sequence[Filters],
    engine: Retriever,
    recipe: RankingRecipe,
    strict_depth: int = 0,
) -> RetrievalResult:
    """Return the fused candidates within each set of filters and some strict matches, in one round trip."""
    legs = {filters: _subqueries(retrieval_query, filters, recipe.candidates) for filters in filter_sets}
    strict_legs: list[Leg] = []
    if strict_depth and retrieval_query.lexical is not None:
        strict_legs = [LexicalLeg(retrieval_query.lexical, filter_sets[0], strict_depth, strict=True)]
    results = iter(engine.retrieve([*(leg for group in legs.values() for leg in group), *strict_legs]))
    candidates = {
        filters: _fuse_legs(retrieval_query, [next(results) for _ in group], recipe)
        for filters, group in legs.items()
    }
    return RetrievalResult(candidates, next(results, []))


def _subqueries(retrieval_query: RetrievalQuery, filters: Filters, k: int) -> list[Leg]:
    legs: list[Leg] = []
    if retrieval_query.lexical is not None:
        legs.append(LexicalLeg(retrieval_query.lexical, filters, k))
    if retrieval_query.vector is not None:
        legs.append(VectorLeg("title_vector", retrieval_query.vector, filters, k))
        legs.append(VectorLeg("description_vector", retrieval_query.vector, filters, k))
    return legs


def _fuse_legs(
    retrieval_query: RetrievalQuery, results: list[list[Hit]], recipe: RankingRecipe
) -> list[Candidate]:
    """Return the hits of the legs that are no weak matches, fused."""
    lexical = results[0] if retrieval_query.lexical is not None else []
    lexical = above_cutoff(lexical, recipe.lexical_cutoff * lexical[0].score) if lexical else []
    if retrieval_query.vector is None:
        return fuse(lexical, [], recipe)
    titles, descriptions = (above_cutoff(hits, recipe.semantic_cutoff) for hits in results[-2:])
    semantic = merge_semantic(titles, descriptions, recipe.description_weight)[: recipe.candidates]
    semantic = above_cutoff(semantic, recipe.semantic_cutoff)
    if not semantic:
        # Nothing means what the query says: to share some characters with it is then no match
        # either. What matches strictly is found all the same, by BM25.
        return []
    return fuse(lexical, semantic, recipe)
