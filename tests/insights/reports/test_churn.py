"""The page of a run of churn scores, also in a browser, on a phone and on a desktop."""

import re
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from insights.churn.choice import MethodLoss
from insights.churn.scores import Reason, Scores
from insights.reports.churn import churn_page, risk_groups
from tests.insights.churn.evaluation.records import orders_of
from tests.insights.reports.pages_in_browser import assert_fits_and_fetches_nothing

SILENT = Reason("silent", "silent for 74 days", "已经 74 天没有下单", is_risk=True)
CART = Reason("cart-left", "cart left 9 days ago", "9 天前加购没有买", is_risk=True)


def scores_of(probability, reasons=None):
    probability = np.array(probability, np.float64)
    size = len(probability)
    ids = tuple(f"秘密{number}" for number in range(size))
    return Scores(
        ids, date(2026, 6, 30), 30, probability, probability * 2, probability * 100, reasons or ((),) * size
    )


def page(scores, *, activity=None):
    orders = orders_of({one: [0, 5] for one in scores.customers}, last=180)
    return churn_page(scores, orders, activity)


def test_the_headline_says_how_many_are_expected_and_what_they_spend():
    text = page(scores_of([0.25] * 40))
    assert "40 位顾客里，预计 10 位会再买" in text
    assert "20 次购买" in text
    assert "金额 1,000" in text
    assert "之后 30 天内（到 2026-07-30）" in text
    assert "80 张订单" in text


def test_groups_hold_all_customers_with_their_buyers_and_value():
    low, high = risk_groups(scores_of([0.1] * 30 + [0.9] * 20))
    assert (low.name, low.customers) == ("很可能不再买", 30)
    assert (high.name, high.customers) == ("很可能再买", 20)
    assert (low.share, low.buyers, low.value) == (0.6, pytest.approx(3), pytest.approx(300))


def test_a_group_of_nine_is_joined_with_the_next_and_cannot_be_computed():
    groups = risk_groups(scores_of([0.1] * 30 + [0.3] * 9 + [0.6] * 20 + [0.9] * 5))
    assert [(one.name, one.customers) for one in groups] == [
        ("很可能不再买", 30),
        ("多半不再买、多半会再买、很可能再买", 34),
    ]
    for one in groups:
        assert sum(band.customers for band in one.bands) == one.customers
        assert all(band.customers >= 10 for band in one.bands)


def test_a_probability_of_one_and_one_on_an_edge_are_in_one_group():
    groups = risk_groups(scores_of([0.2] * 10 + [0.5] * 10 + [0.8] * 10 + [1.0] * 10 + [0.0] * 10))
    assert [one.customers for one in groups] == [10, 10, 10, 20]


def test_fewer_than_ten_customers_have_no_figures():
    text = page(scores_of([0.5] * 9, ((SILENT,),) * 9))
    assert "顾客少于 10 人" in text
    assert not re.search(r"\b(9|18) (人|位|张)", text)
    assert "没有下单" not in text


def test_reasons_are_counted_without_the_figures_of_a_customer():
    text = page(scores_of([0.5] * 40, ((SILENT, CART),) * 12 + ((SILENT,),) * 8 + ((),) * 20))
    assert "已经 N 天没有下单" in text
    assert "20 人" in text
    assert "N 天前加购没有买" in text
    assert "74" not in text


@pytest.mark.parametrize("count", [9, 33])
def test_a_reason_of_few_customers_or_of_all_but_few_is_not_shown(count):
    text = page(scores_of([0.5] * 40, ((CART,),) * count + ((),) * (40 - count)))
    assert "加购没有买" not in text


def test_no_id_is_on_the_page_and_reasons_are_text():
    shout = Reason("x", "", "<b>沉默</b>", is_risk=True)
    text = page(scores_of([0.5] * 40, ((shout,),) * 40))
    assert "秘密" not in text
    assert "&lt;b&gt;沉默" in text
    assert "<b>沉默" not in text


def test_the_page_says_what_it_rests_on_and_that_values_are_not_known():
    scores = scores_of([0.5] * 40)
    unknown = replace(scores, expected_value=np.full(40, np.nan), method="BG/NBD")
    text = page(unknown)
    assert "订单没有金额" in text
    assert "方法：BG/NBD 模型，记录太短，没有与其他方法比较。" in text
    assert "没有搜索、浏览和加购的记录" in text
    assert not re.search(r"\bnan\b", text, re.IGNORECASE)


def test_the_page_says_compared_of_a_method_that_was_compared_alone():
    losses = (MethodLoss("BG/NBD", 0.5, "BG/NBD", 0.0, 0.0),)
    scores = replace(scores_of([0.5] * 40), method="BG/NBD", losses=losses)
    assert "方法：BG/NBD 模型，在记录的最后一段时间里与其他方法比较后选定。" in page(scores)
    assert "方法：逻辑回归，记录太短，没有与其他方法比较。" in page(replace(scores, method="regression"))


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_scrolls_sideways_and_nothing_is_fetched(chromium, tmp_path, width):
    long = Reason("x", "", "很" * 300, is_risk=False)
    text = page(scores_of([0.2, 0.7] * 50_000, ((long,),) * 100_000))
    assert_fits_and_fetches_nothing(chromium, tmp_path / "page.html", text, width)
