"""Prices and promotions planned ahead."""

import numpy as np
import pytest

from insights.sales.planned import read_planned
from insights.sales.report import TableReport
from shangsou.errors import UnusableInput
from tests.insights.sales.tables import read_text

SALES = """date,item,quantity,category
2026-06-18,a,1,数码 > 手机壳
2026-06-18,b,1,数码 > 充电器
2026-06-18,c,1,食品
"""
NO = np.nan


def plan(folder, text, mapping=None):
    path = folder / "plan.csv"
    path.write_text(text, "utf-8")
    report = TableReport(path.name)
    return read_planned(path, read_text(folder, SALES).history, 2, mapping or {}, report), report


def test_prices_and_promotions_are_those_of_the_days_after_the_sales(tmp_path):
    planned, report = plan(tmp_path, "日期,货号,价格,促销\n2026-06-19,a,9.9,\n2026-06-20,b,,是\n")
    np.testing.assert_array_equal(planned.price, np.float32([[9.9, NO], [NO, NO], [NO, NO]]))
    np.testing.assert_array_equal(planned.promotion, np.float32([[NO, NO], [NO, 1], [NO, NO]]))
    assert (report.rows, report.used) == (2, 2)


def test_a_row_for_a_category_is_for_all_below_it_and_one_for_an_item_goes_before_it(tmp_path):
    planned, _ = plan(
        tmp_path,
        "date,item,category,promotion\n2026-06-19,b,,0.5\n2026-06-19,,数码,1\n2026-06-20,,手机壳,1\n",
    )
    np.testing.assert_array_equal(planned.promotion, np.float32([[1, 1], [0.5, NO], [NO, NO]]))


def test_a_table_without_items_is_for_all(tmp_path):
    planned, _ = plan(tmp_path, "date,promotion\n2026-06-20,618返场\n")
    np.testing.assert_array_equal(planned.promotion, np.float32([[NO, 1]] * 3))


def test_rows_that_plan_nothing_are_reported(tmp_path):
    _, report = plan(
        tmp_path,
        "date,item,price\n2026-06-19,a,9\n2026-06-19,zzz,9\n2026-06-21,a,9\n2026-06-18,a,9\nsoon,a,9\n2026-06-19,b,-1\n"
        "2026-06-19,,9\n2026-06-19,a,8\n",
    )
    assert {name: count.examples for name, count in report.issues.of("rejected")} == {
        "planned for nothing that was sold": ['plan.csv:3: item "zzz" is not in the sales; row left out'],
        "planned for another day": [
            "plan.csv:4: 2026-06-21 is not in 2026-06-19 to 2026-06-20; row left out",
            "plan.csv:5: 2026-06-18 is not in 2026-06-19 to 2026-06-20; row left out",
        ],
        "bad date": ['plan.csv:6: "soon" is no date; row left out'],
        "nothing planned": ["plan.csv:7: there is neither a price nor a promotion; row left out"],
        "no item": ["plan.csv:8: there is no item; row left out"],
    }
    assert [name for name, _ in report.issues.of("repaired")] == ["bad price", "price planned twice"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("item,price\na,1\n", "no column holds date; .* as in --map date=COLUMN"),
        ("date,item\n2026-06-19,a\n", "no column holds price or promotion; .* --map promotion=COLUMN"),
        ("date,item,price\n2026-06-19,zzz,1\n", 'no row plans anything .* item "zzz" is not in the sales'),
    ],
)
def test_a_table_that_plans_nothing_at_all_is_refused(tmp_path, text, words):
    with pytest.raises(UnusableInput, match=words):
        plan(tmp_path, text)


def test_columns_of_the_sales_need_not_be_in_the_plan(tmp_path):
    planned, _ = plan(tmp_path, "date,item,新价\n2026-06-19,a,9\n", {"price": "新价", "quantity": "实发"})
    assert planned.price[0, 0] == 9
