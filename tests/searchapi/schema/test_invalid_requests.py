"""Invalid requests in one table, and their problem documents."""

import json
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from tests.fixtures.searchapi import StubSearcher

NO_JSON = [
    # nothing at all
    b"",
    # only white space
    b" \n",
    # cut off in the middle
    b'{"query": "\xe8\xbf\x9e\xe8\xa1\xa3',
    # a query that was not wrapped in anything
    "连衣裙".encode(),
    # Chinese in GB18030, as old programs write it
    '{"query": "连衣裙"}'.encode("gb18030"),
    # numbers that Python's parser would take and JSON does not have
    b'{"filters": {"price": {"gte": NaN}}}',
    b'{"filters": {"price": {"lte": Infinity}}}',
    # deeper than any parser follows
    b"[" * 100_000,
    # a raw control character inside a string
    b'{"query": "a\x00b"}',
]

WRONG_BODIES = [
    # JSON, but no object
    ([], ""),
    ("连衣裙", ""),
    (None, ""),
    # fields that nobody has heard of, at the top and below
    ({"q": "连衣裙"}, "q"),
    ({"filters": {"colour": ["红色"]}}, "filters.colour"),
    ({"filters": {"price": {"gt": 5}}}, "filters.price.gt"),
    # wrong types
    ({"query": 5}, "query"),
    ({"query": None}, "query"),
    ({"query": ["连衣裙"]}, "query"),
    ({"page": "2"}, "page"),
    ({"page": 1.5}, "page"),
    ({"page": True}, "page"),
    ({"explain": "yes"}, "explain"),
    ({"user_id": 7}, "user_id"),
    ({"facets": "brand"}, "facets"),
    ({"ignore": "colour:黑色"}, "ignore"),
    ({"ignore": [1]}, "ignore.0"),
    ({"filters": []}, "filters"),
    ({"filters": {"brand": "云上衣舍"}}, "filters.brand"),
    ({"filters": {"brand": [1]}}, "filters.brand.0"),
    ({"filters": {"price": 100}}, "filters.price"),
    ({"filters": {"price": {"gte": "100"}}}, "filters.price.gte"),
    ({"filters": {"in_stock": 1}}, "filters.in_stock"),
    ({"filters": {"attributes": {"颜色": "红色"}}}, "filters.attributes.颜色"),
    ({"filters": {"attributes": ["红色"]}}, "filters.attributes"),
    # pages that there are not
    ({"page": 0}, "page"),
    ({"page": -1}, "page"),
    ({"size": 0}, "size"),
    ({"size": 101}, "size"),
    ({"size": 10_000}, "size"),
    # 101 x 100 is more than 10,000; so is a page beyond all pages
    ({"page": 101, "size": 100}, "page"),
    ({"page": 10**30}, "page"),
    ({"page": 10**4_000}, "page"),
    # prices
    ({"filters": {"price": {"gte": -1}}}, "filters.price.gte"),
    ({"filters": {"price": {"gte": 300, "lte": 50}}}, "filters.price.lte"),
    ({"filters": {"price": {"lte": 1e12}}}, "filters.price.lte"),
    # names that are none of the possible ones
    ({"sort": "price"}, "sort"),
    ({"mode": "fuzzy"}, "mode"),
    ({"facets": ["colour"]}, "facets.0"),
    ({"facets": ["brand", "attributes."]}, "facets.1"),
    # empty values, and a category with nothing between two levels
    ({"filters": {"brand": [""]}}, "filters.brand.0"),
    ({"filters": {"category": ["女装>>连衣裙"]}}, "filters.category"),
    ({"filters": {"category": [">"]}}, "filters.category"),
    # lists without end
    ({"facets": ["brand"] * 21}, "facets"),
    ({"ignore": [f"colour:{n}" for n in range(21)]}, "ignore"),
    ({"filters": {"brand": ["云上衣舍"] * 101}}, "filters.brand"),
    ({"filters": {"attributes": {f"属性{n}": ["a"] for n in range(21)}}}, "filters.attributes"),
    # an id of 10 KB
    ({"user_id": "u" * 10_000}, "user_id"),
]

WRONG_QUERY_STRINGS = [
    # a parameter that nobody has heard of
    ([("q", "连衣裙"), ("colour", "红色")], "colour"),
    # one whose name is that of a part of the body
    ([("filters", "brand"), ("brand", "云上衣舍")], "filters"),
    # text where a number belongs
    ([("page", "two")], "page"),
    ([("page", "1.0")], "page"),
    ([("price_gte", "1e3")], "filters.price.gte"),
    ([("price_lte", "nan")], "filters.price.lte"),
    # numbers that are not possible
    ([("page", "0")], "page"),
    ([("size", "10000")], "size"),
    ([("price_gte", "-5")], "filters.price.gte"),
    ([("price_gte", "300"), ("price_lte", "50")], "filters.price.lte"),
    # neither true nor false
    ([("in_stock", "perhaps")], "filters.in_stock"),
    # twice where there can be one
    ([("page", "1"), ("page", "2")], "page"),
    # names that are none
    ([("sort", "cheap")], "sort"),
    ([("facets", "brand,colour")], "facets.1"),
    # an attribute without a name
    ([("attr.", "红色")], "filters.attributes."),
]


@pytest.mark.parametrize("body", NO_JSON, ids=lambda body: repr(body[:20]))
def test_a_body_that_is_no_json_is_a_400_that_says_so(client: FlaskClient, body: bytes):
    answer = client.post("/v1/search", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert "the body is" in answer.json["detail"]


@pytest.mark.parametrize(("body", "path"), WRONG_BODIES, ids=lambda value: repr(value)[:60])
def test_a_wrong_field_is_a_422_with_its_path(
    client: FlaskClient, stub_searcher: StubSearcher, body: object, path: str
):
    answer = client.post("/v1/search", data=json.dumps(body), content_type="application/json")
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert answer.json["errors"][0]["path"].startswith(path)
    assert stub_searcher.search_requests == []


@pytest.mark.parametrize(("parameters", "path"), WRONG_QUERY_STRINGS, ids=repr)
def test_a_wrong_query_parameter_is_a_422_with_the_path_of_its_field(
    client: FlaskClient, stub_searcher: StubSearcher, parameters: list[tuple[str, str]], path: str
):
    answer = client.get("/v1/search?" + urlencode(parameters))
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["errors"][0]["path"].startswith(path)
    assert stub_searcher.search_requests == []


def test_all_wrong_fields_are_named_at_once(client: FlaskClient):
    answer = client.post("/v1/search", json={"page": 0, "sort": "cheap", "colour": "红"})
    assert answer.json is not None
    assert {error["path"] for error in answer.json["errors"]} == {"page", "sort", "colour"}
    assert answer.json["title"] == "Unprocessable Entity"
    assert answer.json["status"] == 422


def test_thousands_of_wrong_fields_are_not_all_repeated(client: FlaskClient):
    answer = client.post("/v1/search", json={f"field{n}": n for n in range(5000)})
    assert answer.status_code == 422
    assert answer.json is not None
    assert len(answer.json["errors"]) == 50


def test_a_field_name_that_is_half_a_character_does_not_break_the_answer(client: FlaskClient):
    answer = client.post("/v1/search", data=b'{"\\ud83d": 1}', content_type="application/json")
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["errors"][0]["path"] == "�"


def test_a_body_over_one_megabyte_is_a_413(client: FlaskClient):
    body = json.dumps({"query": "裙" * 400_000}, ensure_ascii=False).encode()
    assert len(body) > 1024 * 1024
    answer = client.post("/v1/search", data=body, content_type="application/json")
    assert answer.status_code == 413
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert "1 MB" in answer.json["detail"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"pagee": 2}, "there is no such field here; there are query, filters, facets, sort, "),
        ({"filters": {"price": {"min": 1}}}, "there is no such field here; there are gte, lte"),
        ({"filters": {"colour": ["红"]}}, "there is no such field here; there are category, brand, price"),
        ({"page": "two"}, '"two": Input should be a valid integer'),
        ({"user_id": "u" * 10_240}, f'"{"u" * 40}…": String should have at most 256 characters'),
        ({"sort": {"by": "price"}}, "dict: Input should be "),
    ],
    ids=repr,
)
def test_a_wrong_field_is_reported_with_its_value_and_the_way_out(
    client: FlaskClient, body: dict[str, object], expected: str
):
    answer = client.post("/v1/search", json=body)
    assert answer.json is not None
    [wrong] = answer.json["errors"]
    assert wrong["detail"].startswith(expected)
