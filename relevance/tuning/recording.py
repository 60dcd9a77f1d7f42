"""Recordings of what the legs of each judged query retrieve, so that it can be ranked repeatedly."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from relevance.errors import DegradedSearches
from relevance.judgements import Query
from relevance.query_matches import collect_matches
from shangsou.engines.engine import Engine, Generation, GenerationStore, GenerationWriter, LiveEngine
from shangsou.engines.fields import SCORED_FIELDS
from shangsou.engines.listing import Listing
from shangsou.engines.query import (
    CandidateSet,
    Filters,
    Hit,
    Leg,
    LexicalLeg,
    LexicalQuery,
    Page,
    Sort,
    TypeCondition,
    VectorField,
    VectorLeg,
)
from shangsou.engines.recipe import IndexRecipe
from shangsou.errors import EncoderUnavailable
from shangsou.lexicon.type_words import ACCESSORY
from shangsou.search.context import SearchContext
from shangsou.search.ranking.retrieval import VECTOR_FIELDS, RetrievalQuery, match_legs

# Products of the lexical leg that are scored field by field: four times as many as in a search, so that those
# which other weights would move into its first hundred are nearly always included. Measured on the
# development judgements, see docs/adr/0011.
DEPTH = 400
# Matches recorded besides: they fill up a page of the depth of an evaluation if there are too few candidates.
_MATCH_DEPTH = 100


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """One query, with all that other parameters could rank. Arrays are by product, as `product_ids`."""

    query: RetrievalQuery
    """Its weights are the factors from query understanding, before those of fields."""
    filters: Filters
    product_ids: tuple[str, ...]
    """In the order of the catalog, which breaks ties."""
    scores: NDArray[np.float32]
    """BM25 by variant of the query, product and field of `SCORED_FIELDS`, before the weights of fields."""
    strict: NDArray[np.bool_]
    """Which match strictly."""
    loose: NDArray[np.bool_]
    """Which hold some of the words."""
    of_types: Mapping[TypeCondition, NDArray[np.bool_]]
    """Which are of the types that a search may ask about: those of the query, and accessories."""
    holding: Mapping[tuple[str, ...], NDArray[np.bool_]]
    """Which have one of some terms, by the terms of the facts of the query."""
    listings: Mapping[str, Listing]
    """What orders them besides their match, by product id."""
    further: NDArray[np.bool_]
    """Which a page shows, when recorded, whatever the candidates are."""
    vector_hits: Mapping[VectorField, Sequence[Hit]]
    """Of all products, as many as a search has candidates."""
    cosines: Mapping[VectorField, Mapping[str, float]]
    """Of the recorded products that have such a vector."""


class PinnedStore:
    """A store in which one generation stays current, though the index is switched."""

    def __init__(self, store: GenerationStore, name: str) -> None:
        self._store, self._name = store, name

    def current(self) -> str | None:
        """Return the name of the generation."""
        return self._name

    def current_key(self) -> str | None:
        """Return what tells the generation from every other."""
        return self._name

    def is_marked(self, name: str) -> bool:
        """Return whether a generation was found to be damaged."""
        return self._store.is_marked(name)

    def generations(self) -> list[Generation]:
        """Return all complete generations, newest first."""
        return self._store.generations()

    def open(self, name: str | None = None) -> LiveEngine:
        """Open a generation, by default this one."""
        return self._store.open(name or self._name)

    def writer(
        self, recipe: IndexRecipe, source: str, *, sequence: int = 0, merges: str = ""
    ) -> GenerationWriter:
        """Begin a new generation."""
        return self._store.writer(recipe, source)

    def check_writable(self) -> None:
        """Raise `UnusableInput` if no generation can be written."""
        self._store.check_writable()

    def lock(self) -> AbstractContextManager[None]:
        """Hold the writer lock."""
        return self._store.lock()

    def remove(self, name: str) -> None:
        """Remove a generation."""
        self._store.remove(name)

    def switch(self, name: str) -> None:
        """Make a complete generation current."""
        self._store.switch(name)


def record(query: Query, context: SearchContext) -> Recording:
    """Record the hits of a query's legs, as a search in this context asks for them.

    Raises `DegradedSearches` if the encoder fails.
    """
    field_weights, engine = context.recipe.field_weights, context.engine
    # With each field at 1, the weights in a leg are the factors from query understanding.
    unweighted = replace(context.recipe, field_weights=dict.fromkeys(SCORED_FIELDS, 1.0))
    try:
        _, vector, result_set = collect_matches(query.text, replace(context, recipe=unweighted))
    except EncoderUnavailable as reason:
        raise DegradedSearches(f"query {query.qid}: encoder: {reason}; fix this and tune again") from None
    retrieval_query, filters = result_set.retrieval_query, result_set.filters
    any_facts = replace(filters, facts=())
    vector_legs = (
        []
        if vector is None
        else [
            VectorLeg(field, vector, any_facts, context.recipe.candidates, collapse=True)
            for field in VECTOR_FIELDS
        ]
    )
    vector_hits = dict(zip(VECTOR_FIELDS, engine.retrieve(vector_legs), strict=False))
    # What a page shows behind the candidates, in its order.
    lexical = retrieval_query.lexical
    weighted = None if lexical is None else with_field_weights(lexical, field_weights)
    matching = CandidateSet(filters, weighted, match_all=result_set.match_all, types=retrieval_query.types)
    sort: Sort = "sales" if result_set.match_all else "relevance"
    page = Page(sort, 0, _MATCH_DEPTH, sold_out_last=context.recipe.sold_out_last)
    shown = [product.product_id for product in engine.fetch_page(matching, page, []).products]
    lexical_hits = (
        [] if weighted is None else engine.retrieve(_lexical_legs(retrieval_query, weighted, filters))
    )
    recorded_hits = [hit.product_id for hits in (*lexical_hits, *vector_hits.values()) for hit in hits]
    ids = _in_catalog_order(tuple(dict.fromkeys([*recorded_hits, *shown])), engine)
    cosines = engine.retrieve([replace(leg, k=len(ids), ids=ids, collapse=False) for leg in vector_legs])
    evidence = () if lexical is None else (lexical, lexical.loosened())
    strict, loose = engine.retrieve(
        [LexicalLeg(one, filters, len(ids), strict=True, ids=ids) for one in evidence]
    ) or ([], [])
    return Recording(
        query=retrieval_query,
        filters=filters,
        product_ids=ids,
        scores=_field_scores(lexical, ids, engine),
        strict=_is_in(ids, [hit.product_id for hit in strict]),
        loose=_is_in(ids, [hit.product_id for hit in loose]),
        of_types={
            types: _is_in(ids, engine.passing(ids, replace(any_facts, types=types)))
            for types in (retrieval_query.types, TypeCondition((ACCESSORY,)))
            if types is not None
        },
        holding=_fact_holders(retrieval_query, filters, ids, engine),
        listings=engine.listings(ids),
        further=_is_in(ids, shown),
        vector_hits=vector_hits,
        cosines={field: dict(hits) for field, hits in zip(VECTOR_FIELDS, cosines, strict=False)},
    )


def _in_catalog_order(product_ids: tuple[str, ...], engine: Engine) -> tuple[str, ...]:
    """Return these products in the order that breaks ties."""
    if not product_ids:
        return ()
    only = CandidateSet(Filters(types=TypeCondition((), ids=product_ids)), match_all=True, collapse=False)
    page = engine.fetch_page(only, Page("relevance", 0, len(product_ids)), [])
    return tuple(product.product_id for product in page.products)


def _lexical_legs(query: RetrievalQuery, weighted: LexicalQuery, filters: Filters) -> list[Leg]:
    """Return the lexical legs of a search, deeper than it asks for them."""
    legs = [LexicalLeg(weighted, filters, DEPTH, collapse=True), *match_legs(query, filters, DEPTH)]
    return [replace(leg, query=weighted, k=DEPTH) for leg in legs if isinstance(leg, LexicalLeg)]


def _fact_holders(
    query: RetrievalQuery, filters: Filters, product_ids: Sequence[str], engine: Engine
) -> dict[tuple[str, ...], NDArray[np.bool_]]:
    """Return which products have one of the terms that a search may ask about."""
    terms = {
        terms
        for asked in query.facts
        for terms in (asked.exact, asked.wide, asked.tolerated, asked.stating, asked.condition().holding)
    }
    terms |= {terms for condition in filters.facts for terms in (condition.holding, condition.stating)}
    listed = list(terms)
    holders = engine.holding(product_ids, listed) if listed else []
    return {terms: _is_in(product_ids, ids) for terms, ids in zip(listed, holders, strict=True)}


def _field_scores(
    lexical: LexicalQuery | None, product_ids: Sequence[str], engine: Engine
) -> NDArray[np.float32]:
    wordings = () if lexical is None else lexical.wordings
    scores = np.zeros((max(1, len(wordings)), len(product_ids), len(SCORED_FIELDS)), np.float32)
    for number, wording in enumerate(wordings):
        parts = engine.lexical_field_scores(wording, product_ids)
        for row, product_id in enumerate(product_ids):
            for field, score in parts.get(product_id, {}).items():
                scores[number, row, SCORED_FIELDS.index(field)] = score
    return scores


def _is_in(product_ids: Sequence[str], members: Collection[str]) -> NDArray[np.bool_]:
    members = set(members)
    return np.fromiter((product_id in members for product_id in product_ids), np.bool_, len(product_ids))


def with_field_weights(query: LexicalQuery, field_weights: Mapping[str, float]) -> LexicalQuery:
    """Return a query whose weights are multiplied by those of the fields, its alternatives' too."""
    return replace(
        query,
        weights={field: factor * field_weights.get(field, 0.0) for field, factor in query.weights.items()},
        alternatives=tuple(
            with_field_weights(alternative, field_weights) for alternative in query.alternatives
        ),
    )
