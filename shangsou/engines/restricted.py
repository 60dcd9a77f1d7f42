"""A part of an index, for those who may see no more: products that pass some filters."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from shangsou.engines.engine import Engine
from shangsou.engines.listing import Listing
from shangsou.engines.query import (
    NO_FILTERS,
    CandidateSet,
    FacetRequest,
    Filters,
    Hit,
    Leg,
    LexicalQuery,
    Page,
    ResultPage,
    Vector,
)
from shangsou.product import Product


class RestrictedEngine:
    """An `Engine` over the products of another that pass filters; for searches there are no others.

    Numbers are read of ids that a search has found, and are not looked up again.
    """

    def __init__(self, engine: Engine, within: Filters) -> None:
        self._engine, self._within = engine, within
        self.generation, self.sequence = engine.generation, engine.sequence

    def retrieve(self, legs: Sequence[Leg]) -> list[list[Hit]]:
        """Return the hits of each leg."""
        return self._engine.retrieve([replace(leg, filters=self._restrict(leg.filters)) for leg in legs])

    def fetch_page(
        self, candidate_set: CandidateSet, page: Page, facets: Sequence[FacetRequest]
    ) -> ResultPage:
        """Return total, page and facets of what may be seen."""
        restricted = [
            replace(facet, candidate_set=self._restrict_set(facet.candidate_set)) for facet in facets
        ]
        return self._engine.fetch_page(self._restrict_set(candidate_set), page, restricted)

    def count(self, filters: Sequence[Filters]) -> list[int]:
        """Return how many groups have a variant that may be seen and passes each of the filters."""
        return self._engine.count(list(map(self._restrict, filters)))

    def passing(self, product_ids: Sequence[str], filters: Filters) -> set[str]:
        """Return which of these products may be seen and pass the filters."""
        return self._engine.passing(product_ids, self._restrict(filters))

    def passing_variants(self, product_ids: Sequence[str], filters: Filters) -> set[str]:
        """Return one variant of each of these products that may be seen and passes the filters."""
        return self._engine.passing_variants(product_ids, self._restrict(filters))

    def products(self, product_ids: Sequence[str]) -> list[Product]:
        """Return the products with these ids that may be seen, in the order of the ids."""
        seen = self._seen(product_ids)
        return self._engine.products([product_id for product_id in product_ids if product_id in seen])

    def variants(
        self, product_ids: Sequence[str], most: int, filters: Filters = NO_FILTERS
    ) -> dict[str, list[Product]]:
        """Return the variants that may be seen of each of these products, where there are several."""
        return self._engine.variants(sorted(self._seen(product_ids)), most, self._restrict(filters))

    def title_vectors(self, product_ids: Sequence[str]) -> dict[str, Vector]:
        """Return the title vector of each of these products that may be seen."""
        return self._engine.title_vectors(sorted(self._seen(product_ids)))

    def lexical_field_scores(
        self, query: LexicalQuery, product_ids: Sequence[str]
    ) -> dict[str, Mapping[str, float]]:
        """Return the weighted BM25 score of each field that scored, for each product."""
        return self._engine.lexical_field_scores(query, product_ids)

    def holding(self, product_ids: Sequence[str], terms: Sequence[Sequence[str]]) -> list[set[str]]:
        """Return for each list of terms which of these products have one of them."""
        return self._engine.holding(product_ids, terms)

    def listings(self, product_ids: Sequence[str]) -> dict[str, Listing]:
        """Return what of each of these products orders results besides its match."""
        return self._engine.listings(product_ids)

    def main_types(self, product_ids: Sequence[str]) -> dict[str, str]:
        """Return the main product type of these products."""
        return self._engine.main_types(product_ids)

    def cosines(self, vector: Vector, product_ids: Sequence[str]) -> Vector:
        """Return the cosine of each product's title vector with a vector."""
        return self._engine.cosines(vector, product_ids)

    def _seen(self, product_ids: Sequence[str]) -> set[str]:
        return self._engine.passing(product_ids, self._within)

    def _restrict(self, filters: Filters) -> Filters:
        return replace(filters, within=self._within)

    def _restrict_set(self, candidate_set: CandidateSet) -> CandidateSet:
        return replace(candidate_set, filters=self._restrict(candidate_set.filters))
