"""One generation in Elasticsearch, bound to its own index so that a search never sees two."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from shangsou.engines.elastic import queries
from shangsou.engines.elastic.client import failures_in_words, public_address, raise_failure
from shangsou.engines.elastic.facets import aggregation, read_facet
from shangsou.engines.engine import Generation
from shangsou.engines.query import (
    Collected,
    FacetRequest,
    FacetValue,
    Found,
    Hit,
    Leg,
    LexicalLeg,
    LexicalQuery,
    Page,
    Vector,
)
from shangsou.product import CATEGORY_SEPARATOR, Product, product_from_json

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch


# What is read of an answer; the rest is not sent. The status, always there, keeps an answer that is
# otherwise empty in its place.
_READ = (
    "responses.hits.total.value",
    "responses.hits.hits._score",
    "responses.hits.hits.fields",
    "responses.hits.hits.matched_queries",
    "responses.hits.hits._source",
    "responses.aggregations.*.buckets",
    "responses.error",
    "responses.status",
)


# Of the products of shoppers' histories, which search after search is compared with; 20 MB.
_KEPT_VECTORS = 10_000


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
            queries.lexical_leg(leg, recipe) if isinstance(leg, LexicalLeg) else queries.vector_leg(leg)
            for leg in legs
        ]
        answers = iter(self._search([body for body in bodies if body is not None]))
        hits = [[] if body is None else _hits(next(answers)) for body in bodies]
        return [
            _lexical_hits(found) if isinstance(leg, LexicalLeg) else _vector_hits(found)
            for leg, found in zip(legs, hits, strict=True)
        ]

    def collect(self, found: Found, page: Page, facets: Sequence[FacetRequest]) -> Collected:
        """Return total, page and facets, in one round trip. Facets over one set share its search."""
        names_over: dict[Found, list[str]] = {found: []}
        for facet in facets:
            names_over.setdefault(facet.found, []).append(facet.name)
        counts = [
            # Named by their places: names of facets may hold what names of aggregations may not.
            queries.count_body(wanted, {str(place): aggregation(name) for place, name in enumerate(names)})
            for wanted, names in names_over.items()
        ]
        pages = queries.page_bodies(found, page, self.generation.recipe)
        answers = self._search([*counts, *pages])
        counted: dict[tuple[Found, str], tuple[FacetValue, ...]] = {
            (wanted, name): read_facet(name, answer.get("aggregations", {}).get(str(place), {}))
            for (wanted, names), answer in zip(names_over.items(), answers, strict=False)
            for place, name in enumerate(names)
        }
        shown = [product for answer in answers[len(counts) :] for product in _products(answer)]
        return Collected(
            total=answers[0]["hits"]["total"]["value"],
            products=tuple(_in_order(shown, found, page)),
            facets=tuple(counted[facet.found, facet.name] for facet in facets),
        )

    def lexical_parts(
        self, query: LexicalQuery, product_ids: Sequence[str]
    ) -> dict[str, Mapping[str, float]]:
        """Return the weighted BM25 score of each field that scored, for each product."""
        if not product_ids:
            return {}
        body = queries.lexical_parts(query, product_ids, self.generation.recipe)
        answer = self._search([body], include_named_queries_score=True)[0]
        parts = {hit["fields"]["product_id"][0]: hit.get("matched_queries", {}) for hit in _hits(answer)}
        return {product_id: parts[product_id] for product_id in product_ids if product_id in parts}

    def products(self, product_ids: Sequence[str]) -> list[Product]:
        """Return the products with these ids that exist and are on, in the order asked for."""
        if not product_ids:
            return []
        [answer] = self._search([queries.products_body(product_ids)])
        found = {product.product_id: product for product in _products(answer)}
        return [found[product_id] for product_id in product_ids if product_id in found]

    def on_sale(self, product_ids: Sequence[str]) -> set[str]:
        """Return which of these are ids of products that exist and are on."""
        if not product_ids:
            return set()
        [answer] = self._search([queries.ids_body(product_ids)])
        return {hit["fields"]["product_id"][0] for hit in _hits(answer)}

    def categories(self, product_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Return the category paths of those of these products that have one."""
        if not product_ids:
            return {}
        [answer] = self._search([queries.categories_body(product_ids)])
        filed = {
            hit["fields"]["product_id"][0]: hit["fields"].get("filter.category") for hit in _hits(answer)
        }
        # Every level of the path stands there; the last one is the longest.
        return {
            product_id: tuple(max(levels, key=len).split(CATEGORY_SEPARATOR))
            for product_id, levels in filed.items()
            if levels
        }

    def cosines(self, vector: Vector, product_ids: Sequence[str]) -> Vector:
        """Return the cosine of each product's title vector with `vector`; NaN where there is none."""
        if not product_ids:
            return np.empty(0, np.float32)
        kept = self._kept_vectors(product_ids)
        there = [place for place, product_id in enumerate(product_ids) if kept[product_id] is not None]
        cosines = np.full(len(product_ids), np.nan, np.float32)
        if there:
            cosines[there] = np.array([kept[product_ids[place]] for place in there]) @ vector
        return np.clip(cosines, -1, 1)

    def title_vectors(self, product_ids: Sequence[str]) -> dict[str, Vector]:
        """Return the title vector of each of these products."""
        if not product_ids:
            return {}
        [answer] = self._search([queries.title_vectors_body(product_ids)])
        return {
            # A list of one vector.
            hit["fields"]["product_id"][0]: np.array(hit["fields"]["title_vector"], np.float32).reshape(-1)
            for hit in _hits(answer)
        }

    def close(self) -> None:
        """Do nothing: the connections belong to the store."""

    def _kept_vectors(self, product_ids: Sequence[str]) -> dict[str, Vector | None]:
        """Return the title vectors of these products and perhaps others; None where there is none."""
        kept = self._title_vectors
        missing = [product_id for product_id in product_ids if product_id not in kept]
        if missing and len(kept) + len(missing) > _KEPT_VECTORS:
            # Begun anew; whoever still reads the old one keeps it.
            kept, missing = {}, list(product_ids)
        if missing:
            kept |= dict.fromkeys(missing) | self.title_vectors(missing)
            self._title_vectors = kept
        return kept

    def _search(self, bodies: Sequence[queries.Body], **options: Any) -> list[dict[str, Any]]:
        """Return the answers to all bodies, in one round trip."""
        if not bodies:
            return []
        searches = [line for body in bodies for line in ({}, body)]
        with failures_in_words(self._url):
            answer = self._client.msearch(index=self._index, searches=searches, filter_path=_READ, **options)
        for response in answer["responses"]:
            if "error" in response:
                raise_failure(public_address(self._url), response["status"], response)
        responses: list[dict[str, Any]] = answer["responses"]
        return responses


def _hits(answer: dict[str, Any]) -> list[dict[str, Any]]:
    # What is empty is left out of an answer that is not sent whole.
    hits: list[dict[str, Any]] = answer.get("hits", {}).get("hits", [])
    return hits


def _lexical_hits(hits: Sequence[dict[str, Any]]) -> list[Hit]:
    return [Hit(hit["fields"]["product_id"][0], hit["_score"]) for hit in hits]


def _vector_hits(hits: Sequence[dict[str, Any]]) -> list[Hit]:
    # Elasticsearch's score of a cosine is (1 + cosine) / 2, since Lucene knows no negative ones.
    return [Hit(hit["fields"]["product_id"][0], 2 * hit["_score"] - 1) for hit in hits]


def _products(answer: dict[str, Any]) -> list[Product]:
    return [product_from_json(hit["_source"]["product"]) for hit in _hits(answer)]


def _in_order(shown: list[Product], found: Found, page: Page) -> list[Product]:
    """Return the shown products in the order of the page; all but candidates came in it."""
    if page.sort != "relevance":
        return shown
    places = {product_id: place for place, product_id in enumerate(found.candidates)}
    return sorted(shown, key=lambda product: places.get(product.product_id, len(places)))
