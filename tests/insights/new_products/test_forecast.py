"""Forecasts of new products."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from insights.new_products.forecast import append_forecast, forecast_new_products
from insights.new_products.new_product_file import NewProduct
from insights.sales.history import Item
from insights.sales.reading import read_sales
from shangsou.errors import UnusableInput
from tests.insights.new_products.shops import LAST_DAY, beginners, shop

SALES = Path(__file__).parents[3] / "../shared/data/demand/vegetables_daily.tsv.gz"
TEA = Item("new", "白茶", "茶")
# Their sums on the first day: 1 + 2 + ... + 9 = 45; on the second day only the last sells.
NINE = [[number, 0] for number in range(1, 9)] + [[9, 18]]


def test_a_product_begins_as_its_analogues_did():
    result = forecast_new_products(shop(beginners("茶", NINE)), [NewProduct(TEA)], 2).demand.forecast
    assert result.origin == LAST_DAY
    assert result.items == (TEA,)
    np.testing.assert_array_equal(result.mean, [[5, 2]])
    # Of nine, the first, fifth and last: a tenth of others lies beyond each.
    np.testing.assert_allclose([result.q10[0], result.q50[0], result.q90[0]], [[1, 0], [5, 0], [9, 18]])


def test_the_outer_quantiles_of_five_analogues_are_the_least_and_the_most():
    history = shop(beginners("茶", [[1], [2], [3], [4], [90]]))
    result = forecast_new_products(history, [NewProduct(TEA)], 1).demand.forecast
    assert (result.q10[0, 0], result.q50[0, 0], result.q90[0, 0]) == (1, 3, 90)


def test_paths_are_whole_courses_and_each_analogue_is_drawn_as_often():
    history = shop(beginners("茶", NINE))
    quantity = forecast_new_products(history, [NewProduct(TEA)], 2, paths=90).demand.paths.quantity
    assert quantity.shape == (90, 1, 2)
    courses, counts = np.unique(quantity[:, 0], axis=0, return_counts=True)
    np.testing.assert_array_equal(courses, NINE)
    assert set(counts) == {10}


@pytest.mark.parametrize(
    ("launch", "mean"),
    [
        pytest.param(None, [5, 2, 0], id="none"),
        pytest.param(date(2026, 2, 1), [5, 2, 0], id="within the sales"),
        pytest.param(date(2026, 2, 10), [5, 2, 0], id="the first day"),
        pytest.param(date(2026, 2, 11), [0, 5, 2], id="the second day"),
        pytest.param(date(2026, 2, 12), [0, 0, 5], id="the last day"),
        pytest.param(date(2026, 3, 1), [0, 0, 0], id="after the forecast"),
    ],
)
def test_nothing_sells_before_the_launch(launch, mean):
    demand = forecast_new_products(shop(beginners("茶", NINE)), [NewProduct(TEA, launch)], 3, paths=9).demand
    np.testing.assert_array_equal(demand.forecast.mean, [mean])
    np.testing.assert_allclose(demand.paths.quantity.mean(axis=0), [mean])
    np.testing.assert_allclose(demand.forecast.q90, [[{5: 9, 2: 18, 0: 0}[value] for value in mean]])


def test_a_day_that_tells_nothing_of_an_analogue_counts_as_the_mean_of_its_others():
    # Of each 6 on the first and 2 on the third day: 4 on the second, when the shop was closed.
    history = shop(beginners("茶", [[6, 0, 2]] * 5), unobserved=[(row, 31) for row in range(5)])
    result = forecast_new_products(history, [NewProduct(TEA)], 3).demand.forecast
    np.testing.assert_array_equal(result.mean, [[6, 4, 2]])


def test_the_items_that_a_forecast_rests_on_are_named():
    history = shop({**beginners("茶", NINE), **beginners("酒", [[1]])})
    result = forecast_new_products(history, [NewProduct(TEA), NewProduct(Item("wine", "", "酒"))], 2)
    teas = [f"茶{number}" for number in range(9)]
    assert result.to_json(history) == [
        {"item": "new", "category": "茶", "analogues": teas},
        {"item": "wine", "category": "", "analogues": [*teas, "酒0"]},
    ]
    assert result.remarks() == [
        "2 new products: forecast as others of the category began, 9 to 10 of them",
        "as any items of the shop, since fewer than 5 of their category began within the sales: wine",
    ]


def test_too_few_beginnings_in_the_whole_shop_are_refused():
    with pytest.raises(UnusableInput, match=r"4 of 4 items began .* 5 are needed"):
        forecast_new_products(shop(beginners("茶", [[1]] * 4)), [NewProduct(TEA)], 2)


def test_two_forecasts_become_one_with_the_items_of_both():
    history = shop({**beginners("茶", NINE), **beginners("酒", [[7, 7]] * 5)})
    products = [NewProduct(TEA), NewProduct(Item("wine", "", "酒"))]
    tea, wine = (forecast_new_products(history, [product], 2, paths=9).demand for product in products)
    both = append_forecast(tea, wine)
    assert [item.id for item in both.forecast.items] == ["new", "wine"]
    assert both.paths.items == both.forecast.items
    np.testing.assert_array_equal(both.forecast.mean, [[5, 2], [7, 7]])
    np.testing.assert_array_equal(both.forecast.q90[1], [7, 7])
    assert both.paths.quantity.shape == (9, 2, 2)
    np.testing.assert_array_equal(both.paths.quantity[:, 1], np.full((9, 2), 7))


@pytest.mark.skipif(not SALES.exists(), reason="../shared/data/demand/vegetables_daily.tsv.gz is not here")
def test_the_vegetables_that_began_in_the_last_year_are_as_far_off_as_documented():
    history = read_sales([SALES], {}).history
    first = np.argmax(history.quantity > 0, axis=1)
    errors = sold = 0.0
    begun = np.flatnonzero((first >= history.days - 365) & (first + 14 <= history.days))
    for index in begun:
        origin = int(first[index])
        product = NewProduct(history.items[index])
        mean = forecast_new_products(history.until(origin), [product], 14, paths=1).demand.forecast.mean[0]
        days = slice(origin, origin + 14)
        counts = history.is_observed[index, days]
        errors += float(np.abs(mean - history.quantity[index, days])[counts].sum())
        sold += float(history.quantity[index, days][counts].sum())
    assert len(begun) == 35
    # Measured apart, from the rows of the table: 1.145 with closed days taken as 0.
    assert errors / sold == pytest.approx(1.14, abs=0.01)
