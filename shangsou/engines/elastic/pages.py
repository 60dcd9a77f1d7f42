"""The bodies whose hits are a page of a candidate set."""

from collections.abc import Mapping, Sequence
from typing import Any

from shangsou.engines.elastic.bodies import BY_ID, COLLAPSE, IN_STOCK_FIRST, SCORED_BY_WORDS, Body, any_of
from shangsou.engines.elastic.conditions import Conditions
from shangsou.engines.elastic.legs import scored_clauses
from shangsou.engines.elastic.offer_pages import is_by_offers, offer_page_bodies
from shangsou.engines.elastic.ratings import scored_by_rating
from shangsou.engines.query import CandidateSet, Page, Sort
from shangsou.engines.recipe import IndexRecipe

_ORDERS: Mapping[Sort, Body] = {
    "price_asc": {"filter.price_fen": {"order": "asc", "missing": "_last"}},
    "price_desc": {"filter.price_fen": {"order": "desc", "missing": "_last"}},
    "sales": {"sort.sales": {"order": "desc", "missing": "_last"}},
    "newest": {"sort.created_at_us": {"order": "desc", "missing": "_last"}},
}


def page_bodies(
    candidate_set: CandidateSet,
    page: Page,
    recipe: IndexRecipe,
    conditions: Conditions,
    groups: Mapping[str, str],
) -> list[Body]:
    """Return the bodies whose hits, concatenated, are the page; by offers, those that are to be merged.

    Parameters
    ----------
    candidate_set, page
        What is asked for.
    recipe, conditions
        Of the generation.
    groups
        Those of the candidates and the unranked, by product id.
    """
    if not page.size:
        return []
    collapse = COLLAPSE if candidate_set.collapse and conditions.layout.has_variants else {}
    if page.sort != "relevance":
        sorted_bodies = _sorted_bodies(candidate_set, page, conditions, groups)
        return [body | collapse for body in sorted_bodies]
    end = page.offset + page.size
    bodies = []
    shown_ids = candidate_set.candidates[page.offset : end]
    if shown_ids:
        shown = {"bool": {"filter": [Conditions().ids(shown_ids)]}}
        bodies.append(_page_body(shown, ["_doc"], 0, len(shown_ids)))
    rest = end - len(candidate_set.candidates)
    if rest > 0 and (rest_query := _rest_query(candidate_set, recipe, conditions, groups)) is not None:
        offset = max(0, page.offset - len(candidate_set.candidates))
        order = _rest_order(candidate_set, page, collapse=bool(collapse))
        rest_body = _page_body(rest_query, order, offset, min(rest, page.size)) | collapse
        bodies.append(rest_body | SCORED_BY_WORDS if candidate_set.query else rest_body)
    return bodies


def _sorted_bodies(
    candidate_set: CandidateSet, page: Page, conditions: Conditions, groups: Mapping[str, str]
) -> list[Body]:
    """Return the bodies of a page that is not by relevance.

    Within a group Elasticsearch keeps what comes first in the order of the search, as is wanted.
    """
    query = conditions.members(candidate_set, groups)
    passed = [conditions.fact(condition) for condition in page.demoted]
    if page.sort == "rating":
        mean = conditions.layout.mean_rating
        query = scored_by_rating(query, mean, passed, sold_out_last=page.sold_out_last)
        return [_page_body(query, ["_score", BY_ID], page.offset, page.size)]
    order: list[Any] = []
    if passed:
        # Scored by how many of the conditions are passed.
        query["bool"]["should"] = [{"constant_score": {"filter": clause}} for clause in passed]
        query["bool"]["minimum_should_match"] = 0
        # Without any clause that must match, Lucene wants one of those that should.
        query["bool"]["filter"].append({"match_all": {}})
        order.append("_score")
    if page.sold_out_last:
        order.append(IN_STOCK_FIRST)
    if is_by_offers(page, conditions.layout):
        return offer_page_bodies(query, order, page, conditions.now_us)
    return [_page_body(query, [*order, _ORDERS[page.sort], BY_ID], page.offset, page.size)]


def _rest_query(
    candidate_set: CandidateSet, recipe: IndexRecipe, conditions: Conditions, groups: Mapping[str, str]
) -> Body | None:
    """Return the query for what no candidate stands for, scored by BM25; None if there is nothing."""
    query = conditions.passing(candidate_set.filters)
    if not candidate_set.match_all:
        alternatives = conditions.matching(candidate_set)
        found = _beside_candidates(candidate_set, conditions)
        if found:
            alternatives.append(conditions.variants_of(found, groups))
        if not alternatives:
            return None
        query["filter"].append(any_of(alternatives))
    if candidate_set.candidates:
        query["must_not"].append(
            conditions.variants_of(candidate_set.candidates, groups)
            if candidate_set.collapse
            else conditions.ids(candidate_set.candidates)
        )
    if candidate_set.query is not None:
        query["should"] = scored_clauses(candidate_set.query, recipe)
        query["minimum_should_match"] = 0
    return {"bool": query}


def _beside_candidates(candidate_set: CandidateSet, conditions: Conditions) -> Sequence[str]:
    """Return the ids whose variants may stand behind the candidates: where each is a hit, theirs too."""
    if candidate_set.collapse or not conditions.layout.has_variants:
        return candidate_set.unranked
    return (*candidate_set.candidates, *candidate_set.unranked)


def _rest_order(candidate_set: CandidateSet, page: Page, *, collapse: bool) -> list[Any]:
    """Return the order of what stands behind the candidates.

    One order chooses the variant of a group and orders the groups. So of groups with the same score those
    in stock come first, where the embedded engine goes by their ids alone; and where nothing scores, the
    first variant stands for a group, though it be sold out. Both only unless what is sold out comes last.
    """
    if page.sold_out_last:
        return [IN_STOCK_FIRST, "_score", BY_ID]
    if collapse and candidate_set.query is not None:
        return ["_score", IN_STOCK_FIRST, BY_ID]
    return ["_score", BY_ID]


def _page_body(query: Body, order: list[Any], offset: int, size: int) -> Body:
    return {
        "query": query,
        "sort": order,
        "from": offset,
        "size": size,
        "_source": True,
        "track_total_hits": False,
    }
