"""Recordings of what the legs of each judged query retrieve, so that it can be ranked repeatedly."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from relevance.errors import DegradedSearches
from relevance.judgements import Query
from shangsou.engines.engine import Engine, Generation, GenerationStore, GenerationWriter
from shangsou.engines.fields import SCORED_FIELDS
from shangsou.engines.query import (
    CandidateSet,
    FacetRequest,
    Filters,
    Hit,
    Leg,
    LexicalLeg,
    LexicalQuery,
    Page,
    ResultPage,
    Vector,
    VectorField,
    VectorLeg,
)
from shangsou.engines.recipe import IndexRecipe
from shangsou.product import Product
from shangsou.search.ranking.recipe import RankingRecipe
from shangsou.search.request import SearchRequest
from shangsou.search.service.searcher import Searcher

# Products of the lexical leg that are scored field by field: four times as many as in a search, so that those
# which other weights would move into its first hundred are nearly always included. Measured on the
# development judgements, see docs/adr/0011.
DEPTH = 400
# Strict matches recorded besides: they fill up a first page if the legs have too few hits.
_STRICT_DEPTH = 100


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """One query, with all that other parameters could rank."""

    lexical: LexicalQuery | None
    """None if a search has no words, such as a single emoji."""
    vector: Vector | None
    filters: Filters
    product_ids: tuple[str, ...]
    """The products with lexical scores, best first when recorded."""
    scores: NDArray[np.float32]
    """BM25 by variant of the query, product and field of `SCORED_FIELDS`, before the weights of fields."""
    strict: NDArray[np.bool_]
    """Which of the products match strictly."""
    vector_hits: Mapping[VectorField, Sequence[Hit]]


class RecordingStore:
    """A read-only store of one generation, whose engine records the legs it is asked for."""

    def __init__(self, store: GenerationStore, name: str) -> None:
        self._store, self._name = store, name
        self.engine: RecordingEngine | None = None

    def current(self) -> str | None:
        """Return the name of the generation, even if the index has switched."""
        return self._name

    def generations(self) -> list[Generation]:
        """Return all complete generations, newest first."""
        return self._store.generations()

    def open(self, name: str | None = None) -> "RecordingEngine":
        """Open a generation."""
        self.engine = RecordingEngine(self._store.open(name))
        return self.engine

    def writer(self, recipe: IndexRecipe, source: str) -> GenerationWriter:
        """Begin a new generation."""
        return self._store.writer(recipe, source)

    def check_writable(self) -> None:
        """Raise `UnusableInput` if no generation can be written."""
        self._store.check_writable()

    def lock(self) -> AbstractContextManager[None]:
        """Hold the writer lock."""
        return self._store.lock()

    def switch(self, name: str) -> None:
        """Make a complete generation current."""
        self._store.switch(name)


class RecordingEngine:
    """An `Engine` that delegates everything, and keeps the legs of the latest request."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.generation = engine.generation
        self.legs: Sequence[Leg] = ()

    def retrieve(self, legs: Sequence[Leg]) -> list[list[Hit]]:
        """Return the hits of each leg."""
        self.legs = legs
        return self._engine.retrieve(legs)

    def fetch_page(
        self, candidate_set: CandidateSet, page: Page, facets: Sequence[FacetRequest]
    ) -> ResultPage:
        """Return total, page and facets."""
        return self._engine.fetch_page(candidate_set, page, facets)

    def lexical_field_scores(
        self, query: LexicalQuery, product_ids: Sequence[str]
    ) -> dict[str, Mapping[str, float]]:
        """Return the weighted BM25 scores of fields."""
        return self._engine.lexical_field_scores(query, product_ids)

    def passing(self, product_ids: Sequence[str], filters: Filters) -> set[str]:
        """Return which of these products pass the filters."""
        return self._engine.passing(product_ids, filters)

    def main_types(self, product_ids: Sequence[str]) -> dict[str, str]:
        """Return the main types of products."""
        return self._engine.main_types(product_ids)

    def categories(self, product_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Return the category paths of products."""
        return self._engine.categories(product_ids)

    def cosines(self, vector: Vector, product_ids: Sequence[str]) -> Vector:
        """Return the cosines of title vectors with a vector."""
        return self._engine.cosines(vector, product_ids)

    def title_vectors(self, product_ids: Sequence[str]) -> dict[str, Vector]:
        """Return title vectors."""
        return self._engine.title_vectors(product_ids)

    def products(self, product_ids: Sequence[str]) -> list[Product]:
        """Return products."""
        return self._engine.products(product_ids)

    def close(self) -> None:
        """Close the engine."""
        self._engine.close()


def record(query: Query, searcher: Searcher, store: RecordingStore, recipe: RankingRecipe) -> Recording:
    """Record the hits of a query's legs in the generation of `store`, which `searcher` searches.

    The legs are those of a real search, including query understanding. Raises `DegradedSearches` if the
    search was degraded.
    """
    # With each field at 1, the weights in a leg are the factors from query understanding.
    # Relaxation would send another request, for another query.
    understanding = recipe.understanding - {"relaxation"}
    unweighted_recipe = replace(
        recipe, field_weights=dict.fromkeys(SCORED_FIELDS, 1.0), understanding=understanding
    )
    response = searcher.search(SearchRequest(query.text, size=1, personalize=False), unweighted_recipe)
    if response.degraded:
        raise DegradedSearches(
            f"query {query.qid}: {'; '.join(map(str, response.degraded))}; fix this and tune again"
        )
    engine = store.engine
    if engine is None:
        raise ValueError("the searcher does not search this store")
    legs, engine.legs = engine.legs, ()
    return _record(legs, engine, recipe)


def _record(legs: Sequence[Leg], engine: Engine, recipe: RankingRecipe) -> Recording:
    vector_legs = [leg for leg in legs if isinstance(leg, VectorLeg)]
    vector_hits = dict(zip([leg.field for leg in vector_legs], engine.retrieve(vector_legs), strict=True))
    vector = vector_legs[0].vector if vector_legs else None
    lexical = next((leg for leg in legs if isinstance(leg, LexicalLeg)), None)
    filters = legs[0].filters if legs else Filters()
    if lexical is None:
        no_scores = np.zeros((1, 0, len(SCORED_FIELDS)), np.float32)
        return Recording(None, vector, filters, (), no_scores, np.zeros(0, np.bool_), vector_hits)
    query = with_field_weights(lexical.query, recipe.field_weights)
    [best] = engine.retrieve([LexicalLeg(query, filters, DEPTH)])
    page = engine.fetch_page(CandidateSet(filters, query), Page("relevance", 0, _STRICT_DEPTH), [])
    strict = [product.product_id for product in page.products]
    recorded_hits = [*best, *(hit for hits in vector_hits.values() for hit in hits)]
    ids = tuple(dict.fromkeys([*(hit.product_id for hit in recorded_hits), *strict]))
    scores = np.zeros((len(lexical.query.variants), len(ids), len(SCORED_FIELDS)), np.float32)
    for number, variant in enumerate(lexical.query.variants):
        parts = engine.lexical_field_scores(variant, ids)
        for row, product_id in enumerate(ids):
            for field, score in parts.get(product_id, {}).items():
                scores[number, row, SCORED_FIELDS.index(field)] = score
    return Recording(
        lexical.query, vector, filters, ids, scores, np.isin(np.array(ids), np.array(strict)), vector_hits
    )


def with_field_weights(query: LexicalQuery, field_weights: Mapping[str, float]) -> LexicalQuery:
    """Return a query whose weights are multiplied by those of the fields, its alternatives' too."""
    return replace(
        query,
        weights={field: factor * field_weights.get(field, 0.0) for field, factor in query.weights.items()},
        alternatives=tuple(
            with_field_weights(alternative, field_weights) for alternative in query.alternatives
        ),
    )
