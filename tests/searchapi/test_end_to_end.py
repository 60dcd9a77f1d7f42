"""The whole server, as a process, over a real embedded index."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest

from indexer.build import index_products
from searchapi.schema.responses import ProductDetailsResponse
from shangsou.encoding.encoder import Encoder, ModelStamp
from shangsou.engines.embedded.store import EmbeddedStore
from shangsou.product import Product
from shangsou.search.response_json import SearchJson
from tests.fixtures.hash_encoder import HashEncoder
from tests.fixtures.responses import validated
from tests.fixtures.searchapi import Reply, ServerProcess, ask, running_program, wait_until


class OtherEncoder(HashEncoder):
    """Encodes alike but is stamped as another model."""

    stamp = ModelStamp("hash-encoder", "fedcba9876543210", HashEncoder.stamp.dimensions, "float32")


def index(home: Path, products: list[Product], encoder: Encoder) -> str:
    store = EmbeddedStore(home / "index")
    return index_products(products, store=store, encoder=encoder, source="test").name


@pytest.fixture(scope="module")
def serve_home() -> Iterator[Callable[..., ServerProcess]]:
    """Serve the index of a home folder, with the offline encoder and one worker unless more are asked for."""
    with ExitStack() as servers:

        def start(home: Path, workers: int = 1) -> ServerProcess:
            return servers.enter_context(
                running_program(
                    "serve",
                    "--port",
                    "0",
                    home=home,
                    module="tests.searchapi.serving.hash_server",
                    model="hash-encoder",
                    workers=str(workers),
                )
            )

        yield start


@pytest.fixture(scope="module")
def server(
    serve_home: Callable[..., ServerProcess],
    tmp_path_factory: pytest.TempPathFactory,
    products: list[Product],
    hash_encoder: HashEncoder,
) -> ServerProcess:
    home = tmp_path_factory.mktemp("home")
    index(home, products, hash_encoder)
    started = serve_home(home)
    started.wait_until_ready()
    return started


def parse_response(reply: Reply) -> SearchJson:
    assert reply.status == 200, reply.body
    return validated(SearchJson, reply.json())


def test_a_search_finds_products_with_facets_and_highlights(server: ServerProcess):
    body = {"query": "红色连衣裙", "facets": ["brand", "price"], "mode": "lexical"}
    response = parse_response(server.ask("/v1/search", body))
    assert response["hits"][0]["product_id"] == "dress-red"
    assert "<em>" in response["hits"][0]["highlight"]["title"]
    assert response["facets"]["brand"]
    assert response["degraded"] == []


def test_query_string_and_body_find_the_same(server: ServerProcess):
    body = {"query": "裙", "filters": {"price": {"lte": 199}, "category": ["女装"]}, "sort": "price_asc"}
    parameters = urlencode({"q": "裙", "price_lte": "199", "category": "女装", "sort": "price_asc"})
    by_body = parse_response(server.ask("/v1/search", body))
    by_parameters = parse_response(server.ask(f"/v1/search?{parameters}"))
    # 99 and 199 yuan; the blue dress is 259
    assert [hit["product_id"] for hit in by_body["hits"]] == ["skirt", "dress-red"]
    assert by_parameters["hits"] == by_body["hits"]


def test_a_query_in_the_address_may_stand_there_as_it_is_typed(server: ServerProcess):
    with socket.create_connection((server.host, server.port)) as connection:
        connection.sendall(
            "GET /v1/search?q=红色连衣裙&mode=lexical HTTP/1.0\r\nHost: localhost\r\n\r\n".encode()
        )
        status, body = b"".join(iter(lambda: connection.recv(65536), b"")).split(b"\r\n", 1)
    assert status == b"HTTP/1.0 200 OK"
    response = validated(SearchJson, json.loads(body.split(b"\r\n\r\n", 1)[1]))
    assert response["understood"]["query"] == "红色连衣裙"
    assert response["hits"][0]["product_id"] == "dress-red"


def test_an_empty_query_browses_by_sales_without_what_is_off(server: ServerProcess):
    response = parse_response(server.ask("/v1/search"))
    assert response["total"] == 10
    assert [hit["product_id"] for hit in response["hits"][:2]] == ["phone-case", "dress-red"]


def test_a_product_is_shown_and_one_that_is_off_is_not(server: ServerProcess):
    assert validated(ProductDetailsResponse, server.ask("/v1/products/gift").json())["title"] == "礼物🎁盲盒"
    assert server.ask("/v1/products/hidden").status == 404


@pytest.mark.parametrize(
    "query",
    [
        "裙" * 10_000,
        "\x00\x01\x1b[31m连衣裙\x7f",
        "\ud83d连衣裙",
        "<script>alert(1)</script>",
        'title:裙 AND (brand:* OR _exists_:price) -"红色"~2 /re[gx]/ {1 TO 5} \\ && || ! ^',
        '{"query": {"match_all": {}}}',
        "!!! ???",
        "🎁",
        "%",
    ],
    ids=lambda query: ascii(query[:20]),
)
@pytest.mark.parametrize("mode", ["hybrid", "lexical", "semantic"])
def test_any_text_is_answered(server: ServerProcess, query: str, mode: str):
    response = parse_response(
        server.ask("/v1/search", {"query": query, "mode": mode, "explain": True, "facets": ["brand"]})
    )
    assert response["degraded"] == []


def test_markup_in_a_title_stays_data(server: ServerProcess):
    hit = parse_response(server.ask("/v1/search", {"query": "马克杯 <script>"}))["hits"][0]
    assert hit["product"]["title"] == '<script>alert(1)</script>马克杯 & "杯垫"'
    assert "<script>" not in hit["highlight"]["title"]
    assert "&lt;" in hit["highlight"]["title"]


def test_the_largest_price_is_answered(server: ServerProcess):
    response = parse_response(
        server.ask("/v1/search", {"filters": {"price": {"gte": 0, "lte": 1_000_000_000}}})
    )
    assert response["total"] == 9  # all but the one without a price


def test_the_last_page_in_reach_is_answered(server: ServerProcess):
    assert parse_response(server.ask("/v1/search", {"query": "裙", "page": 100, "size": 100}))["hits"] == []


def test_without_an_index_it_says_what_to_run_and_then_serves_the_first_one(
    serve_home: Callable[..., ServerProcess],
    tmp_path: Path,
    products: list[Product],
    hash_encoder: HashEncoder,
):
    server = serve_home(tmp_path)
    wait_until(lambda: b"shangsou index" in server.ask("/readyz").body, "readyz names the command")
    refused = server.ask("/v1/search?q=a")
    assert refused.status == 503
    assert "Retry-After" in refused.headers
    assert "shangsou index" in str(refused.json()["detail"])
    index(tmp_path, products, hash_encoder)
    server.wait_until_ready()
    assert parse_response(server.ask("/v1/search"))["total"] == 10


def test_an_index_of_another_recipe_is_refused_with_what_to_run(
    serve_home: Callable[..., ServerProcess], tmp_path: Path, products: list[Product]
):
    index(tmp_path, products, OtherEncoder())
    server = serve_home(tmp_path)
    wait_until(lambda: b"fedcba9876543210" in server.ask("/readyz").body, "readyz names the recipe")
    refused = server.ask("/v1/search?q=a")
    assert refused.status == 503
    assert 'run "shangsou index"' in str(refused.json()["detail"])


def test_switches_and_rollbacks_fail_no_search_in_flight(
    serve_home: Callable[..., ServerProcess],
    tmp_path: Path,
    products: list[Product],
    hash_encoder: HashEncoder,
):
    old = index(tmp_path, products, hash_encoder)
    server = serve_home(tmp_path, workers=2)
    server.wait_until_ready()
    latest: list[str] = []
    failures: list[str] = []
    stop = threading.Event()

    def search_on() -> None:
        connection = server.connect()
        while not stop.is_set():
            reply = ask(connection, "/v1/search", {"query": "裙", "facets": ["category", "brand"]})
            if reply.status == 200:
                latest.append(str(parse_response(reply)["applied"]["generation"]))
            else:
                failures.append(reply.body.decode())
        connection.close()

    threads = [threading.Thread(target=search_on) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        new = index(tmp_path, [replace(product, sales=1) for product in products], hash_encoder)
        wait_until(lambda: latest[-4:] == [new] * 4, "the new generation serves")
        store = EmbeddedStore(tmp_path / "index")
        for name in (old, new, old):
            store.switch(name)
            wait_until(lambda name=name: latest[-4:] == [name] * 4, f"{name} serves")
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert failures == []
