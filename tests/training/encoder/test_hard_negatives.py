"""Hard negatives come from the middle of what a search shows."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from indexer.build import index_products
from shangsou.encoding.encoders import open_encoder
from shangsou.engines.stores import open_store
from shangsou.errors import NoIndex
from shangsou.lexicon.lexicon_store import LexiconStore
from shangsou.product import Product
from shangsou.settings import Settings
from tests.fixtures.trained_models import UNITS, install_toy
from training.encoder.batches import Example
from training.encoder.hard_negatives import (
    Found,
    Search,
    groups_by_query,
    live_search,
    mine_hard_negatives,
)
from training.pairs.pair import Pair

PRODUCTS = [Example("鞋", f"商品{n}", n, 1.0, f"p{n}") for n in range(300)]


def cosine(number: int) -> float:
    """Product n lies n tenths of a degree from every query."""
    return float(np.cos(np.radians(number / 10)))


def search(_query: str, _product_ids: Sequence[str]) -> Found:
    return Found([f"p{n}" for n in range(300)], {f"p{n}": cosine(n) for n in range(300)})


def of_umbrellas(*numbers: int) -> list[Example]:
    return [Example("伞", f"商品{n}", n, 1.0, f"p{n}") for n in numbers]


def mined(examples: list[Example], *, seed: int = 1, find: Search = search) -> list[Example]:
    """Return the examples for 伞 with their negatives; all products are of some example."""
    return mine_all([*PRODUCTS, *examples], find, seed=seed)[len(PRODUCTS) :]


def mine_all(examples: list[Example], find: Search, *, seed: int) -> list[Example]:
    excluded = groups_by_query(pair_of(one) for one in examples)
    return mine_hard_negatives(examples, excluded, find, seed=seed)


def pair_of(example: Example, query_group: int | None = None) -> Pair:
    return Pair(example.query, example.product_id, example.title, 1.0, "click", example.group, query_group)


def test_a_negative_stands_at_rank_30_to_200_and_is_less_like_the_query_by_a_margin():
    # The chosen product 0 has cosine 1. What lies 18.2 degrees off has .95: from product 182 on.
    found = mined(of_umbrellas(0) * 300)
    groups = {one.negative_group for one in found}
    assert groups == set(range(182, 200))
    assert all(one.negative == f"商品{one.negative_group}" for one in found)


def test_what_stands_on_top_is_no_negative_even_where_it_is_unlike_the_query():
    unlike = lambda _query, _: Found(  # noqa: E731
        [f"p{n}" for n in range(300)], {f"p{n}": 1.0 if n == 299 else 0.1 for n in range(300)}
    )
    groups = {one.negative_group for one in mined(of_umbrellas(299) * 4000, find=unlike)}
    # Products count from 0, ranks from 1.
    assert groups == set(range(29, 200))


def test_a_product_of_another_pair_of_the_query_is_no_negative():
    found = mined(of_umbrellas(0, *range(182, 199)) * 20)
    assert {one.negative_group for one in found if one.group == 0} == {199}


def test_the_product_whose_title_is_the_query_is_excluded():
    one = Example("商品7", "商品8", 8, 1.0, "p8")
    assert groups_by_query([pair_of(one, 7)]) == {"商品7": {7, 8}}


def test_a_product_of_no_example_is_no_negative():
    # It may be one that judges.
    found = mine_all([*PRODUCTS[:199], *of_umbrellas(0) * 100], search, seed=1)
    assert {one.negative_group for one in found[199:]} == set(range(182, 199))


def test_where_no_product_is_unlike_enough_it_is_a_random_one():
    # Product 250 lies at 25 degrees, cosine .906: the limit .861 is at 30.6 degrees, beyond all.
    groups = {one.negative_group for one in mined(of_umbrellas(250) * 300)}
    assert len(groups) > 100
    assert 250 not in groups


def test_where_every_product_is_meant_there_is_none():
    assert {one.negative for one in mined(of_umbrellas(*range(300)))} == {""}


def test_the_same_seed_mines_the_same():
    examples = of_umbrellas(0) * 20
    assert mined(examples) == mined(examples)
    assert mined(examples) != mined(examples, seed=2)


def test_the_live_index_is_searched_as_strangers_search_it(tmp_path: Path):
    settings = Settings(home=tmp_path)
    encoder = open_encoder(settings, install_toy(tmp_path, "toy").name)
    # So many that there is a second page.
    products = [Product(f"p{n}", UNITS[0] * 2 + UNITS[1] * (n % 2)) for n in range(120)]
    index_products(
        [*products, Product("other", UNITS[2])],
        store=open_store(settings),
        encoder=encoder,
        source="test",
        lexicons=LexiconStore(settings),
    )
    with live_search(settings) as live:
        found = live(UNITS[0], ["other", "gone"])
    assert sorted(found.product_ids) == sorted(product.product_id for product in products)
    (query, other), title = encoder.encode([UNITS[0], UNITS[2]]), encoder.encode([products[0].title])[0]
    assert found.cosines["p0"] == pytest.approx(float(query @ title), abs=0.01)
    assert found.cosines["other"] == pytest.approx(float(query @ other), abs=0.01)
    assert "gone" not in found.cosines


def test_without_an_index_there_is_nothing_to_mine_from(tmp_path: Path):
    with pytest.raises(NoIndex), live_search(Settings(home=tmp_path)) as live:
        live("伞", [])
