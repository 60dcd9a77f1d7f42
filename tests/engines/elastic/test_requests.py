"""Requests to Elasticsearch, word for word: tests/golden/elastic. No server is needed."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shangsou.engines.elastic.conditions import Conditions
from shangsou.engines.elastic.documents import (
    bulk_lines,
    deletion_lines,
    document_source,
    with_learned,
)
from shangsou.engines.elastic.engine import ElasticEngine
from shangsou.engines.elastic.index_reader import IndexReader
from shangsou.engines.elastic.layout import PLAIN, IndexState, Layout
from shangsou.engines.elastic.legs import field_scores_body, lexical_leg_body, vector_leg_body
from shangsou.engines.elastic.lookups import holding_body, ids_body, main_types_body
from shangsou.engines.elastic.pages import page_bodies
from shangsou.engines.engine import Generation
from shangsou.engines.listing import duplicate_key
from shangsou.engines.query import (
    CandidateSet,
    FacetRequest,
    FactCondition,
    Filters,
    LexicalLeg,
    LexicalQuery,
    Page,
    TypeCondition,
    VectorLeg,
)
from shangsou.engines.recipe import IndexRecipe
from shangsou.product import Product
from shangsou.text.segmenter import PACKAGED
from tests.fixtures.elastic import access_through

GOLDEN = Path(__file__).parents[2] / "golden" / "elastic"
RECIPE = IndexRecipe("by-hand", "0" * 16, 4, "float32", k1=0.6)
# Boosts are weights over k1 + 1: 3.2 / 1.6 and .8 / 1.6.
QUERY = LexicalQuery(
    words=("红色", "连衣裙"),
    grams=("红", "色", "红色"),
    required_grams=("红色", "连衣", "衣裙"),
    required_count=2,
    weights={"title.words": 3.2, "title.grams": 0.8, "brand.words": 0.0},
)
UNIT = np.array([0.6, 0.8, 0, 0], np.float32)
ALL = Conditions()


def golden(name: str) -> Any:
    return json.loads((GOLDEN / name).read_text("utf-8"))


def test_a_lexical_leg_with_every_filter() -> None:
    filters = Filters(
        categories=(("女装", "连衣裙"), ("童装",)),
        brands=("云上衣舍",),
        price_from_fen=5000,
        price_to_fen=30000,
        in_stock=True,
        attributes=(("颜色", ("红色", "蓝色")), ("材质", ("棉",))),
    )
    assert lexical_leg_body(LexicalLeg(QUERY, filters, 100), RECIPE, ALL) == golden("lexical_leg.json")


def test_a_term_that_weighs_more_has_a_larger_boost() -> None:
    body = lexical_leg_body(
        LexicalLeg(replace(QUERY, term_weights={"红色": 1.5}), Filters(), 100), RECIPE, ALL
    )
    assert body is not None
    boosts = {
        (field, clause["value"]): clause["boost"]
        for term in body["query"]["bool"]["should"]
        for field, clause in term["term"].items()
    }
    # 3.2 / 1.6 and .8 / 1.6, times 1.5 for 红色 as a word and as two characters.
    assert boosts == {
        ("title.words", "红色"): 3.0,
        ("title.words", "连衣裙"): 2.0,
        ("title.grams", "红"): 0.5,
        ("title.grams", "色"): 0.5,
        ("title.grams", "红色"): 0.75,
    }


@pytest.mark.parametrize(
    ("k", "visited"),
    [(100, 900), (1_111, 9_999), (1_112, 10_000), (10_000, 10_000)],
)
def test_a_vector_leg_never_visits_more_than_elasticsearch_allows(k: int, visited: int) -> None:
    body = vector_leg_body(VectorLeg("title_vector", UNIT, Filters(), k), ALL)
    assert body["query"]["knn"]["num_candidates"] == visited


def test_a_vector_leg() -> None:
    filters = Filters(price_to_fen=30000)
    assert vector_leg_body(VectorLeg("title_vector", UNIT, filters, 100), ALL) == golden("vector_leg.json")


def test_a_small_vector_leg_searches_as_widely_but_asks_for_fewer_hits() -> None:
    wide = vector_leg_body(VectorLeg("title_vector", UNIT, Filters(), 100), ALL)
    narrow = vector_leg_body(VectorLeg("title_vector", UNIT, Filters(), 3), ALL)
    assert narrow == {**wide, "size": 3}


def test_vectors_of_changed_products_are_looked_at_besides_where_there_are_any() -> None:
    leg = VectorLeg("title_vector", UNIT, Filters(price_to_fen=30_000), 100)
    [graph, changed] = vector_leg_body(leg, Conditions(Layout(has_changed=True)))["query"]["bool"]["should"]
    assert graph == vector_leg_body(leg, ALL)["query"]
    # Not quantized: there is nothing to compare again.
    without_rescoring = {name: value for name, value in graph["knn"].items() if name != "rescore_vector"}
    assert changed == {"knn": {**without_rescoring, "field": "changed.title_vector"}}


TYPES = TypeCondition(
    ("连衣裙", "半身裙"), ids=("p1",), other_ids=("p2", "p3"), texts=("裙裤",), other_texts=("裙撑",)
)


def test_a_strict_leg_within_types_and_ids() -> None:
    leg = LexicalLeg(QUERY, Filters(types=TYPES), 100, strict=True, ids=("p1", "p4"))
    assert lexical_leg_body(leg, RECIPE, ALL) == golden("typed_leg.json")


def test_a_vector_leg_within_ids_asks_for_them_in_its_filter() -> None:
    everything = vector_leg_body(VectorLeg("title_vector", UNIT, Filters(), 100), ALL)
    some = vector_leg_body(VectorLeg("title_vector", UNIT, Filters(), 100, ids=("p1", "p4")), ALL)
    everything["query"]["knn"]["filter"][0]["bool"]["filter"].append({"terms": {"product_id": ["p1", "p4"]}})
    assert some == everything


@pytest.mark.parametrize(
    ("condition", "clause"),
    [
        (TypeCondition(("伞", "帽")), {"terms": {"filter.type": ["伞", "帽"]}}),
        (
            TypeCondition(("伞",), other_texts=("伞套",)),
            {
                "bool": {
                    "filter": [{"terms": {"filter.type": ["伞"]}}],
                    "must_not": [{"match": {"all.grams": {"query": "伞套", "operator": "and"}}}],
                }
            },
        ),
        (
            TypeCondition(("伞",), other_ids=("p2",)),
            {
                "bool": {
                    "filter": [
                        {
                            "bool": {
                                "should": [{"terms": {"filter.type": ["伞"]}}],
                                "minimum_should_match": 1,
                            }
                        }
                    ],
                    "must_not": [{"terms": {"product_id": ["p2"]}}],
                }
            },
        ),
    ],
    ids=["names", "texts of other types", "products of other types"],
)
def test_a_condition_has_only_the_clauses_that_it_needs(
    condition: TypeCondition, clause: dict[str, Any]
) -> None:
    body = ids_body(["p1", "p2"], Filters(types=condition), ALL)
    assert body["query"]["bool"]["filter"] == [clause, {"terms": {"product_id": ["p1", "p2"]}}]


def test_a_fact_clause_lets_pass_what_holds_it_or_is_silent() -> None:
    facts = (
        FactCondition(("red", "wine"), ("coloured",)),
        FactCondition(("42",), ("sized", "aged"), must_hold=True),
    )
    filters = Filters(types=TypeCondition(("鞋",)), facts=facts)
    assert ids_body(["p1", "p2"], filters, ALL) == golden("facts.json")


def test_holders_are_named_by_the_number_of_their_terms() -> None:
    assert holding_body(["p2", "p1"], [("red", "wine"), (), ("42",)]) == golden("holding.json")


def test_main_types_are_read_from_what_is_stored_in_columns() -> None:
    body = main_types_body(["p1", "p2"])
    assert body["docvalue_fields"] == ["product_id", "main_type"]
    assert body["query"] == {"bool": {"filter": [{"terms": {"product_id": ["p1", "p2"]}}]}}
    assert (body["_source"], body["size"]) == (False, 2)


def test_a_page_of_types_beyond_the_candidates() -> None:
    found = CandidateSet(Filters(in_stock=True), QUERY, ("p3",), types=TypeCondition(("连衣裙",)))
    bodies = page_bodies(found, Page("relevance", 0, 10), RECIPE, ALL, {})
    assert bodies == golden("typed_page.json")


def test_the_parts_of_a_score_are_named_by_field() -> None:
    body = field_scores_body(QUERY, ["p2", "p1"], RECIPE)
    assert body["size"] == 2
    assert body["query"]["bool"]["filter"] == [{"terms": {"product_id": ["p2", "p1"]}}]
    assert [clause["bool"]["_name"] for clause in body["query"]["bool"]["should"]] == [
        "title.words",
        "title.grams",
    ]


def test_one_round_trip_for_total_facets_and_a_page_that_begins_with_a_candidate() -> None:
    asked: list[Any] = []

    class Recorder:
        def msearch(self, *, index: str, searches: list[Any], **options: object) -> Any:
            asked.extend([index, searches])
            raise StopIteration

    found = CandidateSet(Filters(brands=("云上衣舍",)), QUERY, ("p3", "p1"))
    without_brand = CandidateSet(Filters(), QUERY, ("p2",))
    engine = ElasticEngine(
        IndexReader(access_through(Recorder()), "shop-1"),
        Generation("gen-1", "", 0, RECIPE, ""),
        IndexState(0, PLAIN),
    )
    with pytest.raises(StopIteration):
        engine.fetch_page(
            found,
            Page("relevance", 1, 10),
            [
                FacetRequest("category", found),
                FacetRequest("brand", without_brand),
                FacetRequest("attributes.尺.码", found),
            ],
        )
    assert asked[0] == "shop-1"
    assert asked[1][0::2] == [{"allow_partial_search_results": False}] * 4
    assert asked[1][1::2] == golden("collect.json")


class Vectors:
    """A client whose every product has `UNIT` as its title's vector; notes which were asked for."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def msearch(self, *, index: str, searches: list[Any], **options: object) -> Any:
        [ids] = [
            one["terms"]["product_id"] for one in searches[1]["query"]["bool"]["filter"] if "terms" in one
        ]
        self.asked.append(ids)
        hits = [
            {"fields": {"product_id": [one], "title_vector": UNIT.tolist()}} for one in ids if one != "gone"
        ]
        return {"responses": [{"status": 200, "hits": {"hits": hits}}]}


def _engine_of(client: Vectors) -> ElasticEngine:
    generation = Generation("gen-1", "", 0, RECIPE, "")
    reader = IndexReader(access_through(client), "shop-1")
    return ElasticEngine(reader, generation, IndexState(0, PLAIN))


def test_title_vectors_that_a_query_was_compared_with_are_not_asked_for_again() -> None:
    client = Vectors()
    engine = _engine_of(client)
    assert engine.cosines(UNIT, ["p1", "gone"]).tolist() == pytest.approx([1, np.nan], nan_ok=True)
    assert engine.cosines(-UNIT, ["p2", "gone", "p1"]).tolist() == pytest.approx(
        [-1, np.nan, -1], nan_ok=True
    )
    assert client.asked == [["p1", "gone"], ["p2"]]


def test_no_more_title_vectors_are_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shangsou.engines.elastic.engine._VECTOR_CACHE_SIZE", 2)
    client = Vectors()
    engine = _engine_of(client)
    for wanted in (["p1", "p2"], ["p3"], ["p3", "p1"], ["p1", "p3"]):
        assert engine.cosines(UNIT, wanted).tolist() == pytest.approx([1] * len(wanted))
    # The third product began anew; the fourth call is answered from what is kept.
    assert client.asked == [["p1", "p2"], ["p3"], ["p1"]]


def test_a_document() -> None:
    product = Product(
        "p1",
        "red dress",
        brand="Ava",
        category=("women", "dresses"),
        price_fen=19900,
        stock=0,
        sales=5,
        attributes={"colour": ("red", "wine")},
        tags=("new",),
        created_at=datetime(1970, 1, 1, 0, 0, 1, 5, tzinfo=UTC),
    )
    source = document_source(product, UNIT, None, PACKAGED)
    assert source == {
        "product_id": "p1",
        "title": {"words": "red dress", "grams": "r e d d r e s s re ed dr re es ss"},
        "brand": {"words": "ava", "grams": "a v a av va"},
        "category": {
            "words": "women dresses",
            "grams": "w o m e n d r e s s e s wo om me en dr re es ss se es",
        },
        "attributes": {"words": "red wine new", "grams": "r e d w i n e n e w re ed wi in ne ne ew"},
        "all": {
            "words": "red dress ava women dresses wine new",
            # Every character once; then those of the first two of the title's eight, of four, and of six.
            "characters": "r e d s a v w o m n i r e r e d r e d",
            "grams": "r e d s re ed dr es ss a v av va w o m n wo om me en se i wi in ne ew",
        },
        "title_vector": UNIT,
        "group": "product:p1",
        "duplicate": duplicate_key(product),
        "filter": {
            "in_stock": False,
            "category": ["women", "women>dresses"],
            "brand": "Ava",
            "attributes": ["colour\x1fred", "colour\x1fwine"],
            "price_fen": 19900,
        },
        "sort": {"sales": 5, "created_at_us": 1_000_005},
        "product": {
            "product_id": "p1",
            "title": "red dress",
            "brand": "Ava",
            "category": "women>dresses",
            "price": 199.0,
            "price_fen": 19900,
            "stock": 0,
            "status": "on",
            "attributes": {"colour": ["red", "wine"]},
            "tags": ["new"],
            "sales": 5,
            "created_at": "1970-01-01T00:00:01.000005+00:00",
        },
    }


def test_types_and_facts_go_into_a_document_with_the_main_type_apart() -> None:
    source = document_source(Product("p1", "red dress"), UNIT, None, PACKAGED)
    learned = with_learned(source, ("dress", "skirt"), ("red", "coloured"))
    assert learned["main_type"] == "dress"
    assert learned["filter"] == {**source["filter"], "type": ["dress", "skirt"], "fact": ["red", "coloured"]}
    assert {name: learned[name] for name in source if name != "filter"} == {
        name: value for name, value in source.items() if name != "filter"
    }


def test_a_document_without_types_or_facts_has_no_fields_for_them() -> None:
    source = document_source(Product("p1", "red dress"), UNIT, None, PACKAGED)
    assert with_learned(source, (), ()) == source
    only_facts = with_learned(source, (), ("red",))
    assert only_facts == {**source, "filter": {**source["filter"], "fact": ["red"]}}
    only_types = with_learned(source, ("dress",), ())
    assert only_types["filter"] == {**source["filter"], "type": ["dress"]}


def test_a_document_leaves_out_what_the_product_lacks() -> None:
    source = document_source(Product("p1", "🎁", status="off"), UNIT, None, PACKAGED)
    assert source["all"] == {"words": "🎁", "characters": "🎁 🎁 🎁 🎁", "grams": "🎁"}
    assert source["filter"] == {"off": True, "in_stock": True, "category": [], "attributes": []}
    assert source["sort"] == {"sales": 0}
    assert "description_vector" not in source
    assert "group" not in source
    assert "title_vector" not in document_source(Product("p1", "🎁"), None, None, PACKAGED)


def test_the_lines_of_a_document_hold_its_vectors_in_seven_decimals() -> None:
    source = document_source(Product("p1", "🎁"), UNIT, np.array([-0.12345678, 1, 0, 0]), PACKAGED)
    address, line = map(json.loads, bulk_lines("p1", source))
    assert address == {"index": {"_id": "p1"}}
    assert (line["title_vector"], line["description_vector"]) == ([0.6, 0.8, 0, 0], [-0.1234568, 1, 0, 0])
    assert line["product"] == {"product_id": "p1", "title": "🎁", "status": "on", "sales": 0}


def test_a_document_of_a_version_stays_where_there_is_a_later_one() -> None:
    versioned = {"_id": "p1", "version": 8, "version_type": "external_gte"}
    assert json.loads(bulk_lines("p1", {}, 8)[0]) == {"index": versioned}
    assert [json.loads(line) for line in deletion_lines("p1", 8)] == [{"delete": versioned}]


def test_a_rating_is_split_into_its_own_part_and_the_share_of_the_mean() -> None:
    # Ten reviews weigh as much as the mean of all products.
    source = document_source(Product("p1", "hat", rating=4.5, reviews=30), UNIT, None, PACKAGED)
    assert source["sort"]["rating"] == {"sum": 135.0, "reviews": 30, "part": 3.375, "mean_share": 0.25}
