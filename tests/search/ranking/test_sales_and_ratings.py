"""Bonuses for sales and ratings."""

from dataclasses import replace

import pytest

from shangsou.engines.listing import Listing
from shangsou.search.ranking.recipe import default_ranking
from shangsou.search.ranking.sales_and_ratings import popularity_bonuses

NAN = float("nan")
BY_SALES = replace(default_ranking(), sales_weight=0.01, rating_weight=0.0)
BY_RATING = replace(default_ranking(), sales_weight=0.0, rating_weight=0.01)


def listings(**sales_and_rating: tuple[int, float]) -> dict[str, Listing]:
    return {one: Listing(one, True, 0, sales, rating) for one, (sales, rating) in sales_and_rating.items()}


def test_the_best_seller_gains_the_weight_and_others_by_the_logarithm_of_their_sales() -> None:
    sold = listings(none=(0, NAN), ten=(9, NAN), many=(999, NAN))
    # Logarithms of 1, 10 and 1000: 0, 1 and 3 of 3.
    assert popularity_bonuses(sold, BY_SALES, is_bare=False) == pytest.approx(
        {"none": 0.0, "ten": 0.01 / 3, "many": 0.01}
    )


def test_sales_weigh_twenty_times_as_much_where_a_query_says_nothing_but_its_type() -> None:
    assert popularity_bonuses(listings(one=(5, NAN)), BY_SALES, is_bare=True) == pytest.approx({"one": 0.2})


def test_a_rating_counts_by_its_distance_from_the_mean_and_none_is_average() -> None:
    # The mean is 4.6: .2 above is two fifths of half a star, and 1 below counts as half a star.
    rated = listings(good=(0, 4.8), fair=(0, 4.8), best=(0, 5.2), bad=(0, 3.6), none=(0, NAN))
    assert popularity_bonuses(rated, BY_RATING, is_bare=False) == pytest.approx(
        {"good": 0.004, "fair": 0.004, "best": 0.01, "bad": -0.01, "none": 0.0}
    )


@pytest.mark.parametrize("is_bare", [True, False])
def test_nothing_is_gained_where_nothing_is_known_or_both_are_off(is_bare: bool) -> None:
    off = replace(default_ranking(), sales_weight=0.0, rating_weight=0.0)
    assert popularity_bonuses(listings(a=(9, 4.0), b=(1, 5.0)), off, is_bare=is_bare) == {}
    assert popularity_bonuses(listings(a=(0, NAN), b=(0, NAN)), default_ranking(), is_bare=is_bare) == {}
    assert popularity_bonuses({}, default_ranking(), is_bare=is_bare) == {}
