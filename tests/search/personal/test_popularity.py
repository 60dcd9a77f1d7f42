"""Popularity of products, counted by group."""

from dataclasses import replace
from math import log

import pytest

from shangsou.behaviour.event import CLICK, PURCHASE
from shangsou.product import Product
from shangsou.search.personal.group_keys import group_key, read_group_keys
from shangsou.search.personal.popularity import Popularity
from shangsou.search.personal.product_traits import TraitReader
from tests.search.personal.trouser_catalog import StubEngine, click

# Trousers in three colours, and single ones that have the id of their group.
RED, BLUE, GREEN = (Product(colour, "长裤", group_id="trousers") for colour in ("red", "blue", "green"))
SINGLE = Product("trousers", "长裤")
KEYS = {product.product_id: group_key(product) for product in (RED, BLUE, GREEN, SINGLE)}
# Red twice, blue bought once, the single ones clicked once; the green ones by nobody.
EVENTS = [
    click("red", "长裤"),
    click("trousers", "长裤"),
    click("red", "裤子"),
    replace(click("blue", "长裤"), action=PURCHASE),
]


@pytest.mark.parametrize(
    "popularity",
    [
        pytest.param(Popularity(EVENTS, KEYS), id="counted by group"),
        pytest.param(Popularity(EVENTS).by_group(KEYS), id="grouped afterwards"),
    ],
)
def test_what_was_done_with_a_variant_counts_for_all_of_its_group(popularity: Popularity) -> None:
    keys = [KEYS["green"], KEYS["trousers"], "unknown"]
    # Two clicks and a purchase, which counts thrice; one click.
    assert popularity.of(keys) == pytest.approx([log(1 + 2 + 3), log(2), 0])
    assert popularity.for_query("长裤", keys) == pytest.approx([log(1 + 1 + 3), log(2), 0])
    assert popularity.for_query("裤子", keys) == pytest.approx([log(2), 0, 0])
    # Of each group one of the variants that were chosen.
    assert popularity.top_products("长裤", 2) == ["red", "trousers"]
    assert popularity.top_products("裙子", 2) == []


def test_without_groups_each_product_counts_by_itself() -> None:
    popularity = Popularity(EVENTS)
    assert popularity.of(["red", "blue", "green"]) == pytest.approx([log(3), log(4), 0])
    assert popularity.top_products("长裤", 5) == ["blue", "red", "trousers"]


def test_what_was_counted_by_product_can_be_grouped_in_another_way() -> None:
    counted = Popularity(EVENTS)
    counted.by_group(KEYS)
    # Today the blue ones are a product of their own.
    moved = counted.by_group(KEYS | {"blue": "blue"})
    assert moved.of([KEYS["red"], "blue"]) == pytest.approx([log(3), log(4)])


def test_only_clicks_and_purchases_count() -> None:
    viewed = [replace(click("red", "长裤"), action="impression"), replace(click("", "长裤"), action=CLICK)]
    assert Popularity(viewed, KEYS).of([KEYS["red"], ""]).tolist() == [0, 0]


def test_keys_are_those_of_the_products_on_sale_and_an_id_is_no_group() -> None:
    engine = StubEngine([RED, SINGLE])
    keys = read_group_keys(engine, ["red", "trousers", "gone", "red"])  # type: ignore[arg-type]
    assert keys["trousers"] == "trousers"
    assert keys["gone"] == "gone"
    assert keys["red"] not in ("red", "trousers")
    assert engine.requested == [["red", "trousers", "gone"]]


def test_a_reader_tells_the_group_of_what_it_has_read() -> None:
    reader = TraitReader(StubEngine([RED, BLUE, SINGLE]))  # type: ignore[arg-type]
    # Without variants nothing is looked up.
    reader.read(["trousers"])
    assert reader.group_keys(["trousers"]) == ["trousers"]
    reader.read(["red", "blue"])
    assert reader.group_keys(["blue", "trousers", "red"]) == [KEYS["red"], "trousers", KEYS["red"]]
