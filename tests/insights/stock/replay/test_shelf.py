"""Stock by the days on which it can still be sold."""

import numpy as np

from insights.stock.replay.shelf import Shelf


def numbers(*values):
    return np.array(values, np.float64)


def test_the_oldest_pieces_sell_first_and_the_rest_spoils_on_its_last_day():
    shelf = Shelf([2])
    shelf.receive(numbers(5))
    assert shelf.sell(numbers(1)) == [1]
    assert shelf.end_day() == [0]
    shelf.receive(numbers(5))
    assert shelf.sell(numbers(2)) == [2]
    assert shelf.end_day() == [2]
    assert shelf.on_hand == [5]


def test_no_more_is_sold_than_is_there():
    shelf = Shelf([1])
    shelf.receive(numbers(3))
    assert shelf.sell(numbers(9)) == [3]
    assert shelf.end_day() == [0]


def test_items_of_different_shelf_lives_stand_side_by_side():
    shelf = Shelf([1, 3, None])
    shelf.receive(numbers(4, 4, 4))
    spoiled = [shelf.end_day().tolist() for _ in range(4)]
    assert spoiled == [[4, 0, 0], [0, 0, 0], [0, 4, 0], [0, 0, 0]]
    assert shelf.on_hand.tolist() == [0, 0, 4]
