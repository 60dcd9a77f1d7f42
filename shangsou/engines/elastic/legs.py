"""The bodies of legs, and the clauses that score."""

from collections.abc import Sequence

from shangsou.engines.elastic.bodies import (
    BY_ID,
    COLLAPSE,
    IDS_ONLY,
    IN_STOCK_FIRST,
    SCORED_BY_WORDS,
    Body,
    any_of,
)
from shangsou.engines.elastic.conditions import Conditions
from shangsou.engines.elastic.documents import vector_to_json
from shangsou.engines.elastic.layout import CHANGED
from shangsou.engines.elastic.lookups import ids_body
from shangsou.engines.fields import COVERAGE_FIELD
from shangsou.engines.query import FilterLeg, Leg, LexicalLeg, LexicalQuery, VectorLeg
from shangsou.engines.recipe import IndexRecipe

# For each neighbour requested: the nodes of the graph visited by int8 cosines, and those of the nearest that
# are rescored in float32. On the development judgements mean nDCG@10 is .577, as embedded; 4
# and 2 lost .005 through missed neighbours, and saved 7 to 30 % of the time (docs/adr/0003).
_VISITED_PER_HIT = 9
_RESCORED_PER_HIT = 3
# Elasticsearch's limit.
_MAX_VISITED = 10_000
# A small k searches the graph just as thoroughly.
_MIN_K = 100


def leg_body(leg: Leg, recipe: IndexRecipe, conditions: Conditions) -> Body | None:
    """Return the body of a leg; None if nothing can match."""
    if isinstance(leg, FilterLeg):
        return ids_body(leg.ids, leg.filters, conditions) if leg.ids else None
    if isinstance(leg, LexicalLeg):
        return lexical_leg_body(leg, recipe, conditions)
    return vector_leg_body(leg, conditions)


def lexical_leg_body(leg: LexicalLeg, recipe: IndexRecipe, conditions: Conditions) -> Body | None:
    """Return the body of a lexical leg; None if nothing can match."""
    scored = scored_clauses(leg.query, recipe)
    if not scored:
        return None
    query = {**conditions.passing(leg.filters), "should": scored, "minimum_should_match": 1}
    if leg.strict:
        query["filter"].append(any_of(conditions.strict(leg.query)))
    if leg.ids is not None:
        query["filter"].append(conditions.ids(leg.ids))
    collapse = leg.collapse and conditions.layout.has_variants
    return {**SCORED_BY_WORDS, **_best_by_score(leg.k, collapse=collapse), "query": {"bool": query}}


def vector_leg_body(leg: VectorLeg, conditions: Conditions) -> Body:
    """Return the body of a vector leg."""
    filters = conditions.passing(leg.filters)
    if leg.ids is not None:
        # So few that Elasticsearch compares all of them instead of walking the graph.
        filters["filter"].append(conditions.ids(leg.ids))
    collapse = leg.collapse and conditions.layout.has_variants
    k, oversample = max(leg.k, _MIN_K), _RESCORED_PER_HIT
    visited = min(k * _VISITED_PER_HIT, _MAX_VISITED)
    if collapse:
        # At least 1, of no ids, too.
        k = max(leg.k, 1)
        if leg.ids is None:
            # Several for each group, all of them rescored: that is no less than without groups.
            k, oversample = min(leg.depth, visited), 1
    wanted = {
        "query_vector": vector_to_json(leg.vector),
        "k": k,
        "num_candidates": visited,
        "filter": [{"bool": filters}],
    }
    # As a query: the top-level `knn` section runs in a separate phase, which takes longer.
    query: Body = {"knn": {**wanted, "field": leg.field, "rescore_vector": {"oversample": oversample}}}
    if conditions.layout.has_changed:
        # Each product has one of the two vectors.
        query = any_of([query, {"knn": {**wanted, "field": CHANGED + leg.field}}])
    return {**_best_by_score(leg.k, collapse=collapse), "query": query}


def field_scores_body(query: LexicalQuery, product_ids: Sequence[str], recipe: IndexRecipe) -> Body:
    """Return the body that scores each field of these products by name."""
    fields = [
        {"bool": {"should": terms, "_name": field}} for field, terms in _scored_terms(query, recipe).items()
    ]
    return {
        **SCORED_BY_WORDS,
        **IDS_ONLY,
        "size": len(product_ids),
        "query": {"bool": {"filter": [Conditions().ids(product_ids)], "should": fields}},
    }


def scored_clauses(query: LexicalQuery, recipe: IndexRecipe) -> list[Body]:
    """Return the clauses whose scores add up to a product's score, that of its best alternative."""
    # One flat list of terms lets Lucene skip whole blocks of low-scoring documents: a clause for each
    # field takes half as long again.
    alternatives = [
        [term for terms in _scored_terms(alternative, recipe).values() for term in terms]
        for alternative in query.wordings
    ]
    scored = [terms for terms in alternatives if terms]
    if len(scored) <= 1:
        return [term for terms in scored for term in terms]
    return [{"dis_max": {"queries": [{"bool": {"should": terms}} for terms in scored]}}]


def _scored_terms(query: LexicalQuery, recipe: IndexRecipe) -> dict[str, list[Body]]:
    """Return the terms of each field that can score; BM25 scores are added over all of them."""
    scored = {}
    for field, weight in query.weights.items():
        terms = _field_terms(query, field)
        if terms and weight:
            # Elasticsearch still multiplies BM25 by k1 + 1, which Lucene dropped in version 8; coverage is
            # defined with the factor.
            boost = weight / ((0 if field == COVERAGE_FIELD else recipe.k1) + 1)
            scored[field] = [
                {"term": {field: {"value": term, "boost": boost * query.term_weights.get(term, 1.0)}}}
                for term in terms
            ]
    return scored


def _field_terms(query: LexicalQuery, field: str) -> tuple[str, ...]:
    """Return the terms scored in a field."""
    if field == COVERAGE_FIELD:
        return query.characters
    return query.words if field.endswith(".words") else query.grams


def _best_by_score(k: int, *, collapse: bool) -> Body:
    body = {**IDS_ONLY, "size": k, "sort": ["_score", BY_ID], "track_total_hits": False}
    if not collapse:
        return body
    # Of groups that tie ids alone decide, once they are here: `responses.leg_hits`.
    return {**body, **COLLAPSE, "sort": ["_score", IN_STOCK_FIRST, BY_ID]}
