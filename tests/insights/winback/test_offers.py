"""Offers to the customers of a list."""

from dataclasses import replace
from pathlib import Path

import pytest

from insights.customers.sensitive import read_sensitive_words
from insights.winback.discounts import OfferTerms
from insights.winback.offer_customers import OfferCustomer
from insights.winback.offer_products import OfferProducts
from insights.winback.offers import make_offers, offered_discounts
from shangsou.degradation import Degradation
from shangsou.errors import EngineUnavailable
from shangsou.product import Product
from shangsou.recommend.shelf import Shelf, ShelfItem
from shangsou.search.service.searcher import open_searcher
from shangsou.settings import Settings

SENSITIVE = read_sensitive_words(Path("no-such-home"))
TERMS = OfferTerms(0.4)
DRESS, COAT, HAT, SHOES = (Product(one, one) for one in ("连衣裙", "大衣", "帽子", "运动鞋"))
REDUCED = Product("reduced", "特价裙", price_fen=8000, list_price_fen=10000)
TEST_STRIP = Product("strip", "验孕棒")
SOLD_OUT = Product("sold-out", "围巾", stock=0)


class FakeShelves:
    """Shelves by kind and user, and the products on sale."""

    def __init__(self, shelves=(), on_sale=(), problem=None, degraded=()):
        self.shelves, self.on_sale, self.problem, self.degraded = dict(shelves), on_sale, problem, degraded
        self.requests = []

    def recommend(self, request):
        self.requests.append((request.kind, request.user_id))
        if self.problem:
            raise self.problem
        products = self.shelves.get((request.kind, request.user_id), ())
        items = tuple(ShelfItem(product, "", "") for product in products)
        return Shelf(request.kind, items, self.degraded, 1.0, "")

    def products(self, product_ids):
        if self.problem:
            raise self.problem
        return [product for product in self.on_sale if product.product_id in product_ids]


def customer(name="u", probability=0.0, **known):
    return OfferCustomer(name, probability, is_known=True, **known)


def offers_to(customers, shelves):
    products = OfferProducts(shelves, SENSITIVE)
    products.read_carts(customers)
    offers = make_offers(customers, products, TERMS)
    # What is reckoned with before anybody is chosen is what is offered.
    assert offered_discounts(customers, products, TERMS).tolist() == [one.discount for one in offers]
    return offers


def offer_to(one, shelves):
    return offers_to([one], shelves)[0]


def ids(offer):
    return [product.product_id for product in offer.products]


def test_a_cart_left_lately_is_what_a_customer_is_reminded_of_at_its_price():
    offer = offer_to(customer(carts=("大衣", "帽子")), FakeShelves(on_sale=[HAT, COAT]))
    assert (offer.kind, offer.discount, ids(offer)) == ("cart-reminder", 0, ["大衣"])
    assert offer.chinese == "您加购的“大衣”仍在售，喜欢就带回家吧"


def test_of_carts_neither_sensitive_products_nor_those_not_to_be_had_are_named():
    shelves = FakeShelves(on_sale=[TEST_STRIP, SOLD_OUT, HAT])
    offer = offer_to(customer(carts=("strip", "gone", "sold-out", "帽子")), shelves)
    assert (offer.kind, ids(offer)) == ("cart-reminder", ["帽子"])
    only_sensitive = offer_to(customer(carts=("strip",)), shelves)
    assert only_sensitive.kind == "discount"


def test_others_get_a_discount_on_three_products_of_their_shelf_none_reduced_or_sensitive():
    shelf = [TEST_STRIP, REDUCED, DRESS, COAT, HAT, SHOES]
    offer = offer_to(customer(), FakeShelves({("for-you", "u"): shelf}))
    assert (offer.kind, offer.discount, ids(offer)) == ("discount", 0.2, ["连衣裙", "大衣", "帽子"])
    assert (offer.english, offer.chinese) == ("20% off", "老客专享 8 折：“连衣裙”、“大衣”、“帽子”")


def test_who_usually_pays_the_full_price_gets_less_off():
    offer = offer_to(customer(full_price_share=1.0), FakeShelves({("for-you", "u"): [DRESS]}))
    assert (offer.discount, offer.chinese) == (0.1, "老客专享 9 折：“连衣裙”")


def test_who_buys_anyway_and_who_only_looks_around_hear_what_is_new():
    shelves = FakeShelves({("new", "u"): [DRESS, REDUCED]})
    for one in (customer(probability=0.5), customer(is_browsing=True)):
        offer = offer_to(one, shelves)
        # A new product may be reduced: nothing is taken off it.
        assert (offer.kind, offer.discount, ids(offer)) == ("new-products", 0, ["连衣裙", "reduced"])
        assert offer.chinese == "店里上新了，为您挑了“连衣裙”、“特价裙”"


def test_a_short_shelf_is_filled_up_with_what_is_in_demand():
    shelves = FakeShelves(
        {("for-you", "u"): [DRESS], ("trending", ""): [DRESS, COAT, TEST_STRIP, HAT, SHOES]}
    )
    assert ids(offer_to(customer(), shelves)) == ["连衣裙", "大衣", "帽子"]


def test_strangers_get_what_is_in_demand_which_is_read_once():
    shelves = FakeShelves({("trending", ""): [DRESS], ("new", ""): [HAT]})
    strangers = [OfferCustomer("a", 0.0), OfferCustomer("b", 0.1), OfferCustomer("c", 0.9)]
    offers = offers_to(strangers, shelves)
    assert [(offer.kind, ids(offer)) for offer in offers] == [
        ("discount", ["连衣裙"]),
        ("discount", ["连衣裙"]),
        ("new-products", ["帽子"]),
    ]
    assert shelves.requests == [("trending", ""), ("new", "")]


def test_a_shelf_without_a_part_says_so():
    problem = Degradation("personalize", "the events cannot be read; as for a stranger")
    offer = offer_to(customer(), FakeShelves({("for-you", "u"): [DRESS, COAT, HAT]}, degraded=(problem,)))
    assert offer.degraded == (problem,)


def test_without_an_index_offers_have_no_products_and_say_so(tmp_path):
    searcher = open_searcher(Settings(home=tmp_path))
    try:
        offers = offers_to([customer(carts=("大衣",)), customer(probability=0.9)], searcher)
    finally:
        searcher.close()
    no_index = (Degradation("recommend", "there is no index, so offers have no products"),)
    assert [(offer.kind, offer.products, offer.degraded) for offer in offers] == [
        ("discount", (), no_index),
        ("new-products", (), no_index),
    ]
    assert offers[0].chinese == "老客专享 8 折，特价商品除外"
    assert offers[1].chinese == "店里上新了，欢迎来逛逛"


def test_an_engine_that_fails_is_asked_once(caplog):
    shelves = FakeShelves(problem=EngineUnavailable("http://secret:9200 does not answer"))
    offers = offers_to([customer("a"), customer("b")], shelves)
    assert shelves.requests == [("for-you", "a")]
    assert {offer.degraded[0].message for offer in offers} == {"the search engine does not answer"}


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("一二三四五六七八九十一二三四五六", "一二三四五六七八九十一二三四五六"),
        ("很长的" * 6, "很长的很长的很长的很长的很长的…"),
        ("磁吸移动电源大容量轻薄 20000mAh", "磁吸移动电源大容量轻薄…"),
        ("A" * 20, "A" * 15 + "…"),
    ],
)
def test_long_titles_are_cut_in_the_wording_and_whole_in_the_list(title, name):
    product = replace(HAT, title=title)
    offer = offer_to(customer(carts=(product.product_id,)), FakeShelves(on_sale=[product]))
    assert offer.products[0].title == title
    assert f"“{name}”" in offer.chinese
