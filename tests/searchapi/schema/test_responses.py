"""The types of responses are what the description and these tests read."""

from dataclasses import fields
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from searchapi.schema.openapi import describe_api
from searchapi.schema.responses import ForgetResponse, ProblemResponse
from shangsou.product import Product, ProductJson, product_to_json
from tests.fixtures.responses import validated

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
# Every field is set.
PRODUCT = Product(
    product_id="d1", title="连衣裙", subtitle="夏", description="长", brand="云上衣舍",
    category=("女装", "连衣裙"), price_fen=9900, list_price_fen=12900, offer_from=NOW, offer_until=NOW,
    stock=3, status="off", group_id="g", attributes={"颜色": ("红色",)}, image_url="/1.svg", shop="店",
    tags=("新",), sales=7, rating=4.8, reviews=56, created_at=NOW, codes=("6901234567892",),
    product_type="连衣裙",
)  # fmt: skip


def test_a_product_has_each_described_field_and_no_other():
    unset = [field.name for field in fields(Product) if not getattr(PRODUCT, field.name)]
    assert unset == []
    payload = validated(ProductJson, product_to_json(PRODUCT))
    assert set(payload) == set(ProductJson.__annotations__)
    assert (payload["price"], payload["price_fen"], payload["category"]) == (99.0, 9900, "女装>连衣裙")


@pytest.mark.parametrize(
    "body",
    [
        # a field too many, one too few, one of another type
        {"events": 1, "sessions": 2, "users": 3},
        {"events": 1},
        {"events": "1", "sessions": 2},
    ],
    ids=repr,
)
def test_a_body_of_another_shape_is_noticed(body: object):
    with pytest.raises(ValidationError):
        validated(ForgetResponse, body)


def test_docstrings_of_fields_are_their_descriptions():
    components = describe_api()["components"]
    assert isinstance(components, dict)
    shown = components["schemas"]["ForgetResponse"]
    assert shown["description"] == "The numbers of records deleted for a user or a session."
    assert shown["properties"]["sessions"]["description"] == "Sessions that were linked to the user."
    assert shown["required"] == ["events", "sessions"]
    assert shown["additionalProperties"] is False


def test_a_field_that_may_be_left_out_is_not_required():
    assert {"errors", "current", "request_id"} == ProblemResponse.__optional_keys__
