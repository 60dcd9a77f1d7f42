"""One generation in Elasticsearch, bound to its own index so that a search never sees two."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from shangsou.engines.elastic import queries
from shangsou.engines.elastic.client import public_address, raise_failure, translate_errors
from shangsou.engines.elastic.facets import aggregation, parse_facet
from shangsou.engines.engine import Generation
from shangsou.engines.query import (
    CandidateSet,
    FacetRequest,
    FacetValue,
    Filters,
    Hit,
    Leg,
    LexicalLeg,
    LexicalQuery,
    Page,
    ResultPage,
    Vector,
)
from shangsou.product import Product, product_from_json

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch


# The parts of a response that are read; the rest is not sent. The status is always present and keeps an
# otherwise empty response in its position.
_FILTER_PATH = (
    "responses.hits.total.value",
    "responses.hits.hits._score",
    "responses.hits.hits.fields",
    "responses.hits.hits.matched_queries",
    "responses.hits.hits._source",
    "responses.aggregations.*.buckets",
    "responses.error",
    "responses.status",
)


# Vectors cached of products in shoppers' histories, which many searches compare with; 20 MB.
_VECTOR_CACHE_SIZE = 10_000


class ElasticEngine:
    """An `Engine` over one index."""

    def __init__(self, client: "Elasticsearch", url: str, index: str, generation: Generation) -> None:
        self.generation = generation
        self._client, self._url, self._index = client, url, index
        self._title_vectors: dict[str, Vector | None] = {}

    def retrieve(self, legs: Sequence[Leg]) -> list[list[Hit]]:
        """Return the hits of each leg, in one round trip."""
        recipe = self.generation.recipe
        bodies = [
            queries.lexical_leg_body(leg, recipe)
            if isinstance(leg, LexicalLeg)
            else queries.vector_leg_body(leg)
            for leg in legs
        ]
        responses = iter(self._search([body for body in bodies if body is not None]))
        hits = [[] if body is None else _hits(next(responses)) for body in bodies]
        return [
            _lexical_hits(leg_hits) if isinstance(leg, LexicalLeg) else _vector_hits(leg_hits)
            for leg, leg_hits in zip(legs, hits, strict=True)
        ]

    def fetch_page(
        self, candidate_set: CandidateSet, page: Page, facets: Sequence[FacetRequest]
    ) -> ResultPage:
        """Return total, page and facets, in one round trip. Facets over one set share its search."""
        names_over: dict[CandidateSet, list[str]] = {candidate_set: []}
        for facet in facets:
            names_over.setdefault(facet.candidate_set, []).append(facet.name)
        counts = [
            # Named by position: names of facets may contain characters that names of aggregations may not.
            queries.count_body(requested, {str(index): aggregation(name) for index, name in enumerate(names)})
            for requested, names in names_over.items()
        ]
        pages = queries.page_bodies(candidate_set, page, self.generation.recipe)
        responses = self._search([*counts, *pages])
        counted: dict[tuple[CandidateSet, str], tuple[FacetValue, ...]] = {
            (requested, name): parse_facet(name, response.get("aggregations", {}).get(str(index), {}))
            for (requested, names), response in zip(names_over.items(), responses, strict=False)
            for index, name in enumerate(names)
        }
        products = [product for response in responses[len(counts) :] for product in _products(response)]
        return ResultPage(
            total=responses[0]["hits"]["total"]["value"],
            products=tuple(_sort_products(products, candidate_set, page)),
            facets=tuple(counted[facet.candidate_set, facet.name] for facet in facets),
        )

    def lexical_field_scores(
        self, query: LexicalQuery, product_ids: Sequence[str]
    ) -> dict[str, Mapping[str, float]]:
        """Return the weighted BM25 score of each field that scored, for each product."""
        if not product_ids:
            return {}
        body = queries.field_scores_body(query, product_ids, self.generation.recipe)
        response = self._search([body], include_named_queries_score=True)[0]
        parts = {hit["fields"]["product_id"][0]: hit.get("matched_queries", {}) for hit in _hits(response)}
        return {product_id: parts[product_id] for product_id in product_ids if product_id in parts}

    def products(self, product_ids: Sequence[str]) -> list[Product]:
        """Return the products with these ids that exist and are on sale, in the order asked for."""
        if not product_ids:
            return []
        [response] = self._search([queries.products_body(product_ids)])
        product_by_id = {product.product_id: product for product in _products(response)}
        return [product_by_id[product_id] for product_id in product_ids if product_id in product_by_id]

    def passing(self, product_ids: Sequence[str], filters: Filters) -> set[str]:
        """Return which of these are ids of products that exist, are on sale, and pass the filters."""
        if not product_ids:
            return set()
        [response] = self._search([queries.ids_body(product_ids, filters)])
        return {hit["fields"]["product_id"][0] for hit in _hits(response)}

    def holding(self, product_ids: Sequence[str], terms: Sequence[Sequence[str]]) -> list[set[str]]:
        """Return for each list of terms which of these products have one of them."""
        holders: list[set[str]] = [set() for _ in terms]
        if product_ids and terms:
            [response] = self._search([queries.holding_body(product_ids, terms)])
            for hit in _hits(response):
                for number in hit.get("matched_queries", ()):
                    holders[int(number)].add(hit["fields"]["product_id"][0])
        return holders

    def count(self, filters: Sequence[Filters]) -> list[int]:
        """Return how many products pass each of the filters."""
        candidate_sets = [CandidateSet(wanted, match_all=True) for wanted in filters]
        responses = self._search([queries.count_body(wanted, {}) for wanted in candidate_sets])
        return [response["hits"]["total"]["value"] for response in responses]

    def main_types(self, product_ids: Sequence[str]) -> dict[str, str]:
        """Return the main product type of these products, of those that have one."""
        if not product_ids:
            return {}
        [response] = self._search([queries.main_types_body(product_ids)])
        return {
            hit["fields"]["product_id"][0]: hit["fields"]["main_type"][0]
            for hit in _hits(response)
            if "main_type" in hit["fields"]
        }

    def cosines(self, vector: Vector, product_ids: Sequence[str]) -> Vector:
        """Return the cosine of each product's title vector with `vector`; NaN if there is none."""
        if not product_ids:
            return np.empty(0, np.float32)
        vectors = self._cached_vectors(product_ids)
        present = [index for index, product_id in enumerate(product_ids) if vectors[product_id] is not None]
        cosines = np.full(len(product_ids), np.nan, np.float32)
        if present:
            cosines[present] = np.array([vectors[product_ids[index]] for index in present]) @ vector
        return np.clip(cosines, -1, 1)

    def title_vectors(self, product_ids: Sequence[str]) -> dict[str, Vector]:
        """Return the title vector of each of these products."""
        if not product_ids:
            return {}
        [response] = self._search([queries.title_vectors_body(product_ids)])
        return {
            # A list of one vector.
            hit["fields"]["product_id"][0]: np.array(hit["fields"]["title_vector"], np.float32).reshape(-1)
            for hit in _hits(response)
        }

    def close(self) -> None:
        """Do nothing: the connections belong to the store."""

    def _cached_vectors(self, product_ids: Sequence[str]) -> dict[str, Vector | None]:
        """Return the title vectors of these products and perhaps others; None for a product without one."""
        vectors = self._title_vectors
        missing = [product_id for product_id in product_ids if product_id not in vectors]
        if missing and len(vectors) + len(missing) > _VECTOR_CACHE_SIZE:
            # Start a new cache; threads that still read the old one keep it.
            vectors, missing = {}, list(product_ids)
        if missing:
            vectors |= dict.fromkeys(missing) | self.title_vectors(missing)
            self._title_vectors = vectors
        return vectors

    def _search(self, bodies: Sequence[queries.Body], **options: Any) -> list[dict[str, Any]]:
        """Return the responses to all bodies, in one round trip."""
        if not bodies:
            return []
        searches = [line for body in bodies for line in ({}, body)]
        with translate_errors(self._url):
            result = self._client.msearch(
                index=self._index, searches=searches, filter_path=_FILTER_PATH, **options
            )
        for response in result["responses"]:
            if "error" in response:
                raise_failure(public_address(self._url), response["status"], response)
        responses: list[dict[str, Any]] = result["responses"]
        return responses


def _hits(response: dict[str, Any]) -> list[dict[str, Any]]:
    # Empty parts are missing from a filtered response.
    hits: list[dict[str, Any]] = response.get("hits", {}).get("hits", [])
    return hits


def _lexical_hits(hits: Sequence[dict[str, Any]]) -> list[Hit]:
    return [Hit(hit["fields"]["product_id"][0], hit["_score"]) for hit in hits]


def _vector_hits(hits: Sequence[dict[str, Any]]) -> list[Hit]:
    # Elasticsearch's score of a cosine is (1 + cosine) / 2, since Lucene has no negative scores.
    return [Hit(hit["fields"]["product_id"][0], 2 * hit["_score"] - 1) for hit in hits]


def _products(response: dict[str, Any]) -> list[Product]:
    return [product_from_json(hit["_source"]["product"]) for hit in _hits(response)]


def _sort_products(products: list[Product], candidate_set: CandidateSet, page: Page) -> list[Product]:
    """Return the products of a page in its order; only the candidates need sorting."""
    if page.sort != "relevance":
        return products
    ranks = {product_id: rank for rank, product_id in enumerate(candidate_set.candidates)}
    return sorted(products, key=lambda product: ranks.get(product.product_id, len(ranks)))
