"""What the features say, worked by hand on six pairs of trousers."""

from math import exp, log

import pytest

from tests.search.personal.shelf import lift, look, pool

SHOWN = pool("plain-1", "plain-2", "flower-1", "flower-2")
# Fewer than 20 products hold the query: all four are the background. A share is (count + .5) / (4 + 1).
TWO_OF_FOUR = 2.5 / 5
ONE_OF_FOUR = 1.5 / 5


def test_a_word_of_the_history_counts_by_how_much_oftener_it_stands_there_than_among_the_candidates() -> None:
    found, _ = look(SHOWN, "skirt")
    expected = lift(1, 1, TWO_OF_FOUR)
    assert found["words"] == pytest.approx([0, 0, expected, expected], abs=1e-6)
    assert found["best_word"] == pytest.approx([0, 0, expected, expected], abs=1e-6)


def test_a_word_that_every_candidate_has_tells_nothing() -> None:
    found, _ = look(SHOWN, "bare")
    # 长裤 stands in all four: its share of 4.5 / 5 leaves it hardly above.
    assert max(found["words"]) == pytest.approx(lift(1, 1, 4.5 / 5), abs=1e-6)
    assert found["words"][0] == found["words"][3]


def test_a_brand_counts_by_its_share_of_the_candidates() -> None:
    found, _ = look(SHOWN, "skirt")
    assert found["brand"] == pytest.approx([0, 0, 0, lift(1, 1, ONE_OF_FOUR)], abs=1e-6)


def test_prices_near_those_of_the_history_are_denser_there_than_among_the_candidates() -> None:
    found, _ = look(SHOWN, "skirt")
    assert found["price_level"][2] == found["price_level"][3] > 0 > found["price_level"][0]
    assert found["price"][2] > 0 > found["price"][0]


def test_no_history_leaves_every_feature_of_taste_at_nothing() -> None:
    found, taste = look(SHOWN)
    for name in (
        "words",
        "best_word",
        "brand",
        "brand_surprise",
        "price",
        "price_level",
        "category",
        "attended",
    ):
        assert found[name] == [0, 0, 0, 0], name
    assert taste.attended == 0


def test_a_history_without_prices_or_brands_says_nothing_of_them() -> None:
    found, _ = look(SHOWN, "bare")
    assert found["price"] == found["price_level"] == found["brand"] == [0, 0, 0, 0]


def test_coverage_is_the_share_of_the_querys_characters_that_a_product_holds() -> None:
    found, _ = look(pool("bare", "skirt"))
    # 长裤 of which 短裙 碎花 holds none.
    assert found["coverage"] == [1, 0]
    assert found["covers"] == [1, 0]


def test_one_candidate_alone_can_be_looked_at() -> None:
    found, _ = look(pool("bare"), "skirt", "plain-1")
    assert all(len(column) == 1 for column in found.values())


def test_a_liking_is_sure_of_what_keeps_coming_and_takes_one_click_for_chance() -> None:
    shown = pool("plain-1", "flower-1")
    once, _ = look(shown, "skirt", "bare")
    always, _ = look(shown, "skirt", "flower-2")
    # A taste that one in twenty has, and that quadruples a choice: with k of n past products the odds are
    # 4^k x e^(-3 n p) / 19, with the share p = 1.5 / 3 of 碎花. Of log 4 as much is liked as is likely. 长裤,
    # which both candidates have, drops out of their difference.
    for found, odds in ((once, 4 * exp(-3) / 19), (always, 16 * exp(-3) / 19)):
        liked = found["liked_words"][1] - found["liked_words"][0]
        assert liked == pytest.approx(log(4) * odds / (1 + odds), abs=1e-5)
