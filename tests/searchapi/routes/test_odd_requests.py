"""Odd requests: nothing is answered with 500, and one odd event costs no other."""

import json
from urllib.parse import quote_from_bytes

import pytest
from flask.testing import FlaskClient

from tests.fixtures.searchapi import wait_until
from tests.searchapi.routes.test_events import SESSION, click, kept

DEEP = "[" * 980 + "]" * 980
DEEP_OBJECT = '{"a":' * 980 + "1" + "}" * 980
# As JSON texts: no client's library would write most of them.
ODD_VALUES = [
    '"1e999990"', '"1e999999"', "1e999", "-1e999", "9" * 60, "-" + "9" * 5_000, '"0001-01-01"',
    '"0001-01-01T00:00:00+14:00"', '"9999-12-31T23:59:59-14:00"', "253402300800", DEEP, DEEP_OBJECT, "null",
    "true", "[]", "{}", "[[1], {}]", '""', '"\\u0000"', '"\\ud83d"', '"٣"', f'"{"长" * 20_000}"',
]  # fmt: skip
ODD_TEXTS = [
    b"1e999999", b"9" * 5_000, b"-1", b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"..", b"../../etc", b"/", b"%",
    b"[", b"'", "٣".encode(), "长".encode() * 3_000, "99999999999999999999元以下".encode(),
    "100-99999999999999999元".encode(), ("9" * 250 + "元以下").encode(), "不要".encode() * 100, b"\r\n",
]  # fmt: skip
EVENT_FIELDS = ["event_id", "timestamp", "action_name", "user_id", "session_id", "query_id", "user_query",
                "product_id", "position", "price", "quantity", "order_id", "results", "event_attributes",
                "message_type", "own"]  # fmt: skip
SEARCH_FIELDS = ["query", "filters", "facets", "sort", "page", "size", "mode", "explain", "correct",
                 "personalize", "user_id", "session_id", "query_id", "own"]  # fmt: skip
GBK = "连衣裙".encode("gbk").decode("latin-1")
FILTERS = ["category", "brand", "price", "in_stock", "contains", "excludes", "attributes"]
PARAMETERS = ["q", "facet", "sort", "page", "size", "mode", "explain", "user_id", "session_id", "own",
              "price_gte", "brand", "category", "attr.颜色", "product_id", "judge", "position"]  # fmt: skip


def body(plain: dict[str, object], field: str, value: str) -> str:
    """Return a JSON object in which a field has a value that is given as JSON."""
    texts = {name: json.dumps(one) for name, one in plain.items()} | {field: value}
    return "{" + ", ".join(f"{json.dumps(name)}: {text}" for name, text in texts.items()) + "}"


def post(client: FlaskClient, path: str, text: str) -> tuple[int, dict[str, object]]:
    answer = client.post(path, data=text.encode(), content_type="application/json")
    return answer.status_code, answer.get_json()


@pytest.mark.parametrize("field", EVENT_FIELDS)
def test_each_event_of_a_batch_has_its_own_fate(client: FlaskClient, field: str) -> None:
    for number, value in enumerate(ODD_VALUES):
        odd = body(click(3 * number, session_id="fedcba9876543210"), field, value)
        batch = [json.dumps(click(3 * number + 1)), odd, json.dumps(click(3 * number + 2))]
        status, answer = post(client, "/v1/events", f"[{', '.join(batch)}]")
        assert status == 200, value[:60]
        assert {answer["accepted"], answer["rejected"]} in ({2, 1}, {3, 0}), value[:60]
        held = {event["event_id"] for event in kept(client)}
        assert {f"e{3 * number + 1}", f"e{3 * number + 2}"} <= held


def test_a_batch_of_a_thousand_keeps_all_but_the_odd_one(client: FlaskClient) -> None:
    texts = [json.dumps(click(number)) for number in range(500)]  # 600 of one shopper a minute are kept
    texts[250] = body(click(250), "timestamp", '"0001-01-01T00:00:00+14:00"')
    status, answer = post(client, "/v1/events", f"[{', '.join(texts)}]")
    assert (status, answer["accepted"], answer["rejected"]) == (200, 499, 1)


@pytest.mark.parametrize("field", SEARCH_FIELDS)
def test_no_field_of_a_search_answers_500(client: FlaskClient, field: str) -> None:
    for value in ODD_VALUES:
        status, _ = post(client, "/v1/search", body({}, field, value))
        assert status in (200, 400, 422), value[:60]


@pytest.mark.parametrize("name", FILTERS)
def test_no_filter_answers_500(client: FlaskClient, name: str) -> None:
    for value in ODD_VALUES:
        for text in (value, f"[{value}]", f'{{"gte": {value}}}', f'{{"颜色": [{value}]}}'):
            status, _ = post(client, "/v1/search", f'{{"filters": {{"{name}": {text}}}}}')
            assert status in (200, 400, 422), text[:60]


@pytest.mark.parametrize("parameter", PARAMETERS)
@pytest.mark.parametrize(
    "path",
    [
        "/v1/search",
        "/v1/suggest",
        "/v1/recommend/for-you",
        "/v1/judgements/book/pairs",
        "/v1/judgements/book/conflicts",
    ],
)
def test_no_query_string_answers_500(client: FlaskClient, path: str, parameter: str) -> None:
    for text in ODD_TEXTS:
        address = f"{path}?{quote_from_bytes(parameter.encode())}={quote_from_bytes(text)}"
        assert client.get(address).status_code in (200, 404, 422), address[:100]


@pytest.mark.parametrize(
    "path",
    ["/v1/products/{}", "/v1/users/{}/events", "/v1/users/{}/preferences", "/v1/sessions/{}/events",
     "/v1/recommend/{}", "/v1/recommend/similar?product_id={}", "/v1/judgements/{}/pairs?judge=a",
     "/v1/judgements/{}/conflicts?judge=a", "/products/{}", "/sample/{}.svg", "/static/{}", "/{}"],
)  # fmt: skip
def test_no_name_in_an_address_answers_500(client: FlaskClient, path: str) -> None:
    for text in ODD_TEXTS:
        address = path.format(quote_from_bytes(text, safe=""))
        assert client.get(address).status_code in (200, 308, 404, 422), address[:100]


@pytest.mark.parametrize(
    "parameter",
    [
        "q",
        "category",
        "brand",
        "price_gte",
        "price_lte",
        "in_stock",
        "attr.颜色",
        "sort",
        "correct",
        "ignore",
        "page",
    ],
)
def test_no_address_of_the_shop_page_answers_500(client: FlaskClient, parameter: str) -> None:
    for text in ODD_TEXTS:
        address = f"/?{quote_from_bytes(parameter.encode())}={quote_from_bytes(text)}"
        assert client.get(address).status_code in (200, 422), address[:100]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/users/{}",
        "/v1/sessions/{}",
        "/v1/judgements/{}/grades/last?judge=a",
        "/v1/judgements/{}/decisions/last?judge=a",
    ],
)
def test_nothing_to_be_removed_answers_500(client: FlaskClient, path: str) -> None:
    for text in ODD_TEXTS:
        address = path.format(quote_from_bytes(text, safe=""))
        assert client.delete(address).status_code in (200, 404, 422), address[:100]


@pytest.mark.parametrize(
    ("path", "field"),
    [("/v1/synonyms", "synonyms"), ("/v1/entities", "entities"), ("/v1/recommend/rules", "rules"),
     ("/v1/users/u1/preferences", "personalize"), ("/v1/judgements/book/grades", "grade"),
     ("/v1/judgements/book/grades", "seconds"), ("/v1/judgements/book/decisions", "grade")],
)  # fmt: skip
def test_nothing_to_be_kept_answers_500(client: FlaskClient, path: str, field: str) -> None:
    for value in ODD_VALUES:
        answer = client.put(path, data=body({}, field, value), content_type="application/json")
        assert answer.status_code in (200, 400, 404, 422), value[:60]


@pytest.mark.parametrize(
    ("name", "value"),
    [("Host", "localhost:99999999999999999999"), ("Origin", "http://["), ("Authorization", "\xff"),
     ("Range", "bytes=99999999999999999999-"), ("If-Modified-Since", "Fri, 31 Dec 9999 23:59:59 -1400"),
     ("X-Shangsou-Signature", "9" * 50 + ".aa"), ("Cookie", "a=" + "b" * 9_000), ("If-None-Match", '"')],
)  # fmt: skip
def test_no_header_answers_500(client: FlaskClient, name: str, value: str) -> None:
    for address in ("/v1/search?q=a&user_id=u1", "/", "/static/shop.css"):
        with client.get(address, headers={name: value}) as answer:
            assert answer.status_code < 500


def test_a_query_of_a_megabyte_is_recorded_as_far_as_it_is_searched(client: FlaskClient) -> None:
    text = json.dumps({"query": "裙" * 300_000, "session_id": SESSION}, ensure_ascii=False)
    status, _ = post(client, "/v1/search", text)
    assert status == 200
    wait_until(lambda: len(kept(client)) > 0, "the search is recorded")
    assert [event["user_query"] for event in kept(client)] == ["裙" * 256]


@pytest.mark.parametrize("path", ["/v1/search", "/", "/nothing", "/v1/suggest"])
@pytest.mark.parametrize("query", ["q=" + GBK, "pr\xecce=3", "\xff"])
def test_a_query_string_in_another_encoding_is_a_400(client: FlaskClient, path: str, query: str) -> None:
    answer = client.get(path, environ_overrides={"QUERY_STRING": query})
    assert answer.status_code == 400
    assert "not UTF-8" in answer.text
