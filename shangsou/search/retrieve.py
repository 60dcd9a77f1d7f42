"""Candidates from both legs, within every set of filters that the page and its facets need."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from shangsou.engines.engine import Retriever
from shangsou.engines.query import Filters, Hit, Leg, LexicalLeg, LexicalQuery, Vector, VectorLeg
from shangsou.search.fuse import Candidate, best_of, fuse, strong
from shangsou.search.ranking import RankingRecipe


@dataclass(frozen=True, slots=True)
class Probe:
    """What the engine is asked for. Neither: the query says nothing."""

    lexical: LexicalQuery | None
    """None in a semantic search."""
    vector: Vector | None
    """Shape (dimensions,). None in a lexical search, and when the encoder failed."""


class Retrieved(NamedTuple):
    """What the engine found, best first."""

    candidates: dict[Filters, list[Candidate]]
    """Fused, within each set of filters."""
    strict: list[Hit]
    """What matches strictly within the first set of filters, as many as were asked for."""


def retrieve(
    probe: Probe,
    filter_sets: Sequence[Filters],
    engine: Retriever,
    recipe: RankingRecipe,
    strict_depth: int = 0,
) -> Retrieved:
    """Return the fused candidates within each set of filters and some strict matches, in one round trip."""
    legs = {filters: _legs(probe, filters, recipe.candidates) for filters in filter_sets}
    strict: list[Leg] = []
    if strict_depth and probe.lexical is not None:
        strict = [LexicalLeg(probe.lexical, filter_sets[0], strict_depth, strict=True)]
    answers = iter(engine.retrieve([*(leg for group in legs.values() for leg in group), *strict]))
    candidates = {
        filters: _fuse_legs(probe, [next(answers) for _ in group], recipe) for filters, group in legs.items()
    }
    return Retrieved(candidates, next(answers, []))


def _legs(probe: Probe, filters: Filters, k: int) -> list[Leg]:
    legs: list[Leg] = []
    if probe.lexical is not None:
        legs.append(LexicalLeg(probe.lexical, filters, k))
    if probe.vector is not None:
        legs.append(VectorLeg("title_vector", probe.vector, filters, k))
        legs.append(VectorLeg("description_vector", probe.vector, filters, k))
    return legs


def _fuse_legs(probe: Probe, answers: list[list[Hit]], recipe: RankingRecipe) -> list[Candidate]:
    """Return the hits of the legs that are no weak matches, fused."""
    lexical = answers[0] if probe.lexical is not None else []
    lexical = strong(lexical, recipe.lexical_cutoff * lexical[0].score) if lexical else []
    if probe.vector is None:
        return fuse(lexical, [], recipe)
    titles, descriptions = (strong(hits, recipe.semantic_cutoff) for hits in answers[-2:])
    semantic = best_of(titles, descriptions, recipe.description_weight)[: recipe.candidates]
    semantic = strong(semantic, recipe.semantic_cutoff)
    if not semantic:
        # Nothing means what the query says: to share some characters with it is then no match
        # either. What matches strictly is found all the same, by BM25.
        return []
    return fuse(lexical, semantic, recipe)
