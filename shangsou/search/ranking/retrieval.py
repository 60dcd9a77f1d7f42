"""Candidates from both legs, scored by both, within each set of filters that a search needs."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import NamedTuple

from shangsou.engines.engine import Retriever
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
from shangsou.lexicon.type_words import ACCESSORY
from shangsou.search.ranking.asked_facts import AskedFact, fact_bonuses, find_contradicting, judge_facts
from shangsou.search.ranking.fusion import Candidate, fuse, merge_semantic
from shangsou.search.ranking.matching import MatchEvidence, MatchRule, decide_matches
from shangsou.search.ranking.recipe import RankingRecipe

# Of what contradicts hard facts: as many as may be shown, and what of them does not.
_NEAR_CANDIDATES = 30
VECTOR_FIELDS: tuple[VectorField, ...] = ("title_vector", "description_vector")


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
    facts: tuple[AskedFact, ...] = ()
    """The facts asked for; what contradicts a hard one is kept out by the filters of the search."""
    needs_all_words: bool = False
    """Whether, without types, only strict matches match."""
    is_facts: bool = False
    """Whether it says nothing but its types and facts."""
    matches_all: bool = False
    """Whether everything within the filters matches."""
    wants_accessory: bool = True
    """Whether it asks for what only goes with a thing; else that comes behind the thing."""

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
    engine: Retriever,
    recipe: RankingRecipe,
    depth: int = 0,
) -> dict[Filters, RetrievalResult]:
    """Return what the engine found within each set of filters.

    What matches by score or meaning is decided without filters: a filter takes products away and adds none.

    Parameters
    ----------
    query, filter_sets, engine, recipe
        The first set of filters is that of the page.
    depth
        How many matches are wanted by words alone, within the first set of filters.
    """
    admitted: set[str] | None = None
    everything = Filters(facts=filter_sets[0].facts)
    is_certain = query.is_bare or query.matches_all or (query.types is None and query.needs_all_words)
    if not is_certain and any(filters != everything for filters in filter_sets):
        unfiltered = _retrieve_within(query, [everything], engine, recipe, 0, None)[everything]
        admitted = {candidate.product_id for candidate in unfiltered.matches}
    return _retrieve_within(query, filter_sets, engine, recipe, depth, admitted)


def _retrieve_within(  # noqa: PLR0913, PLR0917 - as `retrieve`, and what was decided before
    query: RetrievalQuery,
    filter_sets: Sequence[Filters],
    engine: Retriever,
    recipe: RankingRecipe,
    depth: int,
    admitted: Collection[str] | None,
) -> dict[Filters, RetrievalResult]:
    """Return what the engine found within each set of filters, in two round trips, or three with types."""
    # What matches in any case comes by its words behind the candidates; half as many of it compete with them.
    depths = [max(depth, recipe.candidates // 2), *(recipe.candidates // 2 for _ in filter_sets[1:])]
    first_hits = _retrieve_all(
        engine,
        [
            [*_legs(query, filters, recipe.candidates), *match_legs(query, filters, match_depth)]
            for filters, match_depth in zip(filter_sets, depths, strict=True)
        ],
    )
    ids = [_candidate_ids(query, leg_hits, recipe.candidates) for leg_hits in first_hits]
    if admitted:
        ids = [
            tuple(dict.fromkeys([*set_ids, *sorted(engine.passing(tuple(admitted), filters))]))
            for filters, set_ids in zip(filter_sets, ids, strict=True)
        ]
    second_hits = _retrieve_all(
        engine,
        [
            [*_missing_legs(query, filters, set_ids, hits), *_evidence_legs(query, filters, set_ids)]
            for filters, set_ids, hits in zip(filter_sets, ids, first_hits, strict=True)
        ],
    )
    results = {}
    for filters, set_ids, first, second in zip(filter_sets, ids, first_hits, second_hits, strict=True):
        scored = [
            sorted([*found, *missing], key=itemgetter(1), reverse=True)
            for found, missing in zip(first, second, strict=False)
        ][: _leg_count(query)]
        evidence_hits = second[_leg_count(query) :]
        result = _match(query, filters, set_ids, scored, evidence_hits, engine, recipe, admitted)
        matched_hits = first[-1] if depth and filters == filter_sets[0] and query.lexical is not None else []
        results[filters] = result._replace(further_hits=matched_hits[:depth])
    return results


def _match(  # noqa: PLR0913, PLR0917 - the hits of both round trips, and what decides
    query: RetrievalQuery,
    filters: Filters,
    ids: Sequence[str],
    scored: Sequence[Sequence[Hit]],
    evidence_hits: Sequence[Sequence[Hit]],
    engine: Retriever,
    recipe: RankingRecipe,
    admitted: Collection[str] | None,
) -> RetrievalResult:
    """Return what of the candidates matches, and what only comes near, both fused."""
    remaining = iter(scored)
    lexical = next(remaining) if query.uses_words else []
    semantic: list[Hit] = []
    if query.vector is not None:
        semantic = merge_semantic(next(remaining), next(remaining), recipe.description_weight)
    strict_ids, loose_ids = [{hit.product_id for hit in hits} for hits in evidence_hits] or [set(), set()]
    typed_ids = set() if query.types is None else engine.passing(ids, replace(filters, types=query.types))
    bonuses = dict.fromkeys(typed_ids, recipe.type_weight)
    if not query.wants_accessory:
        accessories = engine.passing(ids, replace(filters, types=TypeCondition((ACCESSORY,))))
        for product_id in accessories:
            bonuses[product_id] = bonuses.get(product_id, 0.0) - recipe.accessory_weight
    verdicts = judge_facts(ids, query.facts, engine)
    by_facts = fact_bonuses(verdicts, query.facts, recipe)
    if query.types is not None:
        # A fact is asked of a thing of the type: a red hat gains nothing by it where red shoes are asked for.
        by_facts = {
            product_id: bonus if product_id in typed_ids else min(bonus, 0.0)
            for product_id, bonus in by_facts.items()
        }
    candidates = fuse(lexical, semantic, ids, bonuses, by_facts, recipe)
    contradicting_ids = find_contradicting(verdicts, query.facts)
    evidence = MatchEvidence(dict(semantic), typed_ids, strict_ids, loose_ids, contradicting_ids, admitted)
    rule = MatchRule(
        query.types is not None,
        query.is_bare,
        has_vector=query.vector is not None,
        needs_all_words=query.needs_all_words,
        uses_words=query.uses_words,
        is_facts=query.is_facts,
        matches_all=query.matches_all,
    )
    matches, related = decide_matches(candidates, evidence, rule, recipe)
    return RetrievalResult(matches, related, [])


def _retrieve_all(engine: Retriever, legs: Sequence[Sequence[Leg]]) -> list[list[list[Hit]]]:
    """Return the hits of each leg of each set of filters, in one round trip."""
    hits = iter(engine.retrieve([leg for group in legs for leg in group]))
    return [[next(hits) for _ in group] for group in legs]


def _legs(query: RetrievalQuery, filters: Filters, k: int) -> list[Leg]:
    """Return the legs that score; those of vectors also find what contradicts hard facts."""
    legs: list[Leg] = []
    if query.lexical is not None and query.uses_words:
        legs.append(LexicalLeg(query.lexical, filters, k))
    if query.vector is not None:
        any_facts = replace(filters, facts=())
        legs += [VectorLeg(field, query.vector, any_facts, k) for field in VECTOR_FIELDS]
    return legs


def _candidate_ids(query: RetrievalQuery, hits: Sequence[Sequence[Hit]], count: int) -> tuple[str, ...]:
    """Return the products that the legs found, and the first of those that match in any case."""
    scored = hits[: _leg_count(query)]
    matched = hits[_leg_count(query) :]
    shown = [*scored, *(leg_hits[: count // 2] for leg_hits in matched)]
    return tuple(dict.fromkeys(hit.product_id for leg_hits in shown for hit in leg_hits))


def _leg_count(query: RetrievalQuery) -> int:
    return int(query.uses_words) + (len(VECTOR_FIELDS) if query.vector is not None else 0)


def _missing_legs(
    query: RetrievalQuery, filters: Filters, ids: Sequence[str], found: Sequence[Sequence[Hit]]
) -> list[Leg]:
    """Return the legs that score the candidates which only another leg has found."""
    legs: list[Leg] = []
    any_facts = replace(filters, facts=())
    for leg, hits in zip(_legs(query, any_facts, len(ids)), found, strict=False):
        known = {hit.product_id for hit in hits}
        legs.append(replace(leg, ids=tuple(product_id for product_id in ids if product_id not in known)))
    return legs


def match_legs(query: RetrievalQuery, filters: Filters, k: int) -> list[Leg]:
    """Return the leg for what matches in any case: what is of the types, else what matches strictly."""
    if query.lexical is None:
        return []
    of_types = replace(filters, types=query.types)
    legs: list[Leg] = [LexicalLeg(query.lexical, of_types, k, strict=query.types is None)]
    if query.facts:
        # What holds the facts may stand far below what only says more of the words.
        held = tuple(replace(asked.condition(), must_hold=True) for asked in query.facts)
        legs.insert(0, LexicalLeg(query.lexical, replace(of_types, facts=held), k))
    if filters.facts:
        legs.insert(0, LexicalLeg(query.lexical, replace(of_types, facts=()), _NEAR_CANDIDATES))
    return legs


def _evidence_legs(query: RetrievalQuery, filters: Filters, ids: tuple[str, ...]) -> list[Leg]:
    """Return the legs that tell which candidates hold the words of a query, where its types do not decide."""
    if query.lexical is None or query.types is not None:
        return []
    return [
        LexicalLeg(lexical, filters, len(ids), strict=True, ids=ids)
        for lexical in (query.lexical, query.lexical.loosened())
    ]
