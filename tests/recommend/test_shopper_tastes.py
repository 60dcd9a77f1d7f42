"""Shelves by what a shopper deals with: prices, categories, and what is there to be discovered."""

from datetime import timedelta

import pytest

from shangsou.product import Product
from shangsou.recommend.catalog_pool import CatalogPool
from shangsou.recommend.context import ShelfResources
from shangsou.recommend.model import empty_model
from shangsou.recommend.rules import ShelfRules, parse_rules
from shangsou.recommend.shelf import RecommendRequest
from shangsou.recommend.shelves import recommend
from tests.recommend.conftest import NOW
from tests.recommend.test_model import did

SOCKS = [
    Product(f"socks-{n}", f"纯棉{n}袜子", category=("服饰", "袜子"), price_fen=2000 + n) for n in range(3)
]
HEADSET = Product("headset", "降噪头戴耳机", category=("数码", "耳机"), price_fen=69800, sales=900)
SCARF = Product("scarf", "羊毛围巾", category=("服饰", "围巾"), price_fen=3900, sales=10)
NEW = [
    Product("new-socks", "冬季羊毛长筒袜", category=("服饰", "袜子"), created_at=NOW - timedelta(days=9)),
    Product("new-lamp", "阅读台灯", category=("家居", "台灯"), created_at=NOW - timedelta(days=1)),
]


class Shop:
    """An engine as far as shelves of best sellers and new products need it."""

    def products(self, product_ids):
        known = {product.product_id: product for product in (*SOCKS, HEADSET, SCARF, *NEW)}
        return [known[product_id] for product_id in product_ids if product_id in known]


class NoNeighbours:
    """No product is like another one."""

    def of(self, product_ids):
        return [() for _ in product_ids]


@pytest.fixture
def shelf():
    def ask(kind, *history, rules="", size=12):
        shop = ShelfResources(
            Shop(),
            NoNeighbours(),
            empty_model(),
            CatalogPool(best_selling=(HEADSET, SCARF), newest=tuple(reversed(NEW)), offers=()),
            parse_rules(rules) if rules else ShelfRules(),
        )
        return recommend(RecommendRequest(kind, user_id="u", size=size), shop, list(history), NOW).items

    return ask


def ids(items):
    return [item.product.product_id for item in items]


@pytest.mark.parametrize("kind", ["trending", "for-you"])
def test_who_deals_with_prices_under_forty_yuan_sees_no_headset_of_698_first(shelf, kind):
    assert ids(shelf(kind)) == ["headset", "scarf"]
    assert ids(shelf(kind, did("u", "click", "socks-0"), did("u", "click", "socks-1"))) == [
        "scarf",
        "headset",
    ]


def test_what_was_paid_says_more_of_prices_than_what_was_looked_at(shelf):
    paid = did("u", "purchase", "socks-0"), did("u", "purchase", "socks-1")
    # She has looked at the headset, too: 698 is none of her prices.
    assert ids(shelf("trending", did("u", "click", "headset"), *paid)) == ["scarf", "headset"]


def test_dear_products_are_not_all_of_a_shelf_while_others_are_left(shelf):
    history = did("u", "click", "socks-0"), did("u", "click", "socks-1")
    assert ids(shelf("trending", *history, size=1)) == ["scarf"]
    assert ids(shelf("trending", size=1)) == ["headset"]


def test_one_product_alone_says_nothing_about_prices(shelf):
    assert ids(shelf("trending", did("u", "click", "socks-0"))) == ["headset", "scarf"]


def test_a_product_that_the_shop_pins_stays_first_whatever_it_costs(shelf):
    history = did("u", "click", "socks-0"), did("u", "click", "socks-1")
    assert ids(shelf("trending", *history, rules="pin headset => trending")) == ["headset", "scarf"]


def test_new_products_are_near_the_tastes_and_others_say_that_they_are_to_be_discovered(shelf):
    items = shelf("new", did("u", "click", "socks-0"), did("u", "click", "socks-1"))
    assert [(item.product.product_id, item.reason, item.basis) for item in items] == [
        ("new-socks", "9 天前上新", "new"),
        ("new-lamp", "换换口味 · 1 天前上新", "explore"),
    ]


def test_a_stranger_has_no_taste_to_leave(shelf):
    assert [item.basis for item in shelf("new")] == ["new", "new"]


def test_a_gift_bought_once_is_no_interest(shelf):
    gift = did("u", "purchase", "socks-0"), did("u", "click", "socks-0")
    assert [item.basis for item in shelf("new", *gift)] == ["new", "new"]
    # Who has looked at others too is interested.
    items = shelf("new", *gift, did("u", "click", "socks-1"))
    assert [item.basis for item in items] == ["new", "explore"]
