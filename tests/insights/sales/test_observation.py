"""Sales that tell the demand, and sales of what was left."""

import numpy as np

from insights.sales.observation import observed_days
from tests.insights.sales.tables import read_text

NO = np.nan


def observed(quantity, stock):
    # A second item sells each day, so that the shop is open.
    quantity = np.float32([quantity, [1] * len(quantity)])
    stock = None if stock is None else np.float32([stock, [9] * len(stock)])
    return observed_days(quantity, stock)[0].tolist()


def test_without_a_column_of_stock_every_day_of_an_open_shop_is_observed():
    assert observed([3, 0, 0], None) == [True, True, True]


def test_days_after_one_that_ended_without_stock_are_not_observed_until_the_next_row():
    assert observed([3, 0, 0, 2], [5, 0, NO, 4]) == [True, False, False, True]
    assert observed([3, 0, 0, 2], [5, 4, NO, 4]) == [True, True, True, True]


def test_a_day_that_ends_without_stock_is_observed_only_with_usual_sales():
    # The mean of the observed days before is 3.
    assert observed([2, 4, 1, 3], [5, 5, 0, 5]) == [True, True, False, True]
    assert observed([2, 4, 3, 3], [5, 5, 0, 5]) == [True, True, True, True]


def test_a_first_day_that_ends_without_stock_says_nothing():
    assert observed([2, 3], [0, 5]) == [False, True]


def test_a_closed_shop_is_not_observed():
    assert observed_days(np.float32([[0, 1], [0, 0]]), None).tolist() == [[False, True], [False, True]]


def test_what_is_usual_is_forgotten_after_four_weeks():
    # Ten a day for three weeks, then one a day for four: a day that sells one and all of it is as usual.
    quantity = [10] * 21 + [1] * 28 + [1]
    assert observed(quantity, [5] * 49 + [0])[-1] is True
    assert observed([*quantity[:30], 1], [5] * 30 + [0])[-1] is False


def test_a_row_of_stock_alone_sells_nothing_and_days_out_of_stock_are_counted(tmp_path):
    reading = read_text(
        tmp_path,
        "date,item,quantity,stock\n2026-01-01,a,2,3\n2026-01-02,a,,0\n2026-01-03,b,1,5\n2026-01-01,b,1,6\n2026-01-02,b,1,5\n",
    )
    assert reading.history.quantity.tolist() == [[2, 0, 0], [1, 1, 1]]
    assert reading.history.is_observed.tolist() == [[True, False, False], [True, True, True]]
    assert reading.report.censored == 2
    np.testing.assert_array_equal(reading.history.stock, np.float32([[3, 0, NO], [6, 5, 5]]))


def test_the_stock_of_a_day_is_that_of_its_last_row(tmp_path):
    reading = read_text(
        tmp_path, "date,item,quantity,stock\n2026-01-01 20:00:00,a,1,4\n2026-01-01 09:00:00,a,1,5\n"
    )
    assert reading.history.stock.tolist() == [[4]]
