"""All pairs of a shop."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shangsou.behaviour.event import CLICK, Event
from shangsou.behaviour.sqlite.store import SqliteEventStore
from shangsou.errors import UnusableInput
from tests.fixtures.lexicon import build_lexicon
from training.pairs.build import build_pairs
from training.pairs.product_groups import number_groups
from training.pairs.shop_products import ShopProduct
from training.pairs.splits import leaks

SIGNS = "云朵月光星河山海晴雨雾雪风露霜虹岚汀屿鹿鹤鲸雀萤蝉禾穗苔藓芷"
PRODUCTS = [
    ShopProduct(f"p{at}", f"{sign}牌{SIGNS[at - 9]}{SIGNS[at - 4]}水杯") for at, sign in enumerate(SIGNS)
]


@pytest.fixture
def store(tmp_path):
    opened = SqliteEventStore(tmp_path / "events.sqlite")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def lexicon(tmp_path_factory):
    return build_lexicon(tmp_path_factory.mktemp("lexicon"), {"水杯": 60}, {"水杯": 90})


def clicks(shoppers=12):
    """Each shopper searches for each of 30 names and clicks on the next three products."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    return [
        Event(f"{shopper}-{at}-{step}", CLICK, start + timedelta(minutes=97 * shopper + at), f"s{shopper}",
              query=f"{sign}字杯", product_id=f"p{(at + step) % 30}")
        for shopper in range(shoppers)
        for at, sign in enumerate(SIGNS)
        for step in range(3)
    ]  # fmt: skip


def test_no_pair_has_a_query_or_a_product_of_a_judgement_and_nothing_leaks(lexicon, store):
    products = [*PRODUCTS, ShopProduct("copy", PRODUCTS[4].title + "！")]
    made = build_pairs(
        products, lexicon, clicks(), store,
        excluded_queries={"杯字云"}, excluded_products={"copy", "unknown"}, seed=1,
    )  # fmt: skip
    assert (made.products, made.groups) == (31, len(set(number_groups(products))))
    assert made.splits.train > 0
    assert leaks(made.pairs) == []
    assert not any(pair.query == "云字杯" or pair.product_id == "p4" for pair in made.pairs)
    # Of each of 12 shoppers three clicks for the query, and three on the product that the other is a copy of.
    assert made.splits.excluded == 12 * 6
    assert made.events.used == 12 * 30 * 3


def test_pairs_are_the_same_for_the_same_seed_but_for_the_hashes_of_shoppers(lexicon, store):
    first, second = (build_pairs(PRODUCTS, lexicon, clicks(), store, seed=1).pairs for _ in range(2))
    assert [replace(pair, shopper_hash="", erasures_known_until="") for pair in first] == [
        replace(pair, shopper_hash="", erasures_known_until="") for pair in second
    ]
    assert {pair.shopper_hash for pair in first}.isdisjoint({pair.shopper_hash for pair in second} - {""})


def test_without_products_there_is_a_way_out(lexicon, store):
    with pytest.raises(UnusableInput, match="index a catalog first"):
        build_pairs([], lexicon, [], store, seed=1)
