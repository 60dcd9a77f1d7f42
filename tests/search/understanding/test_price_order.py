"""Price levels and orders by price in queries."""

import pytest

from shangsou.search.understanding.constraints import parse_constraints


@pytest.mark.parametrize(
    ("query", "text", "sort"),
    [
        ("最便宜的水杯", "水杯", "price_asc"),
        ("水杯 最便宜", "水杯", "price_asc"),
        ("价格最低的水杯", "水杯", "price_asc"),
        ("水杯 价格从低到高", "水杯", "price_asc"),
        ("最贵的水杯", "水杯", "price_desc"),
    ],
)
def test_the_cheapest_first_is_an_order(query: str, text: str, sort: str):
    read = parse_constraints(query)
    assert (read.text, read.sort, read.price_level) == (text, sort, None)
    assert [constraint.kind for constraint in read.constraints] == ["sort"]


@pytest.mark.parametrize(
    ("query", "text", "level"),
    [
        ("便宜的水杯", "水杯", "low"),
        ("水杯 便宜点", "水杯", "low"),
        ("平价水杯", "水杯", "low"),
        ("实惠水杯", "水杯", "low"),
        ("不贵的水杯", "水杯", "low"),
        ("不要太贵的水杯", "水杯", "low"),
        ("高档水杯", "水杯", "high"),
        ("高端水杯", "水杯", "high"),
        ("贵一点的水杯", "水杯", "high"),
    ],
)
def test_cheap_and_dear_are_levels(query: str, text: str, level: str):
    read = parse_constraints(query)
    assert (read.text, read.sort, read.price_level) == (text, None, level)
    assert [constraint.kind for constraint in read.constraints] == ["price_level"]


@pytest.mark.parametrize(
    "query",
    ["富贵竹", "贵州茶", "名贵的花", "平价超市", "家庭实惠装纸巾", "便宜的", "最贵的", "高端定制女鞋"],
)
def test_names_are_no_levels(query: str):
    assert parse_constraints(query).constraints == ()
