"""Classes of demand."""

import pytest

from insights.demand.classes import demand_classes
from tests.insights.histories import history_of

# Of 1 and 9 the mean is 5 and the variance 16: 16 / 25 is above .49. Of 3 and 7 it is 4 / 25.
ROWS = {
    "smooth": [3, 7] * 46,
    "erratic": [1, 9] * 46,
    "intermittent": [3, 0, 7, 0] * 23,
    "lumpy": [1, 0, 9, 0] * 23,
}


@pytest.mark.parametrize("name", ROWS)
def test_classes_go_by_how_often_and_how_evenly_an_item_sells(name):
    history = history_of([[1] * 92, ROWS[name]])
    assert demand_classes(history, [1]) == [name]


def test_days_that_are_not_observed_are_no_interval():
    quantity = [[1] * 20, [3, 0] * 10]
    assert demand_classes(history_of(quantity), [1]) == ["intermittent"]
    without = history_of(quantity, unobserved=[(1, day) for day in range(1, 20, 2)])
    assert demand_classes(without, [1]) == ["smooth"]


def test_days_before_the_first_sale_and_before_the_last_quarter_do_not_count():
    new = [0] * 80 + [5] * 20
    old = [5] * 9 + [5, 0] * 45 + [5]
    assert demand_classes(history_of([[1] * 100, new, old]), [1, 2]) == ["smooth", "intermittent"]


def test_an_item_that_sold_nothing_lately_is_intermittent():
    assert demand_classes(history_of([[1] * 100, [5] + [0] * 99]), [1]) == ["intermittent"]
