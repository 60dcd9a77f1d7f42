"""Searches of shoppers with a history in a shop with variants: each product is one hit, in any order."""

from collections.abc import Callable
from random import Random

import pytest

from shangsou.behaviour.history import History
from shangsou.engines.engine import Engine
from shangsou.product import Product
from shangsou.search.request import SearchRequest
from shangsou.search.search import search
from tests.search.personal.trouser_catalog import click
from tests.search.personal.variant_trousers import GROUPS, PRODUCTS, VARIANTS, context_of, open_shop

NOBODY = History()
NEW_SHOPPER = History((), "a-session", is_cold_start=True)
Find = Callable[..., list[Product]]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return open_shop(tmp_path_factory.mktemp("index"))


@pytest.fixture
def find(engine: Engine) -> Find:
    def run(
        history: History = NOBODY, *chosen: str, pages: tuple[int, ...] = (1,), size: int = 100
    ) -> list[Product]:
        """Return what a search finds after others chose these products."""
        context = context_of(engine, history, *chosen)
        return [
            hit.product
            for page in pages
            for hit in search(SearchRequest("长裤", page=page, size=size), context).hits
        ]

    return run


def groups(products: list[Product]) -> list[str]:
    return [product.group_id or product.product_id for product in products]


def rank_of(group: str, products: list[Product]) -> int:
    return groups(products).index(group) + 1


def standing_for(group: str, products: list[Product]) -> str:
    return next(product.product_id for product in products if product.group_id == group)


@pytest.mark.parametrize("seed", range(8))
def test_no_product_comes_twice_on_the_first_pages_whatever_a_shopper_clicked(find: Find, seed: int) -> None:
    rng = Random(seed)
    clicked = [product.product_id for product in rng.sample(PRODUCTS, rng.choice([1, 5, 40]))]
    chosen = [product.product_id for product in rng.choices(PRODUCTS, k=60)]
    everything = {product.group_id or product.product_id for product in PRODUCTS}
    for history in (History(tuple(map(click, clicked))), NEW_SHOPPER, NOBODY):
        shown = groups(find(history, *chosen, pages=(1, 2, 3), size=14))
        # 30 products in 20 sizes, and 12 single ones.
        assert len(shown) == len(set(shown)) == GROUPS + 12 == 42
        assert set(shown) == everything


def test_all_variants_of_all_products_in_the_history_are_no_reason_to_show_one_twice(find: Find) -> None:
    history = History(tuple(click(f"g{group}-{size}") for group in (3, 4) for size in range(VARIANTS)))
    shown = groups(find(history))
    assert len(shown) == len(set(shown)) == 42
    assert set(shown[:2]) == {"g3", "g4"}


def test_a_click_on_another_variant_lifts_the_one_that_is_shown_as_a_click_on_itself(find: Find) -> None:
    plain = find()
    shown = standing_for("g25", plain)
    other = next(f"g25-{size}" for size in range(VARIANTS) if f"g25-{size}" != shown)
    by_itself, by_other = (find(History((click(one),) * 3)) for one in (shown, other))
    assert rank_of("g25", plain) > 1
    assert rank_of("g25", by_other) == rank_of("g25", by_itself) < rank_of("g25", plain)
    # The order of variants is not the shopper's: the same one stands for the product.
    assert standing_for("g25", by_other) == shown


def test_what_others_chose_of_a_product_lifts_whichever_variant_is_shown_to_a_new_shopper(find: Find) -> None:
    plain = find()
    shown = standing_for("g25", plain)
    others = [f"g25-{size}" for size in range(VARIANTS) if f"g25-{size}" != shown][:6]
    # Six clicks on one variant, one on each of six others, and six on what is shown.
    orders = [find(NEW_SHOPPER, *chosen) for chosen in (others[:1] * 6, others, [shown] * 6)]
    assert [rank_of("g25", order) for order in orders] == [1, 1, 1]
    assert rank_of("g25", plain) > 1
    # Of another product nothing changes.
    assert groups(find(NEW_SHOPPER)) == groups(plain)


def test_popularity_of_a_group_weighs_beside_a_history_too(find: Find) -> None:
    history = History((click("single-0"),))
    shown = standing_for("g25", find(history))
    others = [f"g25-{size}" for size in range(VARIANTS) if f"g25-{size}" != shown] * 3
    by_others = rank_of("g25", find(history, *others))
    assert by_others == rank_of("g25", find(history, *[shown] * len(others)))
    assert by_others < rank_of("g25", find(history))
