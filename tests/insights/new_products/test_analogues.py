"""Analogues of new products."""

import pytest

from insights.new_products.analogues import Beginnings
from insights.sales.history import Item
from tests.insights.new_products.shops import beginners, shop

FIVE = [[1]] * 5


def found(history, category, days=3):
    analogues = Beginnings(history).analogues(category, days)
    return analogues.category, [history.items[index].id for index in analogues.items]


def test_only_items_count_whose_first_days_lie_within_the_sales():
    old = {Item("old", "", "茶"): {27: 1, 30: 1}}
    young = {Item("young", "", "茶"): {38: 1}}
    never = {Item("never", "", "茶"): {}}
    edges = {Item("day 29", "", "茶"): {28: 1}, Item("three days", "", "茶"): {37: 1}}
    history = shop({**old, **young, **never, **edges, **beginners("茶", [[1]] * 3)})
    assert found(history, "茶") == ("茶", ["day 29", "three days", "茶0", "茶1", "茶2"])


@pytest.mark.parametrize(
    ("category", "scope", "count"),
    [
        pytest.param("食品 > 茶", "食品 > 茶", 5, id="a path with five"),
        pytest.param("茶", "食品 > 茶", 5, id="the name of a category alone"),
        pytest.param("食品 > 茶 > 白茶", "食品 > 茶", 5, id="a level that the sales lack"),
        pytest.param("食品 > 酒", "食品", 7, id="two alone, so that the parent counts"),
        pytest.param("食品", "食品", 7, id="a parent"),
        pytest.param("食", "", 8, id="the beginning of a name"),
        pytest.param("数码", "", 8, id="one alone and no parent, so that the shop counts"),
        pytest.param("家具", "", 8, id="unknown"),
        pytest.param("", "", 8, id="none"),
    ],
)
def test_the_parent_stands_in_for_a_category_with_fewer_than_five(category, scope, count):
    history = shop(
        {**beginners("食品 > 茶", FIVE), **beginners("食品 > 酒", [[1]] * 2), **beginners("数码", [[1]])}
    )
    path, items = found(history, category)
    assert (path, len(items)) == (scope, count)


def test_of_two_categories_with_one_name_the_larger_counts():
    history = shop({**beginners("食品 > 其他", FIVE), **beginners("数码 > 其他", [[1]] * 6)})
    assert found(history, "其他")[0] == "数码 > 其他"
