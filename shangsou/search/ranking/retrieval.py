"""Candidates from both legs, scored by both, within every set of filters that the page and its facets need."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from shangsou.engines.engine import Engine
from shangsou.engines.query import (
    Filters,
    Hit,
    Leg,
    LexicalLeg,
    LexicalQuery,
    TypeCondition,
    Vector,
    VectorField,
    VectorLeg,
)
from shangsou.search.ranking.fusion import Candidate, fuse, merge_semantic
from shangsou.search.ranking.matching import MatchEvidence, MatchRule, decide_matches
from shangsou.search.ranking.recipe import RankingRecipe

_VECTOR_FIELDS: tuple[VectorField, ...] = ("title_vector", "description_vector")


@dataclass(frozen=True, slots=True)
class RetrievalQuery:
    """What the engine searches for. Neither words nor vector: the query says nothing."""

    lexical: LexicalQuery | None
    vector: Vector | None
    """Shape (dimensions,). None in a lexical search, and when the encoder failed."""
    scores_words: bool = True
    """Whether words order the matches; not in a semantic search."""
    types: TypeCondition | None = None
    """The product types asked for, None where the query asks for none that is known."""
    is_bare: bool = False
    """Whether the query says nothing but its types."""

    @property
    def uses_words(self) -> bool:
        """Whether words score; without a vector they do in a semantic search, too."""
        return self.lexical is not None and (self.scores_words or self.vector is None)


class RetrievalResult(NamedTuple):
    """What the engine found within a set of filters."""

    matches: list[Candidate]
    """Best first. What else is of the types, or matches strictly, follows by BM25."""
    related: list[Candidate]
    """What only comes near, best first."""
    further_hits: list[Hit]
    """The best matches by words alone, as many as were asked for."""


def retrieve(
    query: RetrievalQuery,
    filter_sets: Sequence[Filters],
    engine: Engine,
    recipe: RankingRecipe,
    depth: int = 0,
) -> dict[Filters, RetrievalResult]:
    """Return what the engine found within each set of filters, in two round trips, or three with types.

    Parameters
    ----------
    query, filter_sets, engine, recipe
        The first set of filters is that of the page.
    depth
        How many matches are wanted by words alone, within the first set of filters.
    """
    depths = [max(depth, recipe.candidates), *(recipe.candidates for _ in filter_sets[1:])]
    first_legs = [
        _legs(query, filters, recipe.candidates) + _match_legs(query, filters, match_depth)
        for filters, match_depth in zip(filter_sets, depths, strict=True)
    ]
    first_hits = _retrieve_all(engine, first_legs)
    ids = [
        tuple(dict.fromkeys(hit.product_id for hits in leg_hits for hit in hits[: recipe.candidates]))
        for leg_hits in first_hits
    ]
    second_legs = [
        _legs(query, filters, len(set_ids), set_ids) + _evidence_legs(query, filters, set_ids)
        for filters, set_ids in zip(filter_sets, ids, strict=True)
    ]
    second_hits = _retrieve_all(engine, second_legs)
    results = {}
    for number, filters in enumerate(filter_sets):
        result = _match(query, filters, ids[number], second_hits[number], engine, recipe)
        matched_hits = first_hits[number][-1] if depth and number == 0 and query.lexical is not None else []
        results[filters] = result._replace(further_hits=matched_hits[:depth])
    return results


def _match(
    query: RetrievalQuery,
    filters: Filters,
    ids: Sequence[str],
    hits: Sequence[list[Hit]],
    engine: Engine,
    recipe: RankingRecipe,
) -> RetrievalResult:
    """Return what of the candidates matches, and what only comes near, both fused."""
    remaining = iter(hits)
    lexical = next(remaining) if query.uses_words else []
    semantic: list[Hit] = []
    if query.vector is not None:
        semantic = merge_semantic(next(remaining), next(remaining), recipe.description_weight)
    strict_ids, loose_ids = ({hit.product_id for hit in next(remaining, [])} for _ in range(2))
    typed_ids = set() if query.types is None else engine.passing(ids, replace(filters, types=query.types))
    candidates = fuse(lexical, semantic, ids, recipe)
    evidence = MatchEvidence(dict(semantic), typed_ids, strict_ids, loose_ids)
    rule = MatchRule(query.types is not None, query.is_bare, has_vector=query.vector is not None)
    matches, related = decide_matches(candidates, evidence, rule, recipe)
    return RetrievalResult(matches, related, [])


def _retrieve_all(engine: Engine, legs: Sequence[Sequence[Leg]]) -> list[list[list[Hit]]]:
    """Return the hits of each leg of each set of filters, in one round trip."""
    hits = iter(engine.retrieve([leg for group in legs for leg in group]))
    return [[next(hits) for _ in group] for group in legs]


def _legs(query: RetrievalQuery, filters: Filters, k: int, ids: tuple[str, ...] | None = None) -> list[Leg]:
    """Return the legs that score."""
    legs: list[Leg] = []
    if query.lexical is not None and query.uses_words:
        legs.append(LexicalLeg(query.lexical, filters, k, ids=ids))
    if query.vector is not None:
        legs += [VectorLeg(field, query.vector, filters, k, ids=ids) for field in _VECTOR_FIELDS]
    return legs


def _match_legs(query: RetrievalQuery, filters: Filters, k: int) -> list[Leg]:
    """Return the leg for what matches in any case: what is of the types, else what matches strictly."""
    if query.lexical is None:
        return []
    if query.types is not None:
        return [LexicalLeg(query.lexical, replace(filters, types=query.types), k)]
    return [LexicalLeg(query.lexical, filters, k, strict=True)]


def _evidence_legs(query: RetrievalQuery, filters: Filters, ids: tuple[str, ...]) -> list[Leg]:
    """Return the legs that tell which candidates hold the words of a query, where its types do not decide."""
    if query.lexical is None or query.types is not None:
        return []
    return [
        LexicalLeg(lexical, filters, len(ids), strict=True, ids=ids)
        for lexical in (query.lexical, query.lexical.loosened())
    ]
