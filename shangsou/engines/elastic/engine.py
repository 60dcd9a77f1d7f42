"""One generation in Elasticsearch, bound to its own index so that a search never sees two."""

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain

import numpy as np

from shangsou.engines.changes import ChangedProduct
from shangsou.engines.elastic import legs, lookups, responses
from shangsou.engines.elastic.cache import ProductCache
from shangsou.engines.elastic.change_writer import ChangeWriter
from shangsou.engines.elastic.conditions import Conditions, distinct_groups
from shangsou.engines.elastic.counts import count_body
from shangsou.engines.elastic.facets import parse_facet
from shangsou.engines.elastic.index_reader import IndexReader
from shangsou.engines.elastic.layout import IndexState
from shangsou.engines.elastic.offer_pages import is_by_offers, merged_ids
from shangsou.engines.elastic.pages import page_bodies
from shangsou.engines.elastic.responses import ListedProduct
from shangsou.engines.engine import Generation
from shangsou.engines.listing import Listing
from shangsou.engines.query import (
    NO_FILTERS,
    CandidateSet,
    FacetRequest,
    FacetValue,
    Filters,
    Hit,
    Leg,
    LexicalQuery,
    Page,
    ResultPage,
    Vector,
)
from shangsou.product import Product

# Vectors cached of products in shoppers' histories, which many searches compare with; 20 MB.
_VECTOR_CACHE_SIZE = 10_000
# Of candidates: groups (20 MB), listings (50 MB) and main types (20 MB). Each saves a search a round trip.
_CANDIDATE_CACHE_SIZE = 100_000


class ElasticEngine:
    """An `Engine` over one index, as it was when its state was read.

    Searches find changes as soon as they are written. What is remembered of single products (the vector of
    the title, the group, what orders them, the main type) is read again once `refreshed` has the change.
    """

    def __init__(self, reader: IndexReader, generation: Generation, state: IndexState) -> None:
        self.generation = generation
        self.sequence = state.sequence
        self.clock: Callable[[], float] = time.time
        self._reader, self._layout, self._search = reader, state.layout, reader.search
        self._title_vectors: ProductCache[Vector] = ProductCache(self.title_vectors, _VECTOR_CACHE_SIZE)
        self._groups: ProductCache[str] = ProductCache(self._read_groups, _CANDIDATE_CACHE_SIZE)
        self._listed: ProductCache[ListedProduct] = ProductCache(self._read_listed, _CANDIDATE_CACHE_SIZE)
        self._main_types: ProductCache[str] = ProductCache(self._read_main_types, _CANDIDATE_CACHE_SIZE)

    def changed(self, changes: Sequence[ChangedProduct], sequence: int) -> "ElasticEngine":
        """Write changes into the index, up to a number, and return an engine that finds them.

        To be called by one process at a time. Every process finds them.
        """
        writer = ChangeWriter(self._reader, self.generation.recipe.segmenter)
        state = writer.write(changes, sequence, self._layout)
        return self._with_state(state, [change.product_id for change in changes])

    def refreshed(self, changed_ids: Collection[str]) -> "ElasticEngine":
        """Return an engine that knows what was written since, of which products it was."""
        state = self._reader.state()
        return self._with_state(state, changed_ids) if state.sequence > self.sequence else self

    @property
    def superfluous_rows(self) -> tuple[int, int]:
        """Nothing: Elasticsearch merges what changed by itself."""
        return 0, self.generation.documents

    def stored(self, product_ids: Sequence[str]) -> dict[str, Product]:
        """Return the products with these ids that exist, on sale or not, with the prices of the catalog."""
        return self._reader.stored(product_ids)

    def product_ids(self) -> Iterator[str]:
        """Yield the ids of all products, on sale or not, as they are when the first is asked for."""
        return self._reader.product_ids()

    def ahead(self, product_ids: Sequence[str]) -> dict[str, int]:
        """Return the number of the last change of those of these products that hold later ones."""
        sequences = self._reader.sequences(product_ids)
        ahead = {one: sequence for one, sequence in sequences.items() if sequence > self.sequence}
        if ahead:
            # They were written, but perhaps not made visible to the searches that follow.
            self._reader.refresh()
        return ahead

    def retrieve(self, wanted: Sequence[Leg]) -> list[list[Hit]]:
        """Return the hits of each leg, in one round trip."""
        recipe, conditions = self.generation.recipe, self._conditions()
        bodies = [legs.leg_body(leg, recipe, conditions) for leg in wanted]
        found = iter(self._search([body for body in bodies if body is not None]))
        return [
            [] if body is None else responses.leg_hits(leg, next(found))
            for leg, body in zip(wanted, bodies, strict=True)
        ]

    def fetch_page(
        self, candidate_set: CandidateSet, page: Page, facets: Sequence[FacetRequest]
    ) -> ResultPage:
        """Return total, page and facets, in one round trip. Facets over one set share its search.

        Another round trip comes before it if the groups of candidates are not known from `listings`, and
        another behind it by prices that depend on the moment.
        """
        conditions = self._conditions()
        names_over: dict[CandidateSet, list[str]] = {candidate_set: []}
        for facet in facets:
            names_over.setdefault(facet.candidate_set, []).append(facet.name)
        groups = self._groups_of(
            tuple(chain.from_iterable((*one.candidates, *one.unranked) for one in names_over))
        )
        counts = [count_body(one, names, conditions, groups) for one, names in names_over.items()]
        pages = page_bodies(candidate_set, page, self.generation.recipe, conditions, groups)
        by_offers = is_by_offers(page, self._layout)
        found = self._search([*counts, *pages], with_sort_values=by_offers)
        counted: dict[tuple[CandidateSet, str], tuple[FacetValue, ...]] = {
            (requested, name): parse_facet(name, index, response.get("aggregations", {}))
            for (requested, names), response in zip(names_over.items(), found, strict=False)
            for index, name in enumerate(names)
        }
        of_page = found[len(counts) :]
        if by_offers:
            collapse = candidate_set.collapse and self._layout.has_variants
            products = self.products(merged_ids(of_page, page, collapse=collapse))
        else:
            moment = _as_datetime(conditions.now_us)
            products = [one for response in of_page for one in responses.products(response, moment)]
        return ResultPage(
            total=responses.total(found[0]),
            products=tuple(_sort_products(products, candidate_set, page)),
            facets=tuple(counted[facet.candidate_set, facet.name] for facet in facets),
        )

    def lexical_field_scores(
        self, query: LexicalQuery, product_ids: Sequence[str]
    ) -> dict[str, Mapping[str, float]]:
        """Return the weighted BM25 score of each field that scored, for each product."""
        if not product_ids:
            return {}
        body = legs.field_scores_body(query, product_ids, self.generation.recipe)
        [response] = self._search([body], include_named_queries_score=True)
        parts = {
            responses.product_id(hit): hit.get("matched_queries", {}) for hit in responses.hits(response)
        }
        return {product_id: parts[product_id] for product_id in product_ids if product_id in parts}

    def products(self, product_ids: Sequence[str]) -> list[Product]:
        """Return the products with these ids that exist and are on sale, in the order asked for."""
        if not product_ids:
            return []
        [response] = self._search([lookups.products_body(product_ids)])
        # What comes near a query is shown with what it is.
        self._main_types.add(dict.fromkeys(responses.product_ids(response)) | responses.main_types(response))
        products = responses.products(response, _as_datetime(self._now_us()))
        product_by_id = {product.product_id: product for product in products}
        return [product_by_id[product_id] for product_id in product_ids if product_id in product_by_id]

    def variants(
        self, product_ids: Sequence[str], most: int, filters: Filters = NO_FILTERS
    ) -> dict[str, list[Product]]:
        """Return what is on sale of the group of each of these products, and passes the filters."""
        groups = self._groups_of(product_ids)
        keys = distinct_groups(product_ids, groups)
        # A body for each group: one for all of them would read a group of thousands for a few of each. Two
        # at least, to know whether there is another.
        conditions = self._conditions()
        found = self._search([lookups.variants_body(key, max(most, 2), filters, conditions) for key in keys])
        moment = _as_datetime(self._now_us())
        variants = {
            key: responses.products(response, moment) for key, response in zip(keys, found, strict=True)
        }
        return {
            product_id: variants[groups[product_id]][:most]
            for product_id in product_ids
            if product_id in groups and len(variants[groups[product_id]]) > 1
        }

    def listings(self, product_ids: Sequence[str]) -> dict[str, Listing]:
        """Return what of each of these products orders results besides its match."""
        mean = self._layout.mean_rating
        return {one: listed.drawn_to(mean) for one, listed in self._listed.get(product_ids).items()}

    def passing(self, product_ids: Sequence[str], filters: Filters) -> set[str]:
        """Return which of these are ids of products that exist, are on sale, and pass the filters."""
        if not product_ids:
            return set()
        [response] = self._search([lookups.ids_body(product_ids, filters, self._conditions())])
        return set(responses.product_ids(response))

    def passing_variants(self, product_ids: Sequence[str], filters: Filters) -> set[str]:
        """Return one variant of each of these products that is on sale and passes the filters."""
        if not self._layout.has_variants:
            return self.passing(product_ids, filters)
        keys = distinct_groups(product_ids, self._groups_of(product_ids))
        if not keys:
            return set()
        [response] = self._search([lookups.passing_variants_body(keys, filters, self._conditions())])
        return set(responses.product_ids(response))

    def holding(self, product_ids: Sequence[str], terms: Sequence[Sequence[str]]) -> list[set[str]]:
        """Return for each list of terms which of these products have one of them."""
        holders: list[set[str]] = [set() for _ in terms]
        if product_ids and terms:
            [response] = self._search([lookups.holding_body(product_ids, terms)])
            for hit in responses.hits(response):
                for number in hit.get("matched_queries", ()):
                    holders[int(number)].add(responses.product_id(hit))
        return holders

    def count(self, filters: Sequence[Filters]) -> list[int]:
        """Return how many groups have a variant that passes each of the filters."""
        conditions = self._conditions()
        candidate_sets = [CandidateSet(wanted, match_all=True) for wanted in filters]
        found = self._search([count_body(wanted, (), conditions, {}) for wanted in candidate_sets])
        return list(map(responses.total, found))

    def main_types(self, product_ids: Sequence[str]) -> dict[str, str]:
        """Return the main product type of these products, of those that have one."""
        return self._main_types.get(product_ids)

    def cosines(self, vector: Vector, product_ids: Sequence[str]) -> Vector:
        """Return the cosine of each product's title vector with `vector`; NaN if there is none."""
        if not product_ids:
            return np.empty(0, np.float32)
        vectors = self._title_vectors.get(product_ids)
        present = [index for index, product_id in enumerate(product_ids) if product_id in vectors]
        cosines = np.full(len(product_ids), np.nan, np.float32)
        if present:
            cosines[present] = np.array([vectors[product_ids[index]] for index in present]) @ vector
        return np.clip(cosines, -1, 1)

    def title_vectors(self, product_ids: Sequence[str]) -> dict[str, Vector]:
        """Return the title vector of each of these products."""
        if not product_ids:
            return {}
        [response] = self._search([lookups.title_vectors_body(product_ids)])
        return {
            # A list of one vector.
            responses.product_id(hit): np.array(hit["fields"][field], np.float32).reshape(-1)
            for hit in responses.hits(response)
            for field in lookups.TITLE_VECTORS
            if field in hit["fields"]
        }

    def close(self) -> None:
        """Do nothing: the connections belong to the store."""

    def _now_us(self) -> int:
        return int(self.clock() * 1_000_000)

    def _conditions(self) -> Conditions:
        return Conditions(self._layout, self._now_us(), shards=self._reader.shards)

    def _groups_of(self, product_ids: Sequence[str]) -> Mapping[str, str]:
        """Return the groups of these products; empty in a generation without variants."""
        return self._groups.get(product_ids) if self._layout.has_variants else {}

    def _read_groups(self, product_ids: Sequence[str]) -> dict[str, str]:
        [response] = self._search([lookups.groups_body(product_ids)])
        return responses.groups(response)

    def _read_listed(self, product_ids: Sequence[str]) -> dict[str, ListedProduct]:
        [response] = self._search([lookups.listings_body(product_ids)])
        if self._layout.has_variants:
            self._groups.add(responses.groups(response))
        return responses.listed_products(response)

    def _read_main_types(self, product_ids: Sequence[str]) -> dict[str, str]:
        [response] = self._search([lookups.main_types_body(product_ids)])
        return responses.main_types(response)

    def _with_state(self, state: IndexState, changed_ids: Collection[str]) -> "ElasticEngine":
        """Return an engine over a later state, which remembers what did not change."""
        engine = ElasticEngine(self._reader, self.generation, state)
        engine.clock = self.clock
        engine._title_vectors = self._title_vectors.without(changed_ids, engine.title_vectors)
        engine._groups = self._groups.without(changed_ids, engine._read_groups)
        engine._listed = self._listed.without(changed_ids, engine._read_listed)
        engine._main_types = self._main_types.without(changed_ids, engine._read_main_types)
        return engine


def _as_datetime(moment_us: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=moment_us)


def _sort_products(products: list[Product], candidate_set: CandidateSet, page: Page) -> list[Product]:
    """Return the products of a page in its order; only the candidates need sorting."""
    if page.sort != "relevance":
        return products
    ranks = {product_id: rank for rank, product_id in enumerate(candidate_set.candidates)}
    return sorted(products, key=lambda product: ranks.get(product.product_id, len(ranks)))
