"""The share of order cycles in which stock is to suffice."""

import pytest

from insights.stock.order_level import critical_ratio, order_level
from tests.insights.stock.shops import rules, stocked


def test_a_margin_as_large_as_the_loss_of_a_left_piece_is_worth_every_second_cycle():
    assert critical_ratio(price=10, sellable_cost=5, loss_of_a_left_piece=5) == 0.5


def test_who_sells_below_cost_orders_nothing():
    assert critical_ratio(price=4, sellable_cost=5, loss_of_a_left_piece=5) == 0


def test_what_loses_nothing_when_left_is_still_no_certainty():
    assert critical_ratio(price=10, sellable_cost=5, loss_of_a_left_piece=0) == 0.995


def test_a_spoiling_item_by_margin_loses_its_cost_less_salvage():
    # Margin 10 - 6 = 4; a left piece brings a quarter of 6 back: 4.5 lost, 4 / 8.5.
    item = stocked(price=10.0, unit_cost=6.0, shelf_life_days=1)
    assert order_level(item, rules(by_margin=True, salvage_share=0.25)) == pytest.approx(4 / 8.5)


def test_a_loss_rate_makes_the_pieces_that_can_be_sold_dearer():
    # A fifth spoils: 4 / .8 = 5 a piece; margin 5, a left piece loses 5.
    item = stocked(price=10.0, unit_cost=4.0, loss_rate=0.2, shelf_life_days=1)
    assert order_level(item, rules(by_margin=True)) == 0.5


def test_an_item_that_keeps_loses_the_cost_of_keeping_it_until_the_next_order():
    # 365 days between orders: a quarter of 8 is 2; margin 2.
    item = stocked(price=10.0, unit_cost=8.0)
    assert order_level(item, rules(by_margin=True, review_days=365)) == 0.5


def test_without_a_price_or_a_cost_the_service_level_holds():
    assert order_level(stocked(price=10.0), rules(by_margin=True)) == 0.8
    assert order_level(stocked(unit_cost=1.0), rules(by_margin=True)) == 0.8


def test_the_service_level_of_what_spoils_within_the_cycle_is_no_higher_than_pays():
    spoils = stocked(price=10.0, unit_cost=5.0, shelf_life_days=3)
    assert order_level(spoils, rules()) == 0.5
    assert order_level(stocked(price=10.0, unit_cost=5.0, shelf_life_days=4), rules()) == 0.8
