"""Changes of products over HTTP."""

import pytest
from flask.testing import FlaskClient

from shangsou.errors import UpdatesUnavailable
from shangsou.product import Product
from tests.searchapi.stub_searcher import StubSearcher

CUP = Product(
    "cup", "红色马克杯", price_fen=1990, stock=3, attributes={"颜色": ("红色",), "容量": ("350ml",)}
)
PATH = "/v1/products/cup"


@pytest.fixture(autouse=True)
def _shop(stub_searcher: StubSearcher) -> None:
    stub_searcher.products = [CUP]


def test_a_patch_changes_what_it_names_and_answers_with_the_product(
    client: FlaskClient, stub_searcher: StubSearcher
) -> None:
    response = client.patch(
        PATH, json={"price": 15.5, "stock": None, "attributes": {"颜色": "蓝色", "容量": None}}
    )
    assert response.status_code == 200
    assert (response.json["price"], response.json["attributes"]) == (15.5, {"颜色": ["蓝色"]})
    assert response.headers["ETag"] == f'"{response.json["version"]}"'
    assert stub_searcher.products == [
        Product("cup", "红色马克杯", price_fen=1550, attributes={"颜色": ("蓝色",)})
    ]


@pytest.mark.parametrize(("yuan", "fen"), [(19.9, 1990), (0.29, 29), (1.005, 100), (1e9, 10**11), (0, 0)])
def test_yuan_become_fen_without_an_error_of_floats(
    client: FlaskClient, stub_searcher: StubSearcher, yuan: float, fen: int
) -> None:
    assert client.patch(PATH, json={"price": yuan}).status_code == 200
    assert stub_searcher.products[0].price_fen == fen


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"title": None}, "title"),
        ({"title": ""}, "title"),
        ({"price": "19.9"}, "price"),
        ({"price": -1}, "price"),
        ({"stock": 10**30}, "stock"),
        ({"stock": 1.5}, "stock"),
        ({"status": "下架"}, "status"),
        ({"rating": 6}, "rating"),
        ({"offer_until": "gestern"}, "offer_until"),
        ({"image_url": "javascript:alert(1)"}, "image_url"),
        ({"colour": "red"}, "colour"),
        ({"attributes": {"颜色": 5}}, "attributes.颜色"),
        ([], ""),
    ],
    ids=str,
)
def test_a_value_that_cannot_be_used_is_named_and_changes_nothing(
    client: FlaskClient, stub_searcher: StubSearcher, body: object, path: str
) -> None:
    response = client.patch(PATH, json=body)
    assert response.status_code == 422
    assert response.json["errors"][0]["path"].startswith(path)
    assert stub_searcher.products == [CUP]


def test_texts_are_cleaned_as_those_of_a_catalog_are(
    client: FlaskClient, stub_searcher: StubSearcher
) -> None:
    client.patch(PATH, json={"title": "<b>蓝色</b>\x1f马克杯", "category": "家居 > 杯子"})
    assert (stub_searcher.products[0].title, stub_searcher.products[0].category) == (
        "蓝色 马克杯",
        ("家居", "杯子"),
    )


def test_a_put_makes_a_product_or_takes_the_place_of_all_of_it(
    client: FlaskClient, stub_searcher: StubSearcher
) -> None:
    made = client.put("/v1/products/a/b", json={"title": "碗", "price": 5})
    replaced = client.put(PATH, json={"title": "蓝色马克杯"})
    assert (made.status_code, replaced.status_code) == (201, 200)
    assert stub_searcher.products == [Product("a/b", "碗", price_fen=500), Product("cup", "蓝色马克杯")]
    assert client.put(PATH, json={"price": 1}).status_code == 422


def test_what_does_not_exist_is_not_found(client: FlaskClient) -> None:
    assert client.patch("/v1/products/nix", json={"price": 1}).status_code == 404
    assert client.delete("/v1/products/nix").status_code == 404


def test_a_delete_removes_a_product(client: FlaskClient, stub_searcher: StubSearcher) -> None:
    response = client.delete(PATH)
    assert (response.status_code, response.json) == (200, {"product_id": "cup", "status": "deleted"})
    assert stub_searcher.products == []


def test_a_change_of_what_somebody_else_changed_is_refused_with_what_is_there(
    client: FlaskClient, stub_searcher: StubSearcher
) -> None:
    version = client.get(PATH).headers["ETag"]
    assert client.patch(PATH, json={"stock": 2}, headers={"If-Match": version}).status_code == 200
    refused = client.patch(PATH, json={"stock": 1}, headers={"If-Match": version})
    assert (refused.status_code, refused.json["current"]["stock"]) == (412, 2)
    assert stub_searcher.products[0].stock == 2
    again = {"If-Match": refused.headers["ETag"]}
    assert client.delete(PATH, headers=again).status_code == 200
    missing = client.put(PATH, json={"title": "碗"}, headers=again)
    assert (missing.status_code, missing.json["current"]) == (412, None)


def test_a_batch_says_of_each_operation_what_came_of_it(
    client: FlaskClient, stub_searcher: StubSearcher
) -> None:
    operations = [
        {"op": "patch", "product_id": "cup", "price": 1.0},
        {"op": "patch", "product_id": "cup", "stock": -1},
        {"op": "delete", "product_id": "nix"},
        {"op": "upsert", "product_id": "bowl", "title": "汤碗"},
        {"op": "upsert", "product_id": "lid", "stock": 1},
        {"op": "patch", "product_id": "cup", "if_match": "0" * 16, "stock": 1},
        {"op": "patch", "product_id": "cup", "price": 1.0},
        {"op": "drop", "product_id": "cup"},
        {"product_id": "cup"},
    ]
    response = client.post("/v1/products:batch", json={"operations": operations})
    assert response.status_code == 200
    assert [item["status"] for item in response.json["items"]] == [
        "updated", "rejected", "not_found", "inserted", "not_found", "conflict", "unchanged", "rejected",
        "rejected",
    ]  # fmt: skip
    counts = {
        name: response.json[name] for name in ("updated", "inserted", "deleted", "unchanged", "rejected")
    }
    assert counts == {"updated": 1, "inserted": 1, "deleted": 0, "unchanged": 1, "rejected": 6}
    assert "stock" in response.json["items"][1]["detail"]
    assert {product.product_id for product in stub_searcher.products} == {"cup", "bowl"}


@pytest.mark.parametrize(
    "body", [{}, {"operations": []}, {"operations": [{}] * 1001}, {"operations": [1]}], ids=len
)
def test_a_batch_that_is_none_is_refused_as_a_whole(client: FlaskClient, body: object) -> None:
    assert client.post("/v1/products:batch", json=body).status_code == 422


def test_only_the_operator_changes_products(client: FlaskClient) -> None:
    abroad = {"X-Forwarded-For": "203.0.113.7"}
    answers = [
        client.patch(PATH, json={"stock": 1}, headers=abroad),
        client.put(PATH, json={"title": "碗"}, headers=abroad),
        client.delete(PATH, headers=abroad),
        client.post("/v1/products:batch", json={"operations": [{}]}, headers=abroad),
    ]
    assert [answer.status_code for answer in answers] == [403] * 4


def test_while_changes_cannot_be_kept_it_says_so_without_paths(
    client: FlaskClient, stub_searcher: StubSearcher
) -> None:
    stub_searcher.error = UpdatesUnavailable("changes in /srv/secret: the disk is full; free some space")
    response = client.patch(PATH, json={"stock": 1})
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert "none was" in response.json["detail"]
    assert "secret" not in response.text
