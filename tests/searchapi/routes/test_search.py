"""`/v1/search`: the request that reaches the searcher, and the response."""

from collections.abc import Mapping
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from shangsou.engines.query import Filters
from shangsou.product import Product
from shangsou.search.lack import Lack
from shangsou.search.request import SearchRequest
from shangsou.search.response import RelatedHit, SearchHit
from shangsou.search.response_json import SearchJson
from tests.fixtures.responses import validated
from tests.fixtures.searchapi import StubSearcher

EVERYTHING_AS_JSON = {
    "query": "红色 连衣裙",
    "filters": {
        "category": ["女装>连衣裙", " 女装 > 半身裙 "],
        "brand": ["云上衣舍", "木棉记"],
        "price": {"gte": 19.9, "lte": 300},
        "in_stock": True,
        "attributes": {"颜色": ["红色", "蓝色"]},
    },
    "facets": ["brand", "attributes.颜色"],
    "sort": "price_asc",
    "page": 2,
    "size": 10,
    "mode": "lexical",
    "explain": True,
    "correct": False,
    "personalize": False,
    "session_id": "s1",
    "query_id": "query-1",
}
EVERYTHING_AS_PARAMETERS = [
    ("q", "红色 连衣裙"),
    ("category", "女装>连衣裙"),
    ("category", " 女装 > 半身裙 "),
    ("brand", "云上衣舍"),
    ("brand", "木棉记"),
    ("price_gte", "19.9"),
    ("price_lte", "300"),
    ("in_stock", "true"),
    ("attr.颜色", "红色"),
    ("attr.颜色", "蓝色"),
    ("facet", "brand"),
    ("facet", "attributes.颜色"),
    ("sort", "price_asc"),
    ("page", "2"),
    ("size", "10"),
    ("mode", "lexical"),
    ("explain", "1"),
    ("correct", "false"),
    ("personalize", "false"),
    ("session_id", "s1"),
    ("query_id", "query-1"),
]
EVERYTHING = SearchRequest(
    query="红色 连衣裙",
    filters=Filters(
        categories=(("女装", "连衣裙"), ("女装", "半身裙")),
        brands=("云上衣舍", "木棉记"),
        price_from_fen=1990,
        price_to_fen=30000,
        in_stock=True,
        attributes=(("颜色", ("红色", "蓝色")),),
    ),
    facets=("brand", "attributes.颜色"),
    sort="price_asc",
    page=2,
    size=10,
    mode="lexical",
    explain=True,
    correct=False,
    personalize=False,
    session_id="s1",
    query_id="query-1",
)


def last_request(searcher: StubSearcher) -> SearchRequest:
    return searcher.search_requests[-1]


def test_a_body_asks_for_every_field_in_fen_and_paths(client: FlaskClient, stub_searcher: StubSearcher):
    assert client.post("/v1/search", json=EVERYTHING_AS_JSON).status_code == 200
    assert last_request(stub_searcher) == EVERYTHING


def test_a_query_string_asks_the_same(client: FlaskClient, stub_searcher: StubSearcher):
    assert client.get("/v1/search?" + urlencode(EVERYTHING_AS_PARAMETERS)).status_code == 200
    assert last_request(stub_searcher) == EVERYTHING


@pytest.mark.parametrize("empty", ["/v1/search", "/v1/search?q="])
def test_a_search_for_nothing_browses_with_the_defaults(
    client: FlaskClient, stub_searcher: StubSearcher, empty: str
):
    assert client.get(empty).status_code == 200
    assert client.post("/v1/search", json={}).status_code == 200
    assert stub_searcher.search_requests == [SearchRequest(), SearchRequest()]


def test_fields_left_blank_in_a_form_are_no_filters(client: FlaskClient, stub_searcher: StubSearcher):
    client.get("/v1/search?q=裙&brand=&category=&price_gte=&price_lte=&in_stock=&attr.颜色=&page=&sort=")
    assert last_request(stub_searcher) == SearchRequest(query="裙")


def test_null_stands_for_a_filter_that_is_not_set(client: FlaskClient, stub_searcher: StubSearcher):
    body = {"query": "裙", "filters": {"brand": None, "price": {"gte": 5, "lte": None}}, "user_id": None}
    client.post("/v1/search", json=body)
    assert last_request(stub_searcher) == SearchRequest(query="裙", filters=Filters(price_from_fen=500))


def test_facts_that_do_not_count_have_a_parameter_each(client: FlaskClient, stub_searcher: StubSearcher):
    client.get("/v1/search?q=裙&ignore=colour:黑色&ignore=size:42码")
    assert last_request(stub_searcher).ignore == ("colour:黑色", "size:42码")


def test_facets_can_stand_in_one_parameter(client: FlaskClient, stub_searcher: StubSearcher):
    client.get("/v1/search?q=裙&facets=brand,price&facet=category")
    assert last_request(stub_searcher).facets == ("brand", "price", "category")


def test_doubled_values_are_asked_once(client: FlaskClient, stub_searcher: StubSearcher):
    client.get(
        "/v1/search?q=裙&brand=木棉记&brand=木棉记&facet=brand&facet=brand&category=女装&category=女装"
    )
    assert last_request(stub_searcher).filters == Filters(categories=(("女装",),), brands=("木棉记",))
    assert last_request(stub_searcher).facets == ("brand",)


@pytest.mark.parametrize(
    ("price", "fen"),
    [
        # 19.9 x 100 is 1989.9999999999998 in binary
        ({"gte": 19.9}, (1990, None)),
        ({"lte": 19.9}, (None, 1990)),
        # 0.29 x 100 is 28.999999999999996
        ({"gte": 0.29, "lte": 0.29}, (29, 29)),
        # between two fen a limit moves inwards
        ({"gte": 19.991, "lte": 25.009}, (2000, 2500)),
        ({"gte": 0, "lte": 1_000_000_000}, (0, 100_000_000_000)),
        # written with an exponent
        ({"gte": 1e-7}, (1, None)),
    ],
)
def test_yuan_become_exactly_as_many_fen(
    client: FlaskClient,
    stub_searcher: StubSearcher,
    price: Mapping[str, float],
    fen: tuple[int | None, int | None],
):
    client.post("/v1/search", json={"filters": {"price": price}})
    filters = last_request(stub_searcher).filters
    assert (filters.price_from_fen, filters.price_to_fen) == fen


@pytest.mark.parametrize(
    "query",
    [
        "裙" * 10_000,
        "\x00\x01\x1b[31m\u202e连衣裙\ufeff\x7f",
        "<script>alert('裙')</script>",
        'title:裙 AND (brand:* OR _exists_:price) -"红色"~2 /re[gx]/ {1 TO 5} \\',
        '{"match_all": {}}',
        "👗👠 emoji",
        "' OR 1=1 --",
    ],
    ids=["10,000 characters", "control characters", "script", "lucene", "json", "emoji", "sql"],
)
def test_any_text_is_a_query_and_reaches_the_search_as_it_is(
    client: FlaskClient, stub_searcher: StubSearcher, query: str
):
    assert client.post("/v1/search", json={"query": query}).status_code == 200
    answer = client.get("/v1/search?" + urlencode({"q": query}))
    assert [request.query for request in stub_searcher.search_requests] == [query, query]
    assert answer.json is not None
    assert answer.json["understood"]["query"] == query
    assert answer.content_type == "application/json"


def test_half_a_surrogate_pair_becomes_the_replacement_character(
    client: FlaskClient, stub_searcher: StubSearcher
):
    body = rb'{"query": "\u88d9\ud83d", "filters": {"brand": ["\udc57"]}}'
    answer = client.post("/v1/search", data=body, content_type="application/json")
    assert answer.status_code == 200
    assert last_request(stub_searcher).query == "裙�"
    assert last_request(stub_searcher).filters.brands == ("�",)


def test_a_whole_surrogate_pair_is_one_character(client: FlaskClient, stub_searcher: StubSearcher):
    client.post("/v1/search", data=rb'{"query": "\ud83d\udc57"}', content_type="application/json")
    assert last_request(stub_searcher).query == "👗"


def test_bytes_that_are_no_utf8_in_a_query_string_stay_escaped(
    client: FlaskClient, stub_searcher: StubSearcher
):
    assert client.get("/v1/search?q=%C1%AC%D2%C2").status_code == 200
    assert last_request(stub_searcher).query == "%C1%AC%D2%C2"


def test_a_byte_order_mark_before_the_body_is_skipped(client: FlaskClient, stub_searcher: StubSearcher):
    body = b'\xef\xbb\xbf{"query": "a"}'
    assert client.post("/v1/search", data=body, content_type="application/json").status_code == 200
    assert last_request(stub_searcher).query == "a"


def test_the_answer_is_as_described(client: FlaskClient):
    answer = client.post("/v1/search", json={"query": "连衣裙", "size": 2})
    validated(SearchJson, answer.json)
    assert answer.json is not None
    assert answer.json["total"] == 11
    assert [hit["product_id"] for hit in answer.json["hits"]] == ["dress-red", "dress-blue"]
    assert answer.json["facets"]["price"] == [{"value": "", "count": 2, "from": 50.0, "to": None}]


def test_chinese_is_written_as_it_is_and_without_spaces(client: FlaskClient):
    body = client.get("/v1/search?q=裙&size=1").data
    assert "连衣裙".encode() in body
    assert b'": ' not in body


def test_what_only_comes_near_stands_apart_and_counts_for_nothing(
    client: FlaskClient, stub_searcher: StubSearcher, products: list[Product]
):
    hit = SearchHit(products[2], 0.5, {})
    stub_searcher.related = (RelatedHit(hit, (Lack("product_type", "连衣裙", None),)),)
    answer = client.get("/v1/search?q=连衣裙&size=2")
    body = validated(SearchJson, answer.json)
    assert body["total"] == 11
    assert [found["product_id"] for found in body["related"]] == ["skirt"]
    assert body["related"][0]["lacks"] == [{"kind": "product_type", "asked": "连衣裙", "says": None}]


def test_the_description_says_what_a_product_that_comes_near_lacks(client: FlaskClient):
    description = client.get("/openapi.json").json
    assert description is not None
    schemas = description["components"]["schemas"]
    assert "related" in schemas["SearchJson"]["required"]
    required = {"lacks", "product_id", "product", "score", "highlight", "variants"}
    assert required == set(schemas["RelatedJson"]["required"])
    assert schemas["LackJson"]["properties"]["kind"]["description"].startswith("`product_type`; or `words`")
    assert schemas["HitJson"]["properties"]["reached_by"]["description"].startswith("The synonym")
    assert "relaxed" not in schemas["UnderstoodJson"]["properties"]
    assert "product_types" in schemas["UnderstoodJson"]["required"]
