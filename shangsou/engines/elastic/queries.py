"""Request bodies for Elasticsearch: pure functions of an engine request."""

from collections.abc import Sequence
from typing import Any

from shangsou.engines.elastic.documents import vector_to_json
from shangsou.engines.fields import COVERAGE_FIELD
from shangsou.engines.query import (
    CandidateSet,
    FactCondition,
    Filters,
    LexicalLeg,
    LexicalQuery,
    Page,
    Sort,
    TypeCondition,
    VectorLeg,
    attribute_pair,
)
from shangsou.engines.recipe import IndexRecipe
from shangsou.product import CATEGORY_SEPARATOR
from shangsou.text.terms import containment_terms

Body = dict[str, Any]
# For each neighbour requested: the nodes of the graph visited by int8 cosines, and those of the nearest that
# are rescored in float32. On the development judgements mean nDCG@10 is .577, as embedded; 4
# and 2 lost .005 through missed neighbours, and saved 7 to 30 % of the time (docs/adr/0003).
_VISITED_PER_HIT = 9
_RESCORED_PER_HIT = 3
# Elasticsearch's limit.
_MAX_VISITED = 10_000
# A small k searches the graph just as thoroughly.
_MIN_K = 100
_BY_ROW: Body = {"row": "asc"}
_ORDERS: dict[Sort, Body] = {
    "price_asc": {"filter.price_fen": {"order": "asc", "missing": "_last"}},
    "price_desc": {"filter.price_fen": {"order": "desc", "missing": "_last"}},
    "sales": {"sort.sales": {"order": "desc", "missing": "_last"}},
    "newest": {"sort.created_at_us": {"order": "desc", "missing": "_last"}},
}
# Ids come from doc values: reading `_id` or `_source` unpacks a stored block for each hit.
_IDS_ONLY: Body = {"_source": False, "stored_fields": "_none_", "docvalue_fields": ["product_id"]}


def lexical_leg_body(leg: LexicalLeg, recipe: IndexRecipe) -> Body | None:
    """Return the body of a lexical leg; None if nothing can match."""
    scored = _scored_clauses(leg.query, recipe)
    if not scored:
        return None
    query = {**filter_clauses(leg.filters), "should": scored, "minimum_should_match": 1}
    if leg.strict:
        query["filter"] = [*query["filter"], _any_of(strict_clauses(leg.query))]
    if leg.ids is not None:
        query["filter"] = [*query["filter"], _ids_clause(leg.ids)]
    return {**_best_by_score(leg.k), "query": {"bool": query}}


def vector_leg_body(leg: VectorLeg) -> Body:
    """Return the body of a vector leg."""
    k = max(leg.k, _MIN_K)
    filters = filter_clauses(leg.filters)
    if leg.ids is not None:
        # So few that Elasticsearch compares all of them instead of walking the graph.
        filters["filter"].append(_ids_clause(leg.ids))
    knn = {
        "field": leg.field,
        "query_vector": vector_to_json(leg.vector),
        "k": k,
        "num_candidates": min(k * _VISITED_PER_HIT, _MAX_VISITED),
        "rescore_vector": {"oversample": _RESCORED_PER_HIT},
        "filter": [{"bool": filters}],
    }
    # As a query: the top-level `knn` section runs in a separate phase, which takes longer.
    return {**_best_by_score(leg.k), "query": {"knn": knn}}


def field_scores_body(query: LexicalQuery, product_ids: Sequence[str], recipe: IndexRecipe) -> Body:
    """Return the body that scores each field of these products by name."""
    fields = [
        {"bool": {"should": terms, "_name": field}} for field, terms in scored_terms(query, recipe).items()
    ]
    return {
        **_IDS_ONLY,
        "size": len(product_ids),
        "query": {"bool": {"filter": [_ids_clause(product_ids)], "should": fields}},
    }


def products_body(product_ids: Sequence[str]) -> Body:
    """Return the body that fetches these products, in no order, without those off sale."""
    query = filter_clauses(Filters())
    query["filter"].append(_ids_clause(product_ids))
    return _page_body({"bool": query}, ["_doc"], 0, len(product_ids))


def main_types_body(product_ids: Sequence[str]) -> Body:
    """Return the body that reads the main types of these products only."""
    return {
        **_IDS_ONLY,
        "docvalue_fields": ["product_id", "main_type"],
        "size": len(product_ids),
        "track_total_hits": False,
        "query": {"bool": {"filter": [_ids_clause(product_ids)]}},
    }


def ids_body(product_ids: Sequence[str], filters: Filters) -> Body:
    """Return the body that reads the ids of those of these products that pass the filters."""
    query = filter_clauses(filters)
    query["filter"].append(_ids_clause(product_ids))
    return {**_IDS_ONLY, "size": len(product_ids), "track_total_hits": False, "query": {"bool": query}}


def holding_body(product_ids: Sequence[str], terms: Sequence[Sequence[str]]) -> Body:
    """Return the body that tells by number of which lists of terms each of these products has one."""
    named = [
        {"terms": {"filter.fact": list(wanted), "_name": str(number)}} for number, wanted in enumerate(terms)
    ]
    query = {"bool": {"filter": [_ids_clause(product_ids)], "should": named, "minimum_should_match": 1}}
    return {**_IDS_ONLY, "size": len(product_ids), "track_total_hits": False, "query": query}


def title_vectors_body(product_ids: Sequence[str]) -> Body:
    """Return the body that reads the title vectors of these products, without those off sale."""
    # `_source` holds no vectors; they can be read as doc values since 8.17.
    return {**ids_body(product_ids, Filters()), "docvalue_fields": ["product_id", "title_vector"]}


def page_bodies(candidate_set: CandidateSet, page: Page, recipe: IndexRecipe) -> list[Body]:
    """Return the bodies whose hits, concatenated, are the page."""
    if not page.size:
        return []
    if page.sort != "relevance":
        order = [*(["_score"] if page.demoted else []), _ORDERS[page.sort], _BY_ROW]
        return [_page_body(_sorted_query(candidate_set, page), order, page.offset, page.size)]
    end = page.offset + page.size
    bodies = []
    shown_ids = candidate_set.candidates[page.offset : end]
    if shown_ids:
        bodies.append(_page_body({"bool": {"filter": [_ids_clause(shown_ids)]}}, ["_doc"], 0, len(shown_ids)))
    rest = end - len(candidate_set.candidates)
    if rest > 0 and (candidate_set.match_all or _match_clauses(candidate_set)):
        offset = max(0, page.offset - len(candidate_set.candidates))
        bodies.append(
            _page_body(_rest_query(candidate_set, recipe), ["_score", _BY_ROW], offset, min(rest, page.size))
        )
    return bodies


def count_body(candidate_set: CandidateSet, aggregations: Body) -> Body:
    """Return the body that counts a candidate set and facets over it."""
    body: Body = {"size": 0, "track_total_hits": True, "query": candidate_set_query(candidate_set)}
    return {**body, "aggs": aggregations} if aggregations else body


def candidate_set_query(candidate_set: CandidateSet) -> Body:
    """Return the query that matches a candidate set, without scores."""
    query = filter_clauses(candidate_set.filters)
    if not candidate_set.match_all:
        alternatives = _match_clauses(candidate_set)
        if candidate_set.candidates:
            alternatives.append(_ids_clause(candidate_set.candidates))
        query["filter"].append(_any_of(alternatives))
    return {"bool": query}


def _sorted_query(candidate_set: CandidateSet, page: Page) -> Body:
    """Return the query that matches a candidate set, scored by how many demoting conditions are passed."""
    query = candidate_set_query(candidate_set)
    if page.demoted:
        query["bool"]["should"] = [
            {"constant_score": {"filter": _fact_clause(condition)}} for condition in page.demoted
        ]
        query["bool"]["minimum_should_match"] = 0
        # Without any clause that must match, Lucene wants one of those that should.
        query["bool"]["filter"].append({"match_all": {}})
    return query


def _match_clauses(candidate_set: CandidateSet) -> list[Body]:
    """Return the alternative clauses of what matches besides the candidates."""
    if candidate_set.types is not None:
        return [_type_clause(candidate_set.types)]
    return strict_clauses(candidate_set.strict_query)


def scored_terms(query: LexicalQuery, recipe: IndexRecipe) -> dict[str, list[Body]]:
    """Return the terms of each field that can score; BM25 scores are added over all of them."""
    scored = {}
    for field, weight in query.weights.items():
        terms = field_terms(query, field)
        if terms and weight:
            # Elasticsearch still multiplies BM25 by k1 + 1, which Lucene dropped in version 8; coverage is
            # defined with the factor.
            boost = weight / ((0 if field == COVERAGE_FIELD else recipe.k1) + 1)
            scored[field] = [
                {"term": {field: {"value": term, "boost": boost * query.term_weights.get(term, 1.0)}}}
                for term in terms
            ]
    return scored


def _scored_clauses(query: LexicalQuery, recipe: IndexRecipe) -> list[Body]:
    """Return the clauses whose scores add up to a product's score, that of its best variant."""
    # One flat list of terms lets Lucene skip whole blocks of low-scoring documents: a clause for each
    # field takes half as long again.
    variants = [
        [term for terms in scored_terms(variant, recipe).values() for term in terms]
        for variant in query.variants
    ]
    scored = [terms for terms in variants if terms]
    if len(scored) <= 1:
        return [term for terms in scored for term in terms]
    return [{"dis_max": {"queries": [{"bool": {"should": terms}} for terms in scored]}}]


def field_terms(query: LexicalQuery, field: str) -> tuple[str, ...]:
    """Return the terms scored in a field."""
    if field == COVERAGE_FIELD:
        return query.characters
    return query.words if field.endswith(".words") else query.grams


def strict_clauses(query: LexicalQuery | None) -> list[Body]:
    """Return the alternative clauses of a strict match."""
    clauses: list[Body] = []
    for variant in query.variants if query else ():
        if variant.words:
            clauses.append({"match": {"all.words": {"query": " ".join(variant.words), "operator": "and"}}})
        if variant.required_grams:
            grams = " ".join(variant.required_grams)
            required = {"query": grams, "minimum_should_match": variant.required_count}
            clauses.append({"match": {"all.grams": required}})
    return clauses


def filter_clauses(filters: Filters) -> Body:
    """Return the parts of a bool query that filter every product found; those off sale never pass."""
    clauses: list[Body] = []
    if filters.categories:
        paths = [CATEGORY_SEPARATOR.join(path) for path in filters.categories]
        clauses.append({"terms": {"filter.category": paths}})
    if filters.brands:
        clauses.append({"terms": {"filter.brand": list(filters.brands)}})
    limits = {"gte": filters.price_from_fen, "lte": filters.price_to_fen}
    price_limits = {name: limit for name, limit in limits.items() if limit is not None}
    if price_limits:
        clauses.append({"range": {"filter.price_fen": price_limits}})
    if filters.in_stock is not None:
        clauses.append({"term": {"filter.in_stock": filters.in_stock}})
    for name, values in filters.attributes:
        clauses.append({"terms": {"filter.attributes": [attribute_pair(name, value) for value in values]}})
    clauses += map(_contains_clause, filters.contains)
    if filters.types is not None:
        clauses.append(_type_clause(filters.types))
    clauses += map(_fact_clause, filters.facts)
    # Excluded rather than included: a filter that nearly all products pass makes BM25 twice as slow.
    return {
        "filter": clauses,
        "must_not": [{"term": {"filter.off": True}}, *map(_contains_clause, filters.excludes)],
    }


def _fact_clause(condition: FactCondition) -> Body:
    """Return the clause for the products that do not contradict a fact."""
    holding: Body = {"terms": {"filter.fact": list(condition.holding)}}
    if condition.must_hold:
        return holding
    silent = {"bool": {"must_not": {"terms": {"filter.fact": list(condition.stating)}}}}
    return _any_of([holding, silent])


def _type_clause(condition: TypeCondition) -> Body:
    """Return the clause for the products of the types of a condition."""
    learned: Body = {"terms": {"filter.type": list(condition.names)}}
    others: list[Body] = [_contains_clause(text) for text in condition.other_texts]
    if others:
        learned = {"bool": {"filter": [learned], "must_not": others}}
    of_type = [learned, *map(_contains_clause, condition.texts)]
    if condition.other_ids:
        of_type = [{"bool": {"filter": [_any_of(of_type)], "must_not": [_ids_clause(condition.other_ids)]}}]
    if condition.ids:
        of_type.append(_ids_clause(condition.ids))
    return of_type[0] if len(of_type) == 1 else _any_of(of_type)


def _contains_clause(text: str) -> Body:
    terms = " ".join(dict.fromkeys(containment_terms(text)))
    return {"match": {"all.grams": {"query": terms, "operator": "and"}}}


def _rest_query(candidate_set: CandidateSet, recipe: IndexRecipe) -> Body:
    """Return the query for the strict matches that are not candidates, scored by BM25."""
    query = filter_clauses(candidate_set.filters)
    if not candidate_set.match_all:
        query["filter"].append(_any_of(_match_clauses(candidate_set)))
    if candidate_set.candidates:
        query["must_not"].append(_ids_clause(candidate_set.candidates))
    if candidate_set.query is not None:
        query["should"] = _scored_clauses(candidate_set.query, recipe)
        query["minimum_should_match"] = 0
    return {"bool": query}


def _page_body(query: Body, order: list[Any], offset: int, size: int) -> Body:
    return {
        "query": query,
        "sort": order,
        "from": offset,
        "size": size,
        "_source": True,
        "track_total_hits": False,
    }


def _best_by_score(k: int) -> Body:
    return {**_IDS_ONLY, "size": k, "sort": ["_score", _BY_ROW], "track_total_hits": False}


def _ids_clause(product_ids: Sequence[str]) -> Body:
    return {"terms": {"product_id": list(product_ids)}}


def _any_of(clauses: list[Body]) -> Body:
    if not clauses:
        return {"match_none": {}}
    return {"bool": {"should": clauses, "minimum_should_match": 1}}
