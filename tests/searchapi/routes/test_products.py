"""`/v1/products/ID`."""

from flask.testing import FlaskClient

from searchapi.schema.responses import ProductDetailsResponse
from shangsou.product import Product
from tests.fixtures.responses import validated
from tests.fixtures.searchapi import StubSearcher


def test_a_product_is_found_by_its_id(client: FlaskClient):
    answer = client.get("/v1/products/dress-red")
    assert answer.status_code == 200
    validated(ProductDetailsResponse, answer.json)
    assert answer.json is not None
    assert answer.json["variants"] == []
    assert answer.json["title"] == "法式复古红色连衣裙女夏季新款"
    assert answer.json["price"] == 199
    assert answer.json["category"] == "女装>连衣裙"


def test_ids_may_be_chinese_and_hold_slashes_and_more(client: FlaskClient, stub_searcher: StubSearcher):
    ids = ["商品/1", "a//b", "a/b/", "50%", "a b?c#d", ".."]
    stub_searcher.products = [Product(product_id, "连衣裙") for product_id in ids]
    for product_id, path in zip(
        ids,
        ["%E5%95%86%E5%93%81/1", "a//b", "a%2Fb%2F", "50%25", "a%20b%3Fc%23d", ".."],
        strict=True,
    ):
        answer = client.get(f"/v1/products/{path}")
        assert answer.json is not None
        assert answer.json["product_id"] == product_id


def test_an_unknown_product_is_a_404_that_names_it(client: FlaskClient):
    answer = client.get("/v1/products/没有")
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert answer.json["detail"] == 'there is no product "没有"'


def test_markup_in_a_title_stays_text_in_json(client: FlaskClient, stub_searcher: StubSearcher):
    stub_searcher.products = [Product("x", "<script>alert(1)</script>")]
    answer = client.get("/v1/products/x")
    assert answer.content_type == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.json is not None
    assert answer.json["title"] == "<script>alert(1)</script>"
