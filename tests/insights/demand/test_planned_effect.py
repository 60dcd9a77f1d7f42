"""Effects of planned prices and promotions."""

from dataclasses import replace

import numpy as np
import pytest

from insights.demand.planned_effect import estimate_effects, planned_factor
from insights.sales.history import Item, PlannedDays, SalesHistory
from tests.insights.histories import history_of

ITEMS, DAYS, NOISE = 20, 200, 0.25
# Of 2000 item days of a category a fifth has a price 10 to 30 % lower, a standard deviation of .09 in
# logarithms, and a fifth a promotion of 1, which is one of .4: slopes have a standard error of NOISE /
# sqrt(2000) / .09 = .062, and .014. The tolerances are three and a half to four of them.
OF_PRICE, OF_PROMOTION = 0.22, 0.06


def shop(*, elasticity=0.0, uplift=0.0, of_second_half=None, busy_days=False) -> SalesHistory:
    """Sales with known effects; those of the second half of the items in another category."""
    generator = np.random.default_rng(11)
    shape = ITEMS, DAYS
    cheaper = np.where(generator.random(shape) < 0.2, generator.uniform(0.7, 0.9, shape), 1.0)
    promotion = (generator.random(shape) < 0.2).astype(float)
    elasticities = np.full((ITEMS, 1), elasticity)
    if of_second_half is not None:
        elasticities[ITEMS // 2 :] = of_second_half
    effect = elasticities * np.log(cheaper) + uplift * promotion + generator.normal(0, NOISE, shape)
    if busy_days:  # On which all is cheaper as well.
        busy = np.arange(DAYS) % 10 == 0
        cheaper[:, busy] *= 0.8
        effect[:, busy] += 1
    usual = np.linspace(5, 50, ITEMS)[:, None]
    items = tuple(Item(f"{number:02}", category="ab"[number >= ITEMS // 2]) for number in range(ITEMS))
    return replace(
        history_of(usual * np.exp(effect)),
        items=items,
        price=np.array(usual / 3 * cheaper, np.float32),
        promotion=promotion.astype(np.float32),
    )


def plans(history, price=np.nan, promotion=np.nan) -> PlannedDays:
    """The same of all items on the first of two days, and nothing on the second."""
    columns = []
    for value in (price, promotion):
        matrix = np.full((len(history.items), 2), np.nan, np.float32)
        matrix[:, 0] = value
        columns.append(matrix)
    return PlannedDays(*columns)


def test_elasticity_and_uplift_are_found_again():
    effects = estimate_effects(shop(elasticity=-2, uplift=0.5))
    for category in "ab":
        assert effects.elasticity[category] == pytest.approx(-2, abs=OF_PRICE)
        assert effects.uplift[category] == pytest.approx(0.5, abs=OF_PROMOTION)


def test_noise_has_no_effect():
    effects = estimate_effects(shop())
    for category in "ab":
        assert effects.elasticity[category] == pytest.approx(0, abs=OF_PRICE)
        assert effects.uplift[category] == pytest.approx(0, abs=OF_PROMOTION)


def test_what_all_items_sell_more_on_a_day_is_no_effect_of_their_prices():
    effects = estimate_effects(shop(elasticity=-1, busy_days=True))
    assert effects.elasticity["a"] == pytest.approx(-1, abs=OF_PRICE)


def test_categories_have_effects_of_their_own_drawn_towards_the_shop():
    effects = estimate_effects(shop(elasticity=-3, of_second_half=-1))
    # 2000 rows of each, and 200 of the shop, whose slope is -2: an eleventh of the way to it.
    assert effects.elasticity["a"] == pytest.approx(-3 + 1 / 11, abs=OF_PRICE)
    assert effects.elasticity["b"] == pytest.approx(-1 - 1 / 11, abs=OF_PRICE)


@pytest.mark.parametrize(("changed", "rows"), [(19, 0), (20, 20)])
def test_less_than_20_changes_tell_nothing(changed, rows):
    history = shop(elasticity=-2, uplift=0.5)
    price, promotion = np.full((ITEMS, DAYS), 2, np.float32), np.zeros((ITEMS, DAYS), np.float32)
    # One day of an item is in its usual price of 28 days after, but these are no changes.
    item = np.arange(changed)
    price[item, 50 + 5 * item], promotion[item, 51 + 5 * item] = 1, 1
    quantity = history.quantity.copy()
    quantity[item, 50 + 5 * item] *= 4
    quantity[item, 51 + 5 * item] *= 2
    effects = estimate_effects(replace(history, quantity=quantity, price=price, promotion=promotion))
    assert (effects.price_rows, effects.promotion_rows) == (rows, rows)
    assert all((value != 0) == (rows > 0) for value in effects.elasticity.values())
    assert all((value != 0) == (rows > 0) for value in effects.uplift.values())


def test_without_any_change_effects_are_0_and_rest_on_no_rows():
    effects = estimate_effects(history_of(np.random.default_rng(1).poisson(5, (3, 60))))
    assert (effects.elasticity, effects.uplift) == ({"": 0}, {"": 0})
    assert (effects.price_rows, effects.promotion_rows) == (0, 0)


def test_a_day_on_which_an_item_sold_out_tells_no_effect():
    history = shop(elasticity=-2)
    is_low = history.price < history.price.max(axis=1, keepdims=True) * 0.95
    quantity = np.where(is_low, 1, history.quantity)
    sold_out = replace(history, quantity=quantity, is_observed=history.is_observed & ~is_low)
    assert estimate_effects(sold_out).price_rows < estimate_effects(history).price_rows
    assert estimate_effects(sold_out).elasticity["a"] == pytest.approx(0, abs=2 * OF_PRICE)


def test_a_planned_price_multiplies_demand_by_its_ratio_to_the_usual_one():
    history = shop(elasticity=-2)
    usual = history.price[:, -28:].mean(axis=1, keepdims=True)
    factor = planned_factor(history, plans(history, price=0.8 * usual[:, 0]), np.arange(ITEMS))
    # .8 ** -2 is 1.56; .22 more or less of elasticity are 5 %.
    np.testing.assert_allclose(factor[:, 0], 0.8**-2, rtol=0.06)


def test_a_planned_promotion_counts_against_the_usual_share_of_days_with_one():
    history = shop(uplift=0.5)
    factor = planned_factor(history, plans(history, promotion=1), np.arange(ITEMS))
    usual = history.promotion[:, -28:].mean(axis=1)
    np.testing.assert_allclose(factor[:, 0], np.exp(0.5 * (1 - usual)), rtol=0.06)


def test_where_nothing_is_planned_the_factor_is_1():
    history = shop(elasticity=-2, uplift=0.5)
    assert (planned_factor(history, plans(history), np.arange(ITEMS)) == 1).all()
    with_price = planned_factor(history, plans(history, price=1, promotion=1), np.arange(ITEMS))
    assert (with_price[:, 1] == 1).all()
    assert (with_price[:, 0] != 1).all()


def test_a_price_planned_for_an_item_without_a_usual_one_changes_nothing():
    history = shop(elasticity=-2)
    history.price[3, -28:] = np.nan
    assert planned_factor(history, plans(history, price=1), np.array([3])).tolist() == [[1, 1]]


def test_prices_beyond_those_seen_count_as_the_outermost():
    history = shop(elasticity=-2)
    tiny, small, huge = (
        planned_factor(history, plans(history, price=price), np.array([0]))[0, 0] for price in (1e-6, 1, 1e6)
    )
    # None was lower than 30 % off, at an elasticity of about -2; the usual price of a shop with low ones is
    # below the regular, which is at most 10 % above it.
    assert tiny == small
    assert 1.5 < tiny < 0.7**-2.3
    assert 0.7 < huge < 1


def test_effects_of_the_wrong_sign_change_nothing():
    effects = estimate_effects(shop(elasticity=2, uplift=-0.5))
    assert set(effects.elasticity.values()) == set(effects.uplift.values()) == {0}
    assert (effects.price_rows, effects.promotion_rows) == (0, 0)
    assert all("change nothing" in line for line in effects.remarks())


def test_factors_are_those_of_the_items_asked_for():
    history = shop(elasticity=-3, of_second_half=-1)
    every = planned_factor(history, plans(history, price=4), np.arange(ITEMS))
    np.testing.assert_array_equal(
        planned_factor(history, plans(history, price=4), np.array([15, 2])), every[[15, 2]]
    )
