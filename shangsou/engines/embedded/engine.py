"""One generation, and what changed since, searched in process. Every product is scored: counts are exact."""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import repeat
from math import ceil
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from shangsou.engines.changes import ChangedProduct
from shangsou.engines.embedded.columns import Mask
from shangsou.engines.embedded.facets import count_facet
from shangsou.engines.embedded.filter_masks import FilterMasks
from shangsou.engines.embedded.lexical import LexicalIndex
from shangsou.engines.embedded.page_rows import PageOrder
from shangsou.engines.embedded.row_data import RowData
from shangsou.engines.engine import Generation
from shangsou.engines.listing import Listing
from shangsou.engines.query import (
    NO_FILTERS,
    CandidateSet,
    FacetRequest,
    FilterLeg,
    Filters,
    Hit,
    Leg,
    LexicalLeg,
    LexicalQuery,
    Page,
    ResultPage,
    Vector,
    VectorLeg,
)
from shangsou.product import Product

Rows = NDArray[np.integer[Any]]
_Record = TypeVar("_Record", Hit, Listing)
# Nearest products looked at first for each group wanted and product of a group, before `VectorLeg.depth`.
_ENOUGH = 1.1
# Cached rows of ids, of as many searches as run concurrently in a server.
_ROWS_CACHE_SIZE = 16
# Products that changed in place cost no search anything, but 1.5 KB of memory in each process.
_KEPT_ROWS_PER_SUPERFLUOUS = 10
# Products read at a time where all are.
_READ_AT_ONCE = 1_024


class EmbeddedEngine:
    """An `Engine` over a generation, with changes over it.

    Parameters
    ----------
    generation
        What is searched.
    data
        Its rows.
    sequence
        The number of the last change that they hold.
    """

    def __init__(self, generation: Generation, data: RowData, sequence: int) -> None:
        self.generation = generation
        self.sequence = sequence
        self.clock: Callable[[], float] = time.time
        self._data = data
        self._catalog, self._columns, self._groups = data.catalog, data.columns, data.groups
        self._vectors, self._types = data.vectors, data.types
        self._ties = data.catalog.ties
        self._rows = len(self._catalog.ids)
        self._lexical = LexicalIndex(data.postings, self._rows)
        self._masks = FilterMasks(self._catalog, self._columns, self._lexical, data.types, data.facts)
        self._order = PageOrder(self._columns, self._groups, self._masks, self._ties)
        self._cached_rows = lru_cache(_ROWS_CACHE_SIZE)(self._catalog.rows)

    def changed(self, changes: Sequence[ChangedProduct], sequence: int) -> "EmbeddedEngine":
        """Return an engine that searches the products as they are after changes; this one stays as it is."""
        data = self._data.changed(changes, self.generation.recipe.segmenter) if changes else self._data
        engine = EmbeddedEngine(self.generation, data, sequence)
        engine.clock = self.clock
        return engine

    def refreshed(self, changed_ids: Collection[str]) -> "EmbeddedEngine":
        """Return itself: changes come by `changed` alone."""
        return self

    def ahead(self, product_ids: Sequence[str]) -> Mapping[str, int]:
        """Return nothing: an engine holds all of a change or nothing."""
        return {}

    @property
    def superfluous_rows(self) -> tuple[int, int]:
        """How many rows a merge of the changes would save, and how many there are."""
        kept_in_memory = self._catalog.rewritten
        return self._data.superfluous + kept_in_memory // _KEPT_ROWS_PER_SUPERFLUOUS, self._rows

    def stored(self, product_ids: Sequence[str]) -> dict[str, Product]:
        """Return the products with these ids that exist, on sale or not, with the prices of the catalog."""
        rows = self._catalog.rows(product_ids)
        return {product.product_id: product for product in self._catalog.products(rows)}

    def product_ids(self) -> Iterator[str]:
        """Yield the ids of all products, on sale or not."""
        return iter(self._catalog.known_ids())

    def iter_products(self) -> Iterator[Product]:
        """Yield all products, on sale or not, in the order in which they came."""
        # The id of a row that is gone may be that of another.
        rows = self._catalog.rows(dict.fromkeys(self._catalog.ids))
        for start in range(0, len(rows), _READ_AT_ONCE):
            yield from self._catalog.products(rows[start : start + _READ_AT_ONCE])

    def retrieve(self, legs: Sequence[Leg]) -> list[list[Hit]]:
        """Return the hits of each leg."""
        return list(map(self._leg_hits, legs))

    def fetch_page(
        self, candidate_set: CandidateSet, page: Page, facets: Sequence[FacetRequest]
    ) -> ResultPage:
        """Return total, page and facets."""
        prices = self._columns.prices.during(self._period())
        rows_by_set: dict[CandidateSet, Rows] = {}

        def rows(requested: CandidateSet) -> Rows:
            if requested not in rows_by_set:
                rows_by_set[requested] = np.flatnonzero(self._members(requested))
            return rows_by_set[requested]

        page_set_rows = rows(candidate_set)
        candidates = np.array(self._catalog.rows(candidate_set.candidates), np.int64)
        scores = None if candidate_set.query is None else self._lexical.scores
        page_rows = self._order.page_rows(candidate_set, page, page_set_rows, candidates, scores, prices)
        return ResultPage(
            total=self._groups.count_groups(page_set_rows) if candidate_set.collapse else len(page_set_rows),
            products=tuple(self._products(page_rows.tolist())),
            facets=tuple(
                count_facet(
                    facet.name,
                    self._columns,
                    prices.price_fen,
                    rows(facet.candidate_set),
                    self._groups if facet.candidate_set.collapse and self._groups.has_variants else None,
                )
                for facet in facets
            ),
        )

    def lexical_field_scores(
        self, query: LexicalQuery, product_ids: Sequence[str]
    ) -> dict[str, Mapping[str, float]]:
        """Return the weighted BM25 score of each field that scored, for each product."""
        rows = self._catalog.rows(product_ids)
        parts: dict[str, dict[str, float]] = {self._catalog.ids[row]: {} for row in rows}
        for field, weight in query.weights.items():
            scores = self._lexical.weighted_scores({field: weight}, query)
            for row in rows:
                if scores[row]:
                    parts[self._catalog.ids[row]][field] = float(scores[row])
        return dict(parts)

    def products(self, product_ids: Sequence[str]) -> list[Product]:
        """Return the products with these ids that exist and are on sale."""
        products = self._products(self._catalog.rows(product_ids))
        return [product for product in products if product.status == "on"]

    def variants(
        self, product_ids: Sequence[str], most: int, filters: Filters = NO_FILTERS
    ) -> dict[str, list[Product]]:
        """Return what is on sale of the group of each of these products, and passes the filters."""
        if not self._groups.has_variants:
            return {}
        variants = {}
        for row in self._passing_rows(product_ids, filters).tolist():
            rows = self._passing(self._groups.variants(row), filters)
            if len(rows) > 1:
                variants[self._catalog.ids[row]] = self._products(rows[:most].tolist())
        return variants

    def listings(self, product_ids: Sequence[str]) -> dict[str, Listing]:
        """Return what of each of these products orders results besides its match."""
        rows = np.array(self._cached_rows(tuple(product_ids)), np.int64)
        parts = (
            self._groups.of_row,
            self._columns.in_stock,
            self._columns.duplicates,
            self._columns.sales,
            self._columns.rating,
        )
        listings = _records(Listing, *(part[rows].tolist() for part in parts))
        return dict(zip(map(self._catalog.ids.__getitem__, rows.tolist()), listings, strict=True))

    def passing(self, product_ids: Sequence[str], filters: Filters) -> set[str]:
        """Return which of these are ids of products that exist, are on sale, and pass the filters."""
        return {self._catalog.ids[row] for row in self._passing_rows(product_ids, filters)}

    def passing_variants(self, product_ids: Sequence[str], filters: Filters) -> set[str]:
        """Return one variant of each of these products that is on sale and passes the filters."""
        if not self._groups.has_variants:
            return self.passing(product_ids, filters)
        wanted = self._groups.mark(np.array(self._catalog.rows(product_ids), np.int64))
        allowed = self._masks.passing(filters, self._period())
        is_variant = wanted[self._groups.of_row]
        rows = np.flatnonzero(is_variant if allowed is None else is_variant & allowed)
        best = self._groups.best_of_each(rows, np.zeros(len(rows)), self._columns.in_stock)
        return {self._catalog.ids[row] for row in rows[best].tolist()}

    def holding(self, product_ids: Sequence[str], terms: Sequence[Sequence[str]]) -> list[set[str]]:
        """Return for each list of terms which of these products have one of them."""
        rows = np.array(self._cached_rows(tuple(product_ids)), np.int64)
        masks = map(self._masks.having, terms)
        return [{self._catalog.ids[row] for row in rows[mask[rows]].tolist()} for mask in masks]

    def count(self, filters: Sequence[Filters]) -> list[int]:
        """Return how many groups have a variant that passes each of the filters."""
        period = self._period()
        masks = [self._masks.passing(wanted, period) for wanted in filters]
        if not self._groups.has_variants:
            return [self._rows if mask is None else int(np.count_nonzero(mask)) for mask in masks]
        return [
            self._groups.count if mask is None else self._groups.count_groups(np.flatnonzero(mask))
            for mask in masks
        ]

    def main_types(self, product_ids: Sequence[str]) -> dict[str, str]:
        """Return the main product type of these products, of those that have one."""
        rows = self._catalog.rows(product_ids)
        types = self._types
        codes = types.main[rows].tolist()
        return {
            self._catalog.ids[row]: types.names[code]
            for row, code in zip(rows, codes, strict=True)
            if code >= 0
        }

    def cosines(self, vector: Vector, product_ids: Sequence[str]) -> Vector:
        """Return the cosine of each product's title vector with `vector`; NaN if there is none."""
        rows = np.array(self._catalog.rows_or_default(product_ids, -1), np.int64)
        allowed = self._masks.passing(Filters(), self._period())
        vectors = self._vectors["title_vector"]
        present = np.flatnonzero((rows >= 0) if allowed is None else (rows >= 0) & allowed[rows])
        present = present[vectors.has(rows[present])]
        cosines = np.full(len(rows), np.nan, np.float32)
        cosines[present] = vectors.cosines(vector, rows[present])
        return cosines

    def title_vectors(self, product_ids: Sequence[str]) -> dict[str, Vector]:
        """Return the title vector of each of these products."""
        rows = self._passing_rows(product_ids, Filters())
        rows = rows[self._vectors["title_vector"].has(rows)]
        vectors = self._vectors["title_vector"].get(rows)
        return dict(zip((self._catalog.ids[row] for row in rows), vectors, strict=True))

    def close(self) -> None:
        """Do nothing: the memory maps are closed with the last search that reads them."""

    def _products(self, rows: Sequence[int]) -> list[Product]:
        """Return the products of these rows, with the prices of this moment."""
        now = datetime.fromtimestamp(self.clock(), UTC)
        return [product.current(now) for product in self._catalog.products(rows)]

    def _period(self) -> int:
        """Return the number of the time without a change of price that it is now."""
        return self._columns.prices.period(self.clock())

    def _passing_rows(self, product_ids: Sequence[str], filters: Filters) -> Rows:
        """Return the rows of these products, of those that exist, are on sale, and pass the filters."""
        return self._passing(np.array(self._cached_rows(tuple(product_ids)), np.int64), filters)

    def _passing(self, rows: Rows, filters: Filters) -> Rows:
        allowed = self._masks.passing(filters, self._period())
        return rows if allowed is None else rows[allowed[rows]]

    def _leg_hits(self, leg: Leg) -> list[Hit]:
        if isinstance(leg, FilterLeg):
            rows = self._passing_rows(leg.ids, leg.filters)
            return self._hits(rows, np.zeros(len(rows), np.float32))
        return self._lexical_hits(leg) if isinstance(leg, LexicalLeg) else self._vector_hits(leg)

    def _lexical_hits(self, leg: LexicalLeg) -> list[Hit]:
        scores = self._lexical.scores(leg.query)
        if leg.ids is not None:
            rows = np.sort(self._passing_rows(leg.ids, leg.filters))
            rows = rows[scores[rows] > 0]
            if leg.strict:
                rows = rows[self._lexical.strict_matches(leg.query)[rows]]
        else:
            scored = scores > 0
            if leg.strict:
                scored &= self._lexical.strict_matches(leg.query)
            allowed = self._masks.passing(leg.filters, self._period())
            rows = np.flatnonzero(scored if allowed is None else scored & allowed)
        rows = rows[self._order.top(rows, scores[rows], leg.k, collapse=leg.collapse)]
        return self._hits(rows, scores[rows])

    def _vector_hits(self, leg: VectorLeg) -> list[Hit]:
        vectors = self._vectors[leg.field]
        if leg.ids is not None:
            rows, cosines = vectors.search_rows(
                leg.vector, self._passing_rows(leg.ids, leg.filters), leg.k, self._ties
            )
        else:
            allowed = self._masks.passing(leg.filters, self._period())
            # As many as hold `k` groups in most searches; where they do not, all that are to be looked at.
            enough = min(leg.depth, ceil(_ENOUGH * leg.k * self._rows / max(1, self._groups.count)))
            rows, cosines = vectors.search(leg.vector, enough, allowed, self._ties)
            if len(rows) == enough < leg.depth and self._groups.count_groups(rows) < leg.k:
                rows, cosines = vectors.search(leg.vector, leg.depth, allowed, self._ties)
        if leg.collapse:
            best = self._order.top(rows, cosines, leg.k, collapse=True)
            rows, cosines = rows[best], cosines[best]
        return self._hits(rows, cosines)

    def _hits(self, rows: NDArray[np.integer[Any]], scores: NDArray[np.float32]) -> list[Hit]:
        ids = map(self._catalog.ids.__getitem__, rows.tolist())
        return list(_records(Hit, ids, scores.tolist()))

    def _members(self, candidate_set: CandidateSet) -> Mask:
        """Return which rows are in a candidate set; callers must not change it."""
        period = self._period()
        allowed = self._masks.passing(candidate_set.filters, period)
        if candidate_set.match_all:
            return np.ones(self._rows, np.bool_) if allowed is None else allowed
        if candidate_set.types is not None:
            matches = self._masks.passing(Filters(types=candidate_set.types), period)
            assert matches is not None  # a condition on the type is a mask
        elif candidate_set.query is not None:
            matches = self._lexical.strict_matches(candidate_set.query)
        else:
            matches = np.zeros(self._rows, np.bool_)
        candidates = np.array(
            self._catalog.rows((*candidate_set.candidates, *candidate_set.unranked)), np.int64
        )
        has_variants = candidates[self._groups.is_shared[candidates]]
        if len(has_variants):
            matches = matches | self._groups.mark(has_variants)[self._groups.of_row]
        mask = matches.copy() if allowed is None else matches & allowed
        mask[candidates] = True
        return mask


def _records(record: type[_Record], *columns: Iterable[object]) -> Iterator[_Record]:
    """Return named tuples of the values of columns: of thousands in a search, in half the time."""
    return map(tuple.__new__, repeat(record), zip(*columns, strict=True))
