"""Features, worked by hand on six pairs of trousers."""

from math import exp, log

import pytest

from tests.search.personal.trouser_catalog import lift, named_features, pool

SHOWN = pool("plain-1", "plain-2", "flower-1", "flower-2")
# Fewer than 20 products hold the query: all four are the background. A share is (count + .5) / (4 + 1).
TWO_OF_FOUR = 2.5 / 5
ONE_OF_FOUR = 1.5 / 5


def test_a_word_of_the_history_counts_by_how_much_oftener_it_stands_there_than_among_the_candidates() -> None:
    features, _ = named_features(SHOWN, "skirt")
    expected = lift(1, 1, TWO_OF_FOUR)
    assert features["words"] == pytest.approx([0, 0, expected, expected], abs=1e-6)
    assert features["best_word"] == pytest.approx([0, 0, expected, expected], abs=1e-6)


def test_a_word_that_every_candidate_has_tells_nothing() -> None:
    features, _ = named_features(SHOWN, "bare")
    # 长裤 stands in all four: its share of 4.5 / 5 leaves it hardly above.
    assert max(features["words"]) == pytest.approx(lift(1, 1, 4.5 / 5), abs=1e-6)
    assert features["words"][0] == features["words"][3]


def test_a_brand_counts_by_its_share_of_the_candidates() -> None:
    features, _ = named_features(SHOWN, "skirt")
    assert features["brand"] == pytest.approx([0, 0, 0, lift(1, 1, ONE_OF_FOUR)], abs=1e-6)


def test_prices_near_those_of_the_history_are_denser_there_than_among_the_candidates() -> None:
    features, _ = named_features(SHOWN, "skirt")
    assert features["price_level"][2] == features["price_level"][3] > 0 > features["price_level"][0]
    assert features["price"][2] > 0 > features["price"][0]


def test_no_history_leaves_every_feature_of_taste_at_nothing() -> None:
    features, preferences = named_features(SHOWN)
    for name in (
        "words",
        "best_word",
        "brand",
        "brand_z_score",
        "price",
        "price_level",
        "category",
        "attended",
    ):
        assert features[name] == [0, 0, 0, 0], name
    assert preferences.total_weight == 0


def test_a_history_without_prices_or_brands_says_nothing_of_them() -> None:
    features, _ = named_features(SHOWN, "bare")
    assert features["price"] == features["price_level"] == features["brand"] == [0, 0, 0, 0]


def test_coverage_is_the_share_of_the_querys_characters_that_a_product_holds() -> None:
    features, _ = named_features(pool("bare", "skirt"))
    # 长裤 of which 短裙 碎花 holds none.
    assert features["coverage"] == [1, 0]
    assert features["covers"] == [1, 0]


def test_one_candidate_alone_can_be_looked_at() -> None:
    features, _ = named_features(pool("bare"), "skirt", "plain-1")
    assert all(len(column) == 1 for column in features.values())


def test_a_liking_is_sure_of_what_keeps_coming_and_takes_one_click_for_chance() -> None:
    shown = pool("plain-1", "flower-1")
    once, _ = named_features(shown, "skirt", "bare")
    always, _ = named_features(shown, "skirt", "flower-2")
    # A taste that one in twenty has, and that quadruples a choice: with k of n past products the odds are
    # 4^k x e^(-3 n p) / 19, with the share p = 1.5 / 3 of 碎花. Of log 4 as much is liked as is likely. 长裤,
    # which both candidates have, drops out of their difference.
    for features, odds in ((once, 4 * exp(-3) / 19), (always, 16 * exp(-3) / 19)):
        liked = features["word_affinity"][1] - features["word_affinity"][0]
        assert liked == pytest.approx(log(4) * odds / (1 + odds), abs=1e-5)
