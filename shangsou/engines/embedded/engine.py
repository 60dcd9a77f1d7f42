"""One generation searched in process. Every product is scored, so sets and counts are exact."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shangsou.engines.embedded.catalog import Catalog
from shangsou.engines.embedded.columns import Columns, Mask
from shangsou.engines.embedded.facets import count_facet
from shangsou.engines.embedded.postings import Postings
from shangsou.engines.embedded.term_rows import TermRows
from shangsou.engines.embedded.types import Types
from shangsou.engines.embedded.vectors import Vectors
from shangsou.engines.engine import Generation
from shangsou.engines.fields import COVERAGE_FIELD, TEXTS
from shangsou.engines.query import (
    CandidateSet,
    FacetRequest,
    FactCondition,
    Filters,
    Hit,
    Leg,
    LexicalLeg,
    LexicalQuery,
    Page,
    ResultPage,
    TypeCondition,
    Vector,
    VectorLeg,
)
from shangsou.product import Product
from shangsou.text.terms import containment_terms

Rows = NDArray[np.int64]
# Cached filter masks: shoppers page and refine, and all facets of a search use the same ones.
_MASK_CACHE_SIZE = 64
# Cached masks of facts: of a search, two for each of its facts.
_FACT_CACHE_SIZE = 32
# Cached lookups of terms, counts and rows: for three kinds of fields, of as many searches as run concurrently
# in a server.
_POSTINGS_CACHE_SIZE = 16
_WORD_FIELDS = tuple(f"{text}.words" for text in TEXTS)
_GRAM_FIELDS = tuple(f"{text}.grams" for text in TEXTS)


class EmbeddedEngine:
    """An `Engine` over a generation folder."""

    def __init__(self, folder: Path, generation: Generation) -> None:
        self.generation = generation
        self._catalog = Catalog(folder)
        self._columns = Columns(folder)
        self._postings = Postings(folder)
        self._types = Types(folder)
        self._vectors = {
            field: Vectors(folder, field, generation.recipe.dimensions)
            for field in ("title_vector", "description_vector")
        }
        self._documents = len(self._catalog.ids)
        self._facts = TermRows(folder, "facts", self._documents)
        self._cached_fact_mask = lru_cache(_FACT_CACHE_SIZE)(self._facts.mask)
        self._cached_filter_mask = lru_cache(_MASK_CACHE_SIZE)(self._filter_mask)
        # Scores, strict matches and explanations of one search look up the same terms.
        self._find_postings = lru_cache(_POSTINGS_CACHE_SIZE)(self._postings.find)
        self._cached_counts = lru_cache(_POSTINGS_CACHE_SIZE)(self._count_terms)
        self._cached_rows = lru_cache(_POSTINGS_CACHE_SIZE)(self._catalog.rows)
        # A query shared by all calls of one search is scored and matched once.
        self._last_scored: tuple[LexicalQuery, NDArray[np.float32]] | None = None
        self._last_matched: tuple[LexicalQuery, Mask] | None = None

    def retrieve(self, legs: Sequence[Leg]) -> list[list[Hit]]:
        """Return the hits of each leg."""
        return [
            self._lexical_hits(leg) if isinstance(leg, LexicalLeg) else self._vector_hits(leg) for leg in legs
        ]

    def fetch_page(
        self, candidate_set: CandidateSet, page: Page, facets: Sequence[FacetRequest]
    ) -> ResultPage:
        """Return total, page and facets."""
        rows_by_set: dict[CandidateSet, Rows] = {}

        def rows(requested: CandidateSet) -> Rows:
            if requested not in rows_by_set:
                rows_by_set[requested] = np.flatnonzero(self._membership_mask(requested))
            return rows_by_set[requested]

        page_set_rows = rows(candidate_set)
        return ResultPage(
            total=len(page_set_rows),
            products=tuple(
                self._catalog.products(self._page_rows(candidate_set, page, page_set_rows).tolist())
            ),
            facets=tuple(
                count_facet(facet.name, self._columns, rows(facet.candidate_set)) for facet in facets
            ),
        )

    def lexical_field_scores(
        self, query: LexicalQuery, product_ids: Sequence[str]
    ) -> dict[str, Mapping[str, float]]:
        """Return the weighted BM25 score of each field that scored, for each product."""
        rows = self._catalog.rows(product_ids)
        parts: dict[str, dict[str, float]] = {self._catalog.ids[row]: {} for row in rows}
        for field, weight in query.weights.items():
            scores = self._score({field: weight}, query)
            for row in rows:
                if scores[row]:
                    parts[self._catalog.ids[row]][field] = float(scores[row])
        return dict(parts)

    def products(self, product_ids: Sequence[str]) -> list[Product]:
        """Return the products with these ids that exist and are on sale."""
        products = self._catalog.products(self._catalog.rows(product_ids))
        return [product for product in products if product.status == "on"]

    def passing(self, product_ids: Sequence[str], filters: Filters) -> set[str]:
        """Return which of these are ids of products that exist, are on sale, and pass the filters."""
        return {self._catalog.ids[row] for row in self._passing_rows(product_ids, filters)}

    def holding(self, product_ids: Sequence[str], terms: Sequence[Sequence[str]]) -> list[set[str]]:
        """Return for each list of terms which of these products have one of them."""
        rows = np.array(self._cached_rows(tuple(product_ids)), np.int64)
        masks = [self._cached_fact_mask(tuple(wanted)) for wanted in terms]
        return [{self._catalog.ids[row] for row in rows[mask[rows]].tolist()} for mask in masks]

    def count(self, filters: Sequence[Filters]) -> list[int]:
        """Return how many products pass each of the filters."""
        masks = map(self._cached_filter_mask, filters)
        return [self._documents if mask is None else int(np.count_nonzero(mask)) for mask in masks]

    def main_types(self, product_ids: Sequence[str]) -> dict[str, str]:
        """Return the main product type of these products, of those that have one."""
        rows = self._catalog.rows(product_ids)
        codes = self._types.main[rows].tolist()
        return {
            self._catalog.ids[row]: self._types.names[code]
            for row, code in zip(rows, codes, strict=True)
            if code >= 0
        }

    def cosines(self, vector: Vector, product_ids: Sequence[str]) -> Vector:
        """Return the cosine of each product's title vector with `vector`; NaN if there is none."""
        rows = np.array(self._catalog.rows_or_default(product_ids, -1), np.int64)
        allowed = self._cached_filter_mask(Filters())
        present = np.flatnonzero((rows >= 0) if allowed is None else (rows >= 0) & allowed[rows])
        cosines = np.full(len(rows), np.nan, np.float32)
        cosines[present] = self._vectors["title_vector"].cosines(vector, rows[present])
        return cosines

    def title_vectors(self, product_ids: Sequence[str]) -> dict[str, Vector]:
        """Return the title vector of each of these products."""
        rows = self._passing_rows(product_ids, Filters())
        vectors = self._vectors["title_vector"].get(rows)
        return dict(zip((self._catalog.ids[row] for row in rows), vectors, strict=True))

    def close(self) -> None:
        """Do nothing: the memory maps are closed with the last search that reads them."""

    def _passing_rows(self, product_ids: Sequence[str], filters: Filters) -> Rows:
        """Return the rows of these products, of those that exist, are on sale, and pass the filters."""
        rows = np.array(self._cached_rows(tuple(product_ids)), np.int64)
        allowed = self._cached_filter_mask(filters)
        return rows if allowed is None else rows[allowed[rows]]

    def _filter_mask(self, filters: Filters) -> Mask | None:
        """Return which rows are on sale and pass the filters; None if all do."""
        passing = self._columns.filter_mask(filters)
        masks = [self._containment_mask(text) for text in filters.contains]
        masks += [~self._containment_mask(text) for text in filters.excludes]
        if filters.types is not None:
            masks.append(self._type_mask(filters.types))
        masks += map(self._fact_mask, filters.facts)
        for mask in masks:
            passing = mask if passing is None else passing & mask
        return passing

    def _fact_mask(self, condition: FactCondition) -> Mask:
        """Return which rows do not contradict a fact."""
        holding = self._cached_fact_mask(condition.holding)
        return holding if condition.must_hold else holding | ~self._cached_fact_mask(condition.stating)

    def _type_mask(self, condition: TypeCondition) -> Mask:
        """Return which rows are of the types of a condition."""
        mask = self._types.mask(condition.names)
        for text in condition.other_texts:
            mask &= ~self._containment_mask(text)
        for text in condition.texts:
            mask |= self._containment_mask(text)
        mask[self._catalog.rows(condition.other_ids)] = False
        mask[self._catalog.rows(condition.ids)] = True
        return mask

    def _containment_mask(self, text: str) -> Mask:
        """Return which rows contain a normalized text."""
        terms = tuple(containment_terms(text))
        containing: Mask = self._count_terms(_GRAM_FIELDS, terms) == len(terms)
        return containing

    def _lexical_hits(self, leg: LexicalLeg) -> list[Hit]:
        scores = self._lexical_scores(leg.query)
        if leg.ids is not None:
            rows = np.sort(self._passing_rows(leg.ids, leg.filters))
            if leg.strict:
                rows = rows[self._strict_matches(leg.query)[rows]]
            rows = rows[scores[rows] > 0]
            rows = _top_k(rows, scores[rows], leg.k)
            return self._hits(rows, scores[rows])
        allowed = self._cached_filter_mask(leg.filters)
        scored = scores > 0
        if leg.strict:
            scored &= self._strict_matches(leg.query)
        rows = np.flatnonzero(scored if allowed is None else scored & allowed)
        rows = _top_k(rows, scores[rows], leg.k)
        return self._hits(rows, scores[rows])

    def _vector_hits(self, leg: VectorLeg) -> list[Hit]:
        if leg.ids is not None:
            rows = np.sort(self._passing_rows(leg.ids, leg.filters))
            rows, cosines = self._vectors[leg.field].search_rows(leg.vector, rows, leg.k)
            return self._hits(rows, cosines)
        return self._hits(
            *self._vectors[leg.field].search(leg.vector, leg.k, self._cached_filter_mask(leg.filters))
        )

    def _hits(self, rows: NDArray[np.integer[Any]], scores: NDArray[np.float32]) -> list[Hit]:
        ids = map(self._catalog.ids.__getitem__, rows.tolist())
        return list(map(Hit, ids, scores.tolist()))

    def _lexical_scores(self, query: LexicalQuery) -> NDArray[np.float32]:
        last = self._last_scored
        if last is not None and last[0].scores_like(query):
            return last[1]
        scores = self._score(query.weights, query)
        for alternative in query.alternatives:
            np.maximum(scores, self._score(alternative.weights, alternative), out=scores)
        self._last_scored = (query, scores)
        return scores

    def _score(self, weights: Mapping[str, float], query: LexicalQuery) -> NDArray[np.float32]:
        scores = np.zeros(self._documents, np.float32)
        for fields, terms in (
            (_WORD_FIELDS, query.words),
            (_GRAM_FIELDS, query.grams),
            ((COVERAGE_FIELD,), query.characters),
        ):
            factors = [query.term_weights.get(term, 1.0) for term in terms]
            for field, postings in zip(fields, self._find_postings(fields, terms), strict=True):
                weight = weights.get(field, 0.0)
                for (rows, impacts), factor in zip(postings, factors, strict=True) if weight else ():
                    if len(rows):
                        # Three times as fast as `scores[rows] +=`; no row occurs twice in a list.
                        np.add.at(scores, rows, weight * factor * impacts)
        return scores

    def _membership_mask(self, candidate_set: CandidateSet) -> Mask:
        allowed = self._cached_filter_mask(candidate_set.filters)
        if candidate_set.match_all:
            return np.ones(self._documents, np.bool_) if allowed is None else allowed
        if candidate_set.types is not None:
            matches = self._cached_filter_mask(Filters(types=candidate_set.types))
            assert matches is not None  # a condition on the type is a mask
            mask = matches.copy() if allowed is None else matches & allowed
        elif candidate_set.query is not None:
            matches = self._strict_matches(candidate_set.query)
            mask = matches.copy() if allowed is None else matches & allowed
        else:
            mask = np.zeros(self._documents, np.bool_)
        mask[self._catalog.rows(candidate_set.candidates)] = True
        return mask

    def _strict_matches(self, query: LexicalQuery) -> Mask:
        """Return which rows match strictly; callers must not change it."""
        last = self._last_matched
        if last is not None and last[0] == query:
            return last[1]
        mask = np.zeros(self._documents, np.bool_)
        for variant in query.variants:
            if variant.words:
                mask |= self._cached_counts(_WORD_FIELDS, variant.words) == len(variant.words)
            if variant.required_grams:
                mask |= self._cached_counts(_GRAM_FIELDS, variant.required_grams) >= variant.required_count
        self._last_matched = (query, mask)
        return mask

    def _count_terms(self, fields: tuple[str, ...], terms: tuple[str, ...]) -> NDArray[np.uint16]:
        """Return the number of the terms that each product holds, in any of its texts."""
        counts = np.zeros(self._documents, np.uint16)
        for in_fields in zip(*self._find_postings(fields, terms), strict=True):
            filled = [rows for rows, _ in in_fields if len(rows)]
            if len(filled) == 1:
                counts[filled[0]] += 1
            elif filled:
                holding = np.zeros(self._documents, np.bool_)
                for rows in filled:
                    holding[rows] = True
                counts += holding
        return counts

    def _page_rows(self, candidate_set: CandidateSet, page: Page, rows: Rows) -> Rows:
        end = page.offset + page.size
        if page.sort != "relevance":
            return _top_k(rows, -self._ranks(page)[rows], end)[page.offset :]
        candidates = np.array(self._catalog.rows(candidate_set.candidates), np.int64)
        if end <= len(candidates):
            return candidates[page.offset : end]
        rest = np.setdiff1d(rows, candidates, assume_unique=True)
        if candidate_set.query is not None and len(rest):
            rest = _top_k(rest, self._lexical_scores(candidate_set.query)[rest], end - len(candidates))
        return np.concatenate([candidates, rest])[page.offset : end]

    def _ranks(self, page: Page) -> NDArray[np.int64]:
        """Return the rank of each row in the order of a page."""
        ranks = self._columns.rank[page.sort].astype(np.int64)
        for condition in page.demoted:
            ranks += self._documents * ~self._fact_mask(condition)
        return ranks


def _top_k(rows: Rows, scores: NDArray[Any], k: int) -> Rows:
    """Return the k rows with the highest scores, best first; ties by row, the rows being ascending."""
    if len(rows) > 4 * k:
        # Keep all rows that tie with the k-th, so that the tie rule decides among them.
        keep = scores >= np.partition(scores, -k)[-k]
        rows, scores = rows[keep], scores[keep]
    return rows[np.argsort(-scores, kind="stable")[:k]]
