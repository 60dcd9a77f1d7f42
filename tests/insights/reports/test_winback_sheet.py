"""The sheet of whom to contact."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from python_calamine import CalamineWorkbook

from insights.reports.spreadsheet import write_spreadsheet
from insights.reports.winback_sheet import winback_sheet
from tests.insights.reports.campaigns import CART, COAT, HAT, NEW, off, selection_of


def test_only_the_contacted_are_listed_in_their_order_with_their_offers():
    selection = replace(selection_of(2, 1), is_held_out=np.array([False, True, False]))
    sheet = winback_sheet(selection, [off(0.15, HAT, COAT), CART], str.upper)
    assert [column.title for column in sheet.columns] == [
        "客户",
        "优惠",
        "折扣",
        "商品",
        "文案",
        "预计成本",
        "价值",
    ]
    assert sheet.rows == [
        ("秘密0", "老客折扣", "8.5 折", "帽子；大衣", "老客专享", 2.0, 3.0),
        ("秘密2", "加购提醒", None, "帽子", "您加购的“帽子”仍在售", 2.0, 1.0),
    ]


def test_customers_have_the_names_that_are_given_to_them():
    sheet = winback_sheet(selection_of(1, 1), [NEW], {"秘密0": "c-17"}.__getitem__)
    assert [row[:4] for row in sheet.rows] == [("c-17", "上新推荐", None, "")]


@pytest.mark.parametrize(("basis", "wording"), [("uplift", "按增量"), ("value-at-risk", "不是增量")])
def test_the_title_says_what_the_customers_are_ranked_by(basis, wording):
    assert wording in winback_sheet(selection_of(1, 0, basis=basis), [NEW], str).title


def test_an_offer_for_each_contacted_customer_is_needed():
    with pytest.raises(ValueError, match="shorter"):
        winback_sheet(selection_of(2, 1), [NEW], str)


def test_a_sheet_of_nobody_is_a_workbook_with_its_heading(tmp_path):
    write_spreadsheet(tmp_path / "list.xlsx", [winback_sheet(selection_of(0, 0), [], str)], date(2026, 7, 1))
    book = CalamineWorkbook.from_path(tmp_path / "list.xlsx")
    assert len(book.get_sheet_by_index(0).to_python()) == 1
