"""Inventories: what sales, lists of stock and rules say of items."""

import numpy as np

from insights.stock.inventory import take_inventory
from insights.stock.on_hand_file import OnHandList, OnHandRow
from tests.insights.stock.shops import history, rules


def on_hand(*rows):
    return OnHandList({row.item_id: row for row in rows}, [])


def one_item(sales, *rows, **changes):
    return take_inventory(sales, on_hand(*rows) if rows else None, rules(**changes)).items[0]


def test_stock_is_the_last_known_one_of_the_sales():
    sales = history({"A": [1, 1, 1]}, stock=5)
    sales.stock[0, 1:] = [3, np.nan]
    assert one_item(sales).on_hand == 3


def test_stock_that_nobody_knows_is_unknown_and_noted():
    inventory = take_inventory(history({"A": [1]}), None, rules())
    assert inventory.items[0].on_hand is None
    assert "1 item sold in the last 28 days without a known stock" in inventory.notes[0].english


def test_the_list_of_stock_goes_before_the_sales_and_the_rules():
    sales = history({"A": [1]}, stock=5, price=2, unit_cost=1, loss_rate=0.5)
    item = one_item(sales, OnHandRow("A", quantity=9, price=3, lead_time=0, loss_rate=0, shelf_life=4))
    assert (item.on_hand, item.price, item.unit_cost) == (9, 3, 1)
    assert (item.lead_time_days, item.loss_rate, item.shelf_life_days) == (0, 0, 4)


def test_an_item_that_one_of_the_tables_writes_as_a_float_is_the_same():
    assert one_item(history({"17850.0": [1]}), OnHandRow("17850", quantity=2)).on_hand == 2
    assert one_item(history({"17850": [1]}), OnHandRow("17850.0", quantity=2)).on_hand == 2


def test_an_item_of_the_list_alone_is_kept():
    inventory = take_inventory(history({"A": [1]}), on_hand(OnHandRow("B", "红茶", quantity=4)), rules())
    added = inventory.items[1]
    assert (added.item.id, added.item.name, added.on_hand, added.days_since_sale) == ("B", "红茶", 4, None)
    assert any("1 item of the list of stock without sales" in note.english for note in inventory.notes)


def test_prices_are_means_of_the_last_28_days_weighted_by_sales():
    # 30 days: the first two are too old. Then one piece at 10, three at 6, and a day without a price.
    sales = history({"A": [50, 50, *[0] * 25, 1, 3, 0]})
    sales.price[0, [0, 27, 28]] = [99, 10, 6]
    assert round(one_item(sales).price, 4) == 7


def test_a_price_that_is_older_is_the_last_known():
    sales = history({"A": [1, 1, *[0] * 28]})
    sales.price[0, :2] = [4, 5]
    assert one_item(sales).price == 5


def test_what_is_sold_in_whole_pieces_is_ordered_so():
    assert one_item(history({"A": [1, 2]})).pack_size == 1
    assert one_item(history({"A": [1.5, 2]})).pack_size == 0.1


def test_days_without_sales_are_counted_from_the_end():
    sales = history({"A": [1, 0, 0], "B": [0, 0, 1], "C": [0, 0, 0]})
    assert [item.days_since_sale for item in take_inventory(sales, None, rules()).items] == [2, 0, None]


def test_items_without_a_margin_to_order_by_are_noted():
    notes = take_inventory(history({"A": [1]}, price=3), None, rules(by_margin=True)).notes
    assert any("1 item without a known price or cost" in note.english for note in notes)


def test_a_price_below_cost_is_noted():
    notes = take_inventory(history({"A": [1]}, price=3, unit_cost=4), None, rules()).notes
    assert any("for less than the cost" in note.english for note in notes)
