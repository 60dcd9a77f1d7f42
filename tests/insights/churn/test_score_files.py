"""Rows of scores for files, and the sheet of them."""

from datetime import date

import numpy as np

from insights.churn.score_files import HEADER, score_rows
from insights.churn.scores import Reason, Scores
from insights.reports.churn_sheet import score_sheet

SILENT = Reason("silent", "silent for 74 days, usually 20", "已 74 天没下单，平时约 20 天一单", is_risk=True)
CART = Reason("cart-left", "cart left 9 days ago", "9 天前加购，还没买", is_risk=False)
SCORES = Scores(
    ("a", "b"),
    date(2026, 6, 30),
    30,
    np.array([0.75, 0.25]),
    np.array([1.5, 0.25]),
    np.array([15.0, np.nan]),
    ((CART, SILENT), ()),
)


def test_a_row_says_of_each_reason_whether_it_speaks_for_or_against_buying_again():
    first, second = score_rows(SCORES, str.upper)
    assert dict(zip(HEADER, first, strict=True)) == {
        "customer": "A",
        "probability": "0.7500",
        "expected_purchases": "1.5000",
        "expected_value": "15.00",
        "reasons": "chance: cart left 9 days ago; risk: silent for 74 days, usually 20",
    }
    assert second == ("B", "0.2500", "0.2500", "", "")


def test_the_sheet_says_it_too_in_chinese_and_has_the_least_likely_first():
    low, high = score_sheet(SCORES, str.upper).rows
    assert (low[0], low[3], low[4]) == ("B", None, "")
    assert (high[0], high[4]) == (
        "A",
        "可能再买：9 天前加购，还没买；可能流失：已 74 天没下单，平时约 20 天一单",
    )
