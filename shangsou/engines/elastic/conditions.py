"""Conditions on products as clauses of Elasticsearch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from shangsou.engines.elastic.bodies import Body, any_of
from shangsou.engines.elastic.layout import PLAIN, Layout
from shangsou.engines.elastic.prices import price_clause
from shangsou.engines.query import (
    CandidateSet,
    Exclusion,
    FactCondition,
    Filters,
    LexicalQuery,
    TypeCondition,
    attribute_pair,
)
from shangsou.product import CATEGORY_SEPARATOR
from shangsou.text.terms import containment_terms

VARIANTS = "variants"
"""The nested field that holds the variants of a group."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """Makes clauses for the documents of products, or for the variants in the documents of groups."""

    layout: Layout = PLAIN
    now_us: int = 0
    """The moment whose prices count, in microseconds."""
    shards: int = 1
    """How many shards the index has."""
    path: str = ""
    """What stands before the names of the fields."""

    def of_variants(self) -> "Conditions":
        """Return the maker of clauses for the variants in documents of groups."""
        return replace(self, path=f"{VARIANTS}.")

    def passing(self, filters: Filters) -> Body:
        """Return the parts of a bool query that filter every product found; those off sale never pass."""
        excluded = list(map(self.exclusion, filters.exclusions))
        if not self.path:
            # Excluded rather than included: a filter that nearly all products pass makes BM25 twice as slow.
            # Documents of groups are marked as off sale, and hold only variants on sale.
            excluded = [{"term": {"filter.off": True}}, *excluded]
        return {"filter": self._filter_clauses(filters), "must_not": excluded}

    def members(self, candidate_set: CandidateSet, groups: Mapping[str, str]) -> Body:
        """Return the query that matches a candidate set, without scores.

        `groups` are those of the candidates and the unranked, by product id.
        """
        query = self.passing(candidate_set.filters)
        if not candidate_set.match_all:
            found = (*candidate_set.candidates, *candidate_set.unranked)
            query["filter"].append(
                any_of(self.matching(candidate_set) + ([self.variants_of(found, groups)] if found else []))
            )
        return {"bool": query}

    def matching(self, candidate_set: CandidateSet) -> list[Body]:
        """Return the alternative clauses of what matches besides the candidates and the unranked."""
        if candidate_set.types is not None:
            return [self.of_types(candidate_set.types)]
        return self.strict(candidate_set.strict_query)

    def strict(self, query: LexicalQuery | None) -> list[Body]:
        """Return the alternative clauses of a strict match."""
        clauses: list[Body] = []
        for wording in query.wordings if query else ():
            if wording.words:
                words = {"query": " ".join(wording.words), "operator": "and"}
                clauses.append({"match": {f"{self.path}all.words": words}})
            if wording.required_grams:
                grams = " ".join(wording.required_grams)
                required = {"query": grams, "minimum_should_match": wording.required_count}
                clauses.append({"match": {f"{self.path}all.grams": required}})
        return clauses

    def ids(self, product_ids: Sequence[str]) -> Body:
        """Return the clause for the products with these ids."""
        return {"terms": {f"{self.path}product_id": list(product_ids)}}

    def groups(self, keys: Sequence[str]) -> Body:
        """Return the clause for the variants of these groups."""
        return {"terms": {f"{self.path}group": list(keys)}}

    def variants_of(self, product_ids: Sequence[str], groups: Mapping[str, str]) -> Body:
        """Return the clause for these products and all variants of their groups, by product id."""
        if not self.layout.has_variants:
            return self.ids(product_ids)
        return self.groups(distinct_groups(product_ids, groups))

    def price(self, limits: Body) -> Body:
        """Return the clause for what costs so much at the moment."""
        return price_clause(limits, self.path, self.now_us if self.layout.has_offers else None)

    def fact(self, condition: FactCondition) -> Body:
        """Return the clause for the products that do not contradict a fact."""
        field = f"{self.path}filter.fact"
        holding: Body = {"terms": {field: list(condition.holding)}}
        if condition.must_hold:
            return holding
        silent = {"bool": {"must_not": {"terms": {field: list(condition.stating)}}}}
        return any_of([holding, silent])

    def exclusion(self, exclusion: Exclusion) -> Body:
        """Return the clause for the products that have what an exclusion names."""
        field = f"{self.path}filter.fact"
        by_text = self.containing(exclusion.text)
        excused = list(map(self.containing, exclusion.denials))
        if exclusion.stating:
            excused.append({"terms": {field: list(exclusion.stating)}})
        if excused:
            by_text = {"bool": {"filter": [by_text], "must_not": excused}}
        if not exclusion.holding:
            return by_text
        return any_of([{"terms": {field: list(exclusion.holding)}}, by_text])

    def of_types(self, condition: TypeCondition) -> Body:
        """Return the clause for the products of the types of a condition."""
        learned: Body = {"terms": {f"{self.path}filter.type": list(condition.names)}}
        others = [self.containing(text) for text in condition.other_texts]
        if others:
            learned = {"bool": {"filter": [learned], "must_not": others}}
        of_type = [learned, *map(self.containing, condition.texts)]
        if condition.other_ids:
            of_type = [{"bool": {"filter": [any_of(of_type)], "must_not": [self.ids(condition.other_ids)]}}]
        if condition.ids:
            of_type.append(self.ids(condition.ids))
        return of_type[0] if len(of_type) == 1 else any_of(of_type)

    def containing(self, text: str) -> Body:
        """Return the clause for the products that contain a normalized text."""
        terms = " ".join(dict.fromkeys(containment_terms(text)))
        return {"match": {f"{self.path}all.grams": {"query": terms, "operator": "and"}}}

    def _filter_clauses(self, filters: Filters) -> list[Body]:
        fields = f"{self.path}filter"
        clauses: list[Body] = []
        if filters.categories:
            paths = [CATEGORY_SEPARATOR.join(path) for path in filters.categories]
            clauses.append({"terms": {f"{fields}.category": paths}})
        if filters.brands:
            clauses.append({"terms": {f"{fields}.brand": list(filters.brands)}})
        limits = {"gte": filters.price_from_fen, "lte": filters.price_to_fen}
        price_limits = {name: limit for name, limit in limits.items() if limit is not None}
        if price_limits:
            clauses.append(self.price(price_limits))
        if filters.in_stock is not None:
            clauses.append({"term": {f"{fields}.in_stock": filters.in_stock}})
        for name, values in filters.attributes:
            pairs = [attribute_pair(name, value) for value in values]
            clauses.append({"terms": {f"{fields}.attributes": pairs}})
        clauses += map(self.containing, filters.contains)
        if filters.types is not None:
            clauses.append(self.of_types(filters.types))
        clauses += map(self.fact, filters.facts)
        if filters.within is not None:
            clauses.append({"bool": self.passing(filters.within)})
        return clauses


def distinct_groups(product_ids: Sequence[str], groups: Mapping[str, str]) -> list[str]:
    """Return the groups of these products, each once; products without a known group have none."""
    return list(dict.fromkeys(groups[one] for one in product_ids if one in groups))
