"""Candidates from both legs, scored by both, within each set of filters that a search needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from operator import itemgetter
from typing import NamedTuple

from shangsou.engines.cosine_scale import SAME_SCALE, CosineScale
from shangsou.engines.engine import Retriever
from shangsou.engines.listing import Listing
from shangsou.engines.query import (
    FilterLeg,
    Filters,
    Hit,
    Leg,
    LexicalLeg,
    LexicalQuery,
    ScoredLeg,
    TypeCondition,
    Vector,
    VectorField,
    VectorLeg,
)
from shangsou.lexicon.type_words import ACCESSORY
from shangsou.search.ranking.asked_facts import (
    AskedFact,
    fact_bonuses,
    find_behind,
    find_contradicting,
    judge_facts,
)
from shangsou.search.ranking.collapse import collapse, put_sold_out_last
from shangsou.search.ranking.fusion import Bonuses, Candidate, fuse, merge_semantic
from shangsou.search.ranking.matching import MatchEvidence, MatchRule, decide_matches
from shangsou.search.ranking.price_levels import PriceRange, price_bonuses
from shangsou.search.ranking.recipe import RankingRecipe
from shangsou.search.ranking.sales_and_ratings import popularity_bonuses

# Of what contradicts hard facts: as many as may be shown, and what of them does not.
_NEAR_CANDIDATES = 30
# Where a query says nothing but its type, what only goes with the thing is not asked for, however well
# its title fits: `无线鼠标适用笔记本` for 笔记本.
_BARE_FACTOR = 5
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
    collapse: bool = True
    """Whether the variants of a product are one hit."""
    preferred_prices: PriceRange | None = None
    """Prices that come first."""
    cosines: CosineScale = SAME_SCALE
    """The scale of the cosines with the vector; they are brought to that of the recipe."""

    @property
    def uses_words(self) -> bool:
        """Whether words score; without a vector they do in a semantic search, too."""
        return self.lexical is not None and (self.scores_words or self.vector is None)


class RetrievalResult(NamedTuple):
    """What the engine found within a set of filters."""

    matches: list[Candidate]
    """Best first, one of each group. What else is of the types, or matches strictly, follows by BM25."""
    sold_out: list[Candidate]
    """Matches that come behind all that can be bought."""
    related: list[Candidate]
    """What only comes near, best first, one of each group."""
    listings: Mapping[str, Listing]
    """Of all candidates, by product id."""
    further_hits: list[Hit]
    """The best by words alone of as many as were asked for: what can be bought, one of each group."""


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
    admitted: dict[str | int, str] | None = None
    everything = Filters(facts=filter_sets[0].facts)
    is_certain = query.is_bare or query.matches_all or (query.types is None and query.needs_all_words)
    if not is_certain and any(filters != everything for filters in filter_sets):
        unfiltered = _retrieve_within(query, [everything], engine, recipe, 0, None)[everything]
        matches = [*unfiltered.matches, *unfiltered.sold_out]
        admitted = {
            unfiltered.listings[candidate.product_id].group: candidate.product_id for candidate in matches
        }
    return _retrieve_within(query, filter_sets, engine, recipe, depth, admitted)


def _retrieve_within(  # noqa: PLR0913, PLR0917 - as `retrieve`, and what was decided before
    query: RetrievalQuery,
    filter_sets: Sequence[Filters],
    engine: Retriever,
    recipe: RankingRecipe,
    depth: int,
    admitted: Mapping[str | int, str] | None,
) -> dict[Filters, RetrievalResult]:
    """Return what the engine found within each set of filters, in three round trips.

    And one for facts, for preferred prices, and for the variants of what is sold out.
    """
    # What matches in any case comes by its words behind the candidates; half as many of it compete with them.
    depths = [max(depth, recipe.candidates // 2), *(recipe.candidates // 2 for _ in filter_sets[1:])]
    first_hits = _retrieve_all(
        query,
        engine,
        [
            [*_legs(query, filters, recipe.candidates), *match_legs(query, filters, match_depth)]
            for filters, match_depth in zip(filter_sets, depths, strict=True)
        ],
    )
    ids = [_candidate_ids(query, leg_hits, recipe.candidates) for leg_hits in first_hits]
    if admitted:
        ids = [
            tuple(
                dict.fromkeys([*set_ids, *sorted(engine.passing_variants(list(admitted.values()), filters))])
            )
            for filters, set_ids in zip(filter_sets, ids, strict=True)
        ]
    further_hits = first_hits[0][-1][:depth] if query.lexical is not None else []
    listed = chain(chain.from_iterable(ids), (hit.product_id for hit in further_hits))
    listings = engine.listings(tuple(dict.fromkeys(listed)))
    if query.collapse and recipe.sold_out_last:
        siblings = [
            _variants_in_stock(set_ids, filters, listings, engine)
            for filters, set_ids in zip(filter_sets, ids, strict=True)
        ]
        ids = [(*set_ids, *added) for set_ids, added in zip(ids, siblings, strict=True)]
        if any(siblings):
            listings |= engine.listings(tuple(dict.fromkeys(chain.from_iterable(siblings))))
    second_hits = _retrieve_all(
        query,
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
        of_set = {product_id: listings[product_id] for product_id in set_ids}
        evidence = _read_evidence(query, evidence_hits)
        results[filters] = _match(query, filters, of_set, scored, evidence, engine, recipe, admitted)
    if further_hits:
        page_result = results[filter_sets[0]]
        results[filter_sets[0]] = page_result._replace(
            listings=listings, further_hits=_besides(page_result, further_hits, listings, recipe)
        )
    return results


def _variants_in_stock(
    product_ids: Sequence[str], filters: Filters, listings: Mapping[str, Listing], engine: Retriever
) -> list[str]:
    """Return a variant in stock, within the filters, of each product that is sold out and has one."""
    available = {listings[product_id].group for product_id in product_ids if listings[product_id].in_stock}
    sold_out = [one for one in product_ids if listings[one].group not in available]
    if not sold_out or filters.in_stock is False:
        return []
    in_stock = engine.passing_variants(sold_out, replace(filters, in_stock=True))
    return sorted(in_stock.difference(product_ids))


def _besides(
    result: RetrievalResult, hits: Sequence[Hit], listings: Mapping[str, Listing], recipe: RankingRecipe
) -> list[Hit]:
    """Return those of the hits that are ranked, or of no group that is, and can be bought."""
    ranked_ids = {candidate.product_id for candidate in result.matches}
    groups = {listings[candidate.product_id].group for candidate in (*result.matches, *result.sold_out)}
    return [
        hit
        for hit in hits
        if hit.product_id in ranked_ids
        or (
            listings[hit.product_id].group not in groups
            and (listings[hit.product_id].in_stock or not recipe.sold_out_last)
        )
    ]


def _match(  # noqa: PLR0913, PLR0917 - the hits of both round trips, and what decides
    query: RetrievalQuery,
    filters: Filters,
    listings: Mapping[str, Listing],
    scored: Sequence[Sequence[Hit]],
    evidence: "_Evidence",
    engine: Retriever,
    recipe: RankingRecipe,
    admitted: Mapping[str | int, str] | None,
) -> RetrievalResult:
    """Return what of the candidates matches, and what only comes near, both fused."""
    ids = tuple(listings)
    remaining = iter(scored)
    lexical = next(remaining) if query.uses_words else []
    semantic: list[Hit] = []
    if query.vector is not None:
        semantic = merge_semantic(next(remaining), next(remaining), recipe.description_weight)
    by_type = dict.fromkeys(evidence.typed, recipe.type_weight)
    loss = recipe.accessory_weight * (_BARE_FACTOR if query.is_bare else 1)
    for product_id in evidence.accessories:
        by_type[product_id] = by_type.get(product_id, 0.0) - loss
    verdicts = judge_facts(ids, query.facts, engine)
    by_facts = fact_bonuses(verdicts, query.facts, recipe)
    if query.types is not None:
        # A fact is asked of a thing of the type: a red hat gains nothing by it where red shoes are asked for.
        by_facts = {
            product_id: bonus if product_id in evidence.typed else min(bonus, 0.0)
            for product_id, bonus in by_facts.items()
        }
    by_price = price_bonuses(ids, query.preferred_prices, filters, engine, recipe.price_level_weight)
    by_popularity = popularity_bonuses(listings, recipe, is_bare=query.is_bare)
    bonuses = Bonuses(by_type, by_facts, by_popularity, by_price)
    candidates = fuse(lexical, semantic, ids, bonuses, recipe)
    match_evidence = MatchEvidence(
        dict(semantic),
        evidence.typed,
        evidence.strict,
        evidence.loose,
        find_contradicting(verdicts, query.facts),
        None if admitted is None else {one for one in ids if listings[one].group in admitted},
    )
    rule = MatchRule(
        query.types is not None,
        query.is_bare,
        has_vector=query.vector is not None,
        needs_all_words=query.needs_all_words,
        uses_words=query.uses_words,
        is_facts=query.is_facts,
        matches_all=query.matches_all,
    )
    matches, related = decide_matches(candidates, match_evidence, rule, recipe)
    if recipe.sold_out_last:
        behind = find_behind(verdicts, query.facts)
        ranked, sold_out = put_sold_out_last(matches, listings, behind, by_group=query.collapse)
    else:
        ranked, sold_out = collapse(matches, listings, by_group=query.collapse), []
    near = collapse(related, listings, by_group=query.collapse)
    if query.collapse:
        found = {listings[candidate.product_id].group for candidate in matches}
        near = [candidate for candidate in near if listings[candidate.product_id].group not in found]
    return RetrievalResult(ranked, sold_out, near, listings, [])


def _retrieve_all(
    query: RetrievalQuery, engine: Retriever, legs: Sequence[Sequence[Leg]]
) -> list[list[list[Hit]]]:
    """Return the hits of each leg of each set of filters, in one round trip, with cosines as the recipe's."""
    flat = [leg for group in legs for leg in group]
    hits = iter(
        [
            [Hit(hit.product_id, query.cosines.to_default(hit.score)) for hit in of_leg]
            if isinstance(leg, VectorLeg) and query.cosines != SAME_SCALE
            else of_leg
            for leg, of_leg in zip(flat, engine.retrieve(flat), strict=True)
        ]
    )
    return [[next(hits) for _ in group] for group in legs]


def _legs(query: RetrievalQuery, filters: Filters, k: int) -> list[ScoredLeg]:
    """Return the legs that score; those of vectors also find what contradicts hard facts."""
    legs: list[ScoredLeg] = []
    if query.lexical is not None and query.uses_words:
        legs.append(LexicalLeg(query.lexical, filters, k, collapse=query.collapse))
    if query.vector is not None:
        any_facts = replace(filters, facts=())
        legs += [
            VectorLeg(field, query.vector, any_facts, k, collapse=query.collapse) for field in VECTOR_FIELDS
        ]
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
        missing = tuple(product_id for product_id in ids if product_id not in known)
        legs.append(replace(leg, ids=missing, collapse=False))
    return legs


def match_legs(query: RetrievalQuery, filters: Filters, k: int) -> list[Leg]:
    """Return the leg for what matches in any case: what is of the types, else what matches strictly."""
    if query.lexical is None:
        return []
    of_types = replace(filters, types=query.types)
    collapsed = LexicalLeg(query.lexical, of_types, k, collapse=query.collapse)
    legs: list[Leg] = [replace(collapsed, strict=query.types is None)]
    if query.preferred_prices is not None:
        # What says more of the words may all cost something else.
        legs.insert(0, replace(collapsed, filters=query.preferred_prices.within(of_types)))
    if query.facts:
        # What holds the facts may stand far below what only says more of the words.
        held = tuple(replace(asked.condition(), must_hold=True) for asked in query.facts)
        legs.insert(0, replace(collapsed, filters=replace(of_types, facts=held)))
    if filters.facts:
        legs.insert(0, replace(collapsed, filters=replace(of_types, facts=()), k=_NEAR_CANDIDATES))
    return legs


class _Evidence(NamedTuple):
    """What tells which candidates match, as ids; empty where a query does not need it."""

    strict: set[str]
    loose: set[str]
    """These hold some of the words."""
    typed: set[str]
    """These are of the types asked for."""
    accessories: set[str]


def _evidence_legs(query: RetrievalQuery, filters: Filters, ids: tuple[str, ...]) -> list[Leg]:
    """Return the legs that `_read_evidence` reads, those of words where the types do not decide."""
    legs: list[Leg] = []
    if query.lexical is not None and query.types is None:
        legs += [
            LexicalLeg(lexical, filters, len(ids), strict=True, ids=ids)
            for lexical in (query.lexical, query.lexical.loosened())
        ]
    if query.types is not None:
        legs.append(FilterLeg(ids, replace(filters, types=query.types)))
    if not query.wants_accessory:
        legs.append(FilterLeg(ids, replace(filters, types=TypeCondition((ACCESSORY,)))))
    return legs


def _read_evidence(query: RetrievalQuery, hits: Sequence[Sequence[Hit]]) -> _Evidence:
    """Return the evidence in the hits of `_evidence_legs`."""
    found = iter([{hit.product_id for hit in of_leg} for of_leg in hits])
    by_words = query.lexical is not None and query.types is None
    strict, loose = (next(found), next(found)) if by_words else (set(), set())
    typed = set() if query.types is None else next(found)
    return _Evidence(strict, loose, typed, set() if query.wants_accessory else next(found))
