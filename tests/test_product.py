"""The record of a product."""

from datetime import UTC, datetime, timedelta

import pytest

from shangsou.product import Product, product_from_json, product_to_json

BEGIN = datetime(2026, 11, 11, tzinfo=UTC)
END = datetime(2026, 11, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ON_OFFER = Product("1", "连衣裙", price_fen=9900, list_price_fen=12900, offer_from=BEGIN, offer_until=END)
AT_LIST_PRICE = Product("1", "连衣裙", price_fen=12900)


def test_an_unknown_rating_and_number_of_reviews_are_left_out_and_the_lowest_rating_is_not() -> None:
    unrated = product_to_json(Product("1", "连衣裙"))
    assert "rating" not in unrated
    assert "reviews" not in unrated
    assert (product_from_json(unrated).rating, product_from_json(unrated).reviews) == (None, 0)
    rated = Product("1", "连衣裙", rating=0.0, reviews=3)
    assert product_to_json(rated)["rating"] == 0
    assert product_from_json(product_to_json(rated)) == rated


@pytest.mark.parametrize("moment", [BEGIN, BEGIN + SECOND, END])
def test_an_offer_holds_from_its_first_moment_to_its_last(moment: datetime) -> None:
    assert ON_OFFER.current(moment) == ON_OFFER


@pytest.mark.parametrize("moment", [BEGIN - SECOND, END + SECOND])
def test_before_and_after_its_offer_a_product_costs_its_list_price(moment: datetime) -> None:
    assert ON_OFFER.current(moment) == AT_LIST_PRICE


def test_an_offer_may_have_one_end_only() -> None:
    begins = Product("1", "连衣裙", price_fen=9900, list_price_fen=12900, offer_from=BEGIN)
    assert begins.current(BEGIN - SECOND) == AT_LIST_PRICE
    assert begins.current(END + SECOND) == begins
    ends = Product("1", "连衣裙", price_fen=9900, list_price_fen=12900, offer_until=END)
    assert ends.current(BEGIN - SECOND) == ends
    assert ends.current(END + SECOND) == AT_LIST_PRICE


@pytest.mark.parametrize(
    "product",
    [
        Product("1", "连衣裙", price_fen=9900, list_price_fen=12900),
        Product("1", "连衣裙", price_fen=9900, offer_from=BEGIN, offer_until=BEGIN),
        Product("1", "连衣裙"),
    ],
    ids=["no times", "no list price", "no price"],
)
def test_without_a_list_price_or_the_times_of_an_offer_the_price_stays(product: Product) -> None:
    assert product.current(END + SECOND) == product


def test_a_product_at_its_list_price_stays_as_it_is() -> None:
    assert AT_LIST_PRICE.current(END) is AT_LIST_PRICE
    later = ON_OFFER.current(END + SECOND)
    assert later.current(BEGIN) == AT_LIST_PRICE
