"""Requests over variants and offers, word for word: tests/golden/elastic. No server is needed."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shangsou.engines.elastic.conditions import Conditions
from shangsou.engines.elastic.counts import count_body
from shangsou.engines.elastic.layout import Layout
from shangsou.engines.elastic.legs import lexical_leg_body, vector_leg_body
from shangsou.engines.elastic.lookups import passing_variants_body
from shangsou.engines.elastic.offer_pages import merged_ids
from shangsou.engines.elastic.pages import page_bodies
from shangsou.engines.query import (
    CandidateSet,
    Exclusion,
    FactCondition,
    Filters,
    LexicalLeg,
    LexicalQuery,
    Page,
    TypeCondition,
    VectorLeg,
)
from shangsou.engines.recipe import IndexRecipe

GOLDEN = Path(__file__).parents[2] / "golden" / "elastic"
RECIPE = IndexRecipe("by-hand", "0" * 16, 4, "float32", k1=0.6)
QUERY = LexicalQuery(("红色",), (), ("红色",), 1, {"title.words": 1.6})
UNIT = np.array([0.6, 0.8, 0, 0], np.float32)
# A generation with variants, whose brands agree within each group, and one with offers.
WITH_VARIANTS = Conditions(Layout(has_variants=True, shared_facets=("brand",)))
WITH_OFFERS = Conditions(Layout(has_offers=True), now_us=1_700_000_000_000_000)
FOUND = CandidateSet(
    Filters(price_to_fen=30_000, exclusions=(Exclusion("红"),)),
    QUERY,
    ("p1", "p2", "p3"),
    ("p4",),
    types=TypeCondition(("鞋",), other_ids=("p9",)),
)
# The second has the group of the first; of the third none is known.
GROUPS = {"p1": "group:a", "p2": "group:a", "p4": "product:p4"}


def golden(name: str) -> Any:
    return json.loads((GOLDEN / name).read_text("utf-8"))


def test_groups_are_counted_by_their_documents_and_shared_facets_without_a_look_at_variants() -> None:
    body = count_body(FOUND, ["brand", "category", "price"], WITH_VARIANTS, GROUPS)
    assert body == golden("count_groups.json")


def test_shared_facets_alone_ask_for_no_variants() -> None:
    body = count_body(CandidateSet(Filters(), match_all=True), ["brand"], WITH_VARIANTS, {})
    assert body["query"] == {
        "nested": {"path": "variants", "query": {"bool": {"filter": [], "must_not": []}}}
    }
    assert body["aggs"] == {"0": {"terms": {"field": "shared.brand", "size": 50}}}


def test_a_page_behind_the_candidates_leaves_their_groups_out() -> None:
    page = Page("relevance", 0, 10, sold_out_last=True)
    assert page_bodies(FOUND, page, RECIPE, WITH_VARIANTS, GROUPS) == golden("page_of_groups.json")


def test_without_groups_nothing_is_collapsed() -> None:
    page = Page("sales", 0, 10)
    [body] = page_bodies(FOUND, page, RECIPE, Conditions(), {})
    assert "collapse" not in body
    assert body["query"]["bool"]["filter"][-1]["bool"]["should"][-1] == {
        "terms": {"product_id": ["p1", "p2", "p3", "p4"]}
    }


def test_a_collapsed_leg_prefers_what_is_in_stock_then_the_first_id() -> None:
    body = lexical_leg_body(LexicalLeg(QUERY, Filters(), 100, collapse=True), RECIPE, WITH_VARIANTS)
    assert body is not None
    assert body["collapse"] == {"field": "group"}
    assert body["sort"] == ["_score", {"filter.in_stock": "desc"}, {"product_id": "asc"}]
    plain = lexical_leg_body(LexicalLeg(QUERY, Filters(), 100, collapse=True), RECIPE, Conditions())
    assert plain == lexical_leg_body(LexicalLeg(QUERY, Filters(), 100), RECIPE, WITH_VARIANTS)


@pytest.mark.parametrize(
    ("k", "ids", "looked_at", "oversample"),
    [(100, None, 400, 1), (5_000, None, 10_000, 1), (20, ("p1",), 20, 3), (0, (), 1, 3)],
)
def test_a_collapsed_vector_leg_looks_at_several_for_each_group(
    k: int, ids: tuple[str, ...] | None, looked_at: int, oversample: int
) -> None:
    leg = VectorLeg("title_vector", UNIT, Filters(), k, ids=ids, collapse=True)
    body = vector_leg_body(leg, WITH_VARIANTS)
    assert (body["query"]["knn"]["k"], body["size"]) == (looked_at, k)
    assert body["query"]["knn"]["rescore_vector"] == {"oversample": oversample}


def test_one_variant_of_each_group_is_read() -> None:
    body = passing_variants_body(["group:a", "product:p4"], Filters(), WITH_VARIANTS)
    assert body["query"]["bool"]["filter"] == [{"terms": {"group": ["group:a", "product:p4"]}}]
    assert (body["collapse"], body["size"]) == ({"field": "group"}, 2)
    assert body["sort"] == [{"filter.in_stock": "desc"}, {"product_id": "asc"}]


def test_a_page_by_price_goes_by_the_prices_in_force() -> None:
    asked = CandidateSet(Filters(price_from_fen=9_900), match_all=True)
    page = Page("price_asc", 0, 10, (FactCondition(("red",), must_hold=True),), sold_out_last=True)
    assert page_bodies(asked, page, RECIPE, WITH_OFFERS, {}) == golden("page_by_price.json")


def test_prices_that_hold_and_list_prices_are_merged_into_one_order() -> None:
    def response(*hits: tuple[int, int, str, str]) -> Any:
        return {
            "hits": {
                "hits": [
                    {"fields": {"product_id": [one], "group": [group]}, "sort": [in_stock, price, one]}
                    for in_stock, price, one, group in hits
                ]
            }
        }

    found = [
        response((1, 100, "c", "x"), (1, 300, "a", "y"), (0, 100, "b", "z")),
        response((1, 100, "d", "y"), (1, 2**63 - 1, "e", "v")),
    ]
    page = Page("price_asc", 0, 10, sold_out_last=True)
    assert merged_ids(found, page, collapse=False) == ["c", "d", "a", "e", "b"]
    # The first of a group stands for it, whichever response it is in.
    assert merged_ids(found, page, collapse=True) == ["c", "d", "e", "b"]
    assert merged_ids(found, replace(page, offset=1, size=2), collapse=True) == ["d", "e"]


def test_ratings_are_drawn_to_the_mean_of_the_moment() -> None:
    conditions = Conditions(Layout(mean_rating=4.25))
    page = Page("rating", 0, 10, (FactCondition(("red",), must_hold=True),), sold_out_last=True)
    [body] = page_bodies(CandidateSet(Filters(), match_all=True), page, RECIPE, conditions, {})
    assert body["sort"] == ["_score", {"product_id": "asc"}]
    assert body["query"]["function_score"]["functions"] == [
        {"filter": {"terms": {"filter.fact": ["red"]}}, "weight": 16},
        {"filter": {"term": {"filter.in_stock": True}}, "weight": 8},
        {"filter": {"exists": {"field": "sort.rating.part"}}, "weight": 1},
        {"field_value_factor": {"field": "sort.rating.part", "factor": 1.0, "missing": 0}},
        {"field_value_factor": {"field": "sort.rating.mean_share", "factor": 4.25, "missing": 0}},
    ]


def test_a_facet_of_prices_goes_by_the_prices_in_force() -> None:
    body = count_body(CandidateSet(Filters(), match_all=True), ["price"], WITH_OFFERS, {})
    ranges = body["aggs"]["0"]["filters"]["filters"]
    assert ranges[1] == WITH_OFFERS.price({"gte": 2_000, "lt": 5_000})
    assert ranges[-1] == WITH_OFFERS.price({"gte": 1_000_000})
