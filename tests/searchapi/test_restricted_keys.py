"""Keys with filters: one shop of a marketplace sees its own products alone, on both engines."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from searchapi.keys import new_key, write_keys
from shangsou.product import Product
from tests.fixtures.engines import ENGINES
from tests.fixtures.hash_encoder import HashEncoder
from tests.fixtures.indexed_home import indexed_home
from tests.fixtures.searchapi import Reply, ServerProcess, running_program

NOW = datetime.now(UTC)
OWN, OTHER = "云上衣舍", "山下服饰"
# Every word, brand and colour of one shop that the other lacks is a trace of it.
PRODUCTS = [
    Product("own-1", "法式红色连衣裙", brand="云裳", category=("女装", "连衣裙"), price_fen=100, stock=5,
            sales=9, shop=OWN, group_id="g", attributes={"颜色": ("红色",)}),
    Product("own-2", "碎花连衣裙 长款", brand="云裳", category=("女装", "连衣裙"), price_fen=200, stock=5,
            sales=7, shop=OWN, attributes={"颜色": ("蓝色",)}),
    Product("own-3", "棉麻半身裙", brand="云裳", category=("女装", "半身裙"), price_fen=300, stock=5,
            sales=5, shop=OWN),
    Product("other-1", "法式绿色连衣裙", brand="山岚", category=("女装", "连衣裙"), price_fen=50, stock=5,
            sales=900, shop=OTHER, group_id="g", attributes={"颜色": ("绿色",)}),
    Product("other-2", "牛仔连衣裙 修身", brand="山岚", category=("女装", "连衣裙"), price_fen=900, stock=5,
            sales=800, shop=OTHER, attributes={"颜色": ("紫色",)}),
]  # fmt: skip
CLICK = {"action_name": "click", "session_id": "0123456789abcdef", "timestamp": NOW.isoformat()}
TRACES = re.compile("other-|山|绿|紫|牛仔|修身")


@dataclass(frozen=True)
class Shop:
    """A server, and the secrets of its keys."""

    server: ServerProcess
    secrets: dict[str, str]

    def ask(self, key: str, path: str, body: object = None) -> Reply:
        headers = {"Authorization": f"Bearer {self.secrets[key]}"} if key else {}
        return self.server.ask(path, body, headers)


@pytest.fixture(scope="module", params=ENGINES)
def shop(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, hash_encoder: HashEncoder
) -> Iterator[Shop]:
    home = tmp_path_factory.mktemp("home")
    environment = indexed_home(request, home, PRODUCTS, hash_encoder)
    keys, secrets = [], {}
    for name, roles, filters in (
        ("own", ("search",), {"shop": (OWN,)}),
        ("all", ("search",), {}),
        ("sender", ("events",), {}),
        ("red", ("search",), {"category": ("女装>连衣裙",), "attributes.颜色": ("红色",)}),
        ("nobody", ("search",), {"shop": ("一家没有的店",)}),
    ):
        key, secrets[name] = new_key(name, roles, NOW, filters=filters)  # type: ignore[arg-type]
        keys.append(key)
    write_keys(home / "keys.json", keys, NOW)
    with running_program(
        "serve", "--port", "0", home=home, module="tests.searchapi.serving.hash_server", **environment
    ) as server:
        server.wait_until_ready()
        yield Shop(server, secrets)


def found(shop: Shop, key: str, **request: object) -> tuple[int, list[str]]:
    answer = shop.ask(key, "/v1/search", {"facets": ["brand", "category", "price", "attributes"], **request})
    assert answer.status == 200
    payload = json.loads(answer.body)
    return payload["total"], [hit["product_id"] for hit in payload["hits"]]


@pytest.mark.parametrize(
    "query", ["", "连衣裙", "法式裙子", "绿色连衣裙", "牛仔", "other-1", "山岚连衣裙", "lianyiqun"]
)
@pytest.mark.parametrize("sort", ["relevance", "price_asc", "sales"])
@pytest.mark.parametrize("mode", ["hybrid", "semantic"])
def test_a_search_finds_counts_and_shows_the_own_shop_alone(
    shop: Shop, query: str, sort: str, mode: str
) -> None:
    request = {"query": query, "sort": sort, "mode": mode, "facets": ["brand", "category", "attributes"]}
    answer = shop.ask("own", "/v1/search", request)
    payload = json.loads(answer.body)
    for related in payload["related"]:
        # What was asked for is said again; nothing else of the other shop is.
        assert [(lack["kind"], lack.pop("asked"), lack["says"]) for lack in related["lacks"]] == [
            ("words", query, None)
        ]
    shown = {name: payload[name] for name in ("hits", "related", "facets", "total")}
    assert not TRACES.search(json.dumps(shown, ensure_ascii=False))
    assert payload["total"] <= 3


def test_totals_and_facets_are_those_of_the_part(shop: Shop) -> None:
    assert found(shop, "own", query="连衣裙", sort="price_asc") == (2, ["own-1", "own-2"])
    assert found(shop, "all", query="连衣裙", sort="price_asc")[0] == 3
    assert found(shop, "red", sort="price_asc") == (1, ["own-1"])
    assert found(shop, "nobody") == (0, [])
    answer = shop.ask("own", "/v1/search", {"facets": ["brand"], "filters": {"brand": ["山岚"]}})
    payload = json.loads(answer.body)
    # A facet leaves out its own filter, and not that of the key.
    assert payload["total"] == 0
    assert payload["facets"]["brand"] == [{"value": "云裳", "count": 3}]


def test_a_filter_of_the_request_narrows_what_the_key_sees_and_never_widens_it(shop: Shop) -> None:
    assert found(shop, "red", filters={"attributes": {"颜色": ["蓝色"]}}) == (0, [])
    assert found(shop, "red", filters={"category": ["女装>半身裙"]}) == (0, [])
    assert found(shop, "own", filters={"price": {"lte": 1.5}}) == (1, ["own-1"])


def test_products_variants_and_their_pages_are_those_of_the_part(shop: Shop) -> None:
    own = json.loads(shop.ask("own", "/v1/products/own-1").body)
    assert own["variants"] == []
    assert len(json.loads(shop.ask("all", "/v1/products/own-1").body)["variants"]) == 2
    assert shop.ask("own", "/v1/products/other-1").status == 404
    assert shop.ask("own", "/products/other-1").status == 404
    assert shop.ask("all", "/products/other-1").status == 200
    page = shop.ask("own", "/products/own-1").body.decode()
    assert "红色连衣裙" in page
    assert not TRACES.search(page)


@pytest.mark.parametrize(
    "kind", ["trending", "for-you", "new", "on-offer", "similar", "together", "cross-category"]
)
def test_shelves_hold_the_own_shop_alone(shop: Shop, kind: str) -> None:
    answer = shop.ask("own", f"/v1/recommend/{kind}?product_id=own-1")
    assert answer.status == 200
    assert not TRACES.search(answer.body.decode())


def test_shelves_beside_what_is_not_seen_are_of_an_unknown_product(shop: Shop) -> None:
    assert shop.ask("own", "/v1/recommend/similar?product_id=other-1").status == 404
    assert shop.ask("all", "/v1/recommend/similar?product_id=other-1").status == 200
    trending = json.loads(shop.ask("own", "/v1/recommend/trending").body)
    assert [item["product_id"] for item in trending["items"]] == ["own-1", "own-2", "own-3"]


def test_the_first_page_shows_the_own_shop_alone(shop: Shop) -> None:
    page = shop.ask("own", "/").body.decode()
    assert "碎花连衣裙" in page
    assert not TRACES.search(page)
    assert TRACES.search(shop.ask("all", "/").body.decode())


def test_suggestions_and_corrections_are_off(shop: Shop) -> None:
    assert json.loads(shop.ask("own", f"/v1/suggest?q={quote('连')}").body)["suggestions"] == []
    assert json.loads(shop.ask("all", f"/v1/suggest?q={quote('连')}").body)["suggestions"] != []
    understood = json.loads(shop.ask("own", "/v1/search", {"query": "lianyiqun"}).body)["understood"]
    assert "连衣裙" not in json.dumps(understood, ensure_ascii=False)


@pytest.mark.parametrize("query", ["山岚", "牛仔连衣裙", "绿色连衣裙", "云裳连衣裙"])
def test_how_a_query_is_understood_tells_nothing_of_the_others(shop: Shop, query: str) -> None:
    answer = json.loads(shop.ask("own", "/v1/search", {"query": query}).body)
    understood = answer["understood"]
    assert (understood["entities"], understood["categories"], understood["product_types"]) == ([], [], [])
    assert not TRACES.search(json.dumps(understood["facts"], ensure_ascii=False))
    assert answer["applied"]["history"] == 0


def test_what_a_shopper_did_in_another_shop_shows_nowhere(shop: Shop) -> None:
    seen = [CLICK | {"product_id": one, "event_id": one} for one in ("other-1", "other-2", "own-1")]
    assert json.loads(shop.ask("sender", "/v1/events", seen).body)["accepted"] == 3
    session = CLICK["session_id"]
    for kind in ("recent", "for-you"):
        shelf = shop.ask("own", f"/v1/recommend/{kind}?session_id={session}").body.decode()
        assert "own-" in shelf
        assert not TRACES.search(shelf)
    found = shop.ask("own", "/v1/search", {"query": "连衣裙", "session_id": session}).body.decode()
    assert not TRACES.search(found)
    # A short session id, which could be guessed, counts for no shop of several.
    assert shop.ask("own", "/v1/sessions/s1/events").status == 403
    # Nor does a key of one shop read what a session did in the others, or erase it.
    assert shop.ask("own", f"/v1/sessions/{session}/events").status == 403
    assert shop.ask("", f"/v1/sessions/{session}/events").status == 403


def test_nothing_distinguishes_a_product_of_another_shop_from_one_that_does_not_exist(shop: Shop) -> None:
    explained = [
        json.loads(shop.ask("own", "/v1/search", {"query": "裙", "explain_id": one}).body)["match_check"]
        for one in ("other-1", "never-there")
    ]
    without_ids = [json.dumps(one).replace("other-1", "").replace("never-there", "") for one in explained]
    assert without_ids[0] == without_ids[1]


SHOPPING = [
    "/",
    "/products/own-1",
    "/v1/search?q=x",
    "/v1/suggest?q=x",
    "/v1/recommend/new",
    "/v1/products/own-1",
]


@pytest.mark.parametrize("path", SHOPPING)
def test_where_not_anybody_may_shop_a_key_is_needed(shop: Shop, path: str) -> None:
    assert shop.ask("", path).status == 403
    assert shop.ask("sender", path).status == 403
    assert shop.ask("all", path).status == 200


def test_events_need_their_role_there_too(shop: Shop) -> None:
    click = CLICK | {"product_id": "own-1"}
    assert shop.ask("", "/v1/events", click).status == 403
    assert shop.ask("all", "/v1/events", click).status == 403
    assert shop.ask("sender", "/v1/events", click).status == 200
    assert shop.ask("", "/healthz").status == 200
