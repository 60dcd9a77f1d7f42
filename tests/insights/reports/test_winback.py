"""The page of a campaign, also in a browser, on a phone and on a desktop."""

import re
from dataclasses import replace

import pytest

from insights.reports.winback import excluded_groups, winback_page
from insights.stock.note import Note
from insights.winback.offers import OfferProduct
from insights.winback.selection import NO_UPLIFT, Exclusions
from shangsou.degradation import Degradation
from tests.insights.reports.campaigns import CART, COAT, HAT, NEW, START, off, selection_of
from tests.insights.reports.pages_in_browser import assert_fits_and_fetches_nothing


def page(selection, offers):
    return re.sub(r"\s+", " ", winback_page(selection, offers, START, 30))


def cells(text):
    """Return the rows of all tables of a page, as texts."""
    rows = re.findall(r"<tr>(<td>.*?)</tr>", re.sub("<small>.*?</small>", "", text))
    return [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in rows]


def test_the_headline_says_who_is_contacted_what_it_costs_and_who_is_not():
    text = page(selection_of(40, 20), [CART] * 40)
    # 40 at 2 each, of a budget of 1,000.
    assert "联系 40 位，预计花 80" in text
    assert "另有 20 位留作对照，<b>不要联系</b>" in text
    assert "用去 8%" in text
    assert "2026-07-01 至 2026-07-30（30 天）" in text


def test_value_times_risk_is_called_no_uplift_and_uplift_is_explained():
    text = page(selection_of(40, 20, notes=(NO_UPLIFT, Note("", "对照组不足"))), [CART] * 40)
    assert "按“价值×流失风险”排序，不是增量" in text
    assert text.count("不是增量") == 1
    assert "对照组不足。" in text
    other = page(selection_of(40, 20, basis="uplift"), [CART] * 40)
    assert "按增量排序" in other
    assert "不是增量" not in other


def test_offers_are_counted_by_kind_and_discount_with_what_they_cost():
    text = page(selection_of(60, 20), [off(0.15)] * 20 + [off(0.05)] * 10 + [CART] * 12 + [NEW] * 18)
    assert cells(text)[:3] == [
        ["老客折扣", "30 人", "50%", "60"],
        ["加购提醒", "12 人", "20%", "24"],
        ["上新推荐", "18 人", "30%", "36"],
    ]
    assert re.findall(r'aria-label="([\d.]+ 折：\d+ 人)"', text) == ["8.5 折：20 人", "9.5 折：10 人"]


def test_kinds_and_discounts_of_nine_are_joined_with_others():
    text = page(
        selection_of(49, 20), [off(0.2)] * 9 + [off(0.1)] * 12 + [off(0.05)] * 9 + [CART] * 9 + [NEW] * 10
    )
    assert [row[:2] for row in cells(text)] == [["老客折扣", "30 人"], ["加购提醒、上新推荐", "19 人"]]
    assert re.findall(r'aria-label="([^"]* 折：\d+ 人)"', text) == ["8 折、9 折、9.5 折：30 人"]


def test_discounts_of_a_kind_that_is_joined_are_not_shown():
    text = page(selection_of(49, 20), [off(0.2)] * 9 + [CART] * 40)
    assert [row[:2] for row in cells(text)] == [["老客折扣、加购提醒", "49 人"]]
    assert " 折：" not in text


def test_products_of_few_customers_or_of_all_but_few_are_not_shown():
    tea = OfferProduct("p3", "<b>茶</b>")
    offers = [off(0.1, HAT, COAT, tea)] * 9 + [off(0.1, HAT, tea)] * 22 + [off(0.1)] * 9
    text = page(selection_of(40, 20), offers)
    # A hat 31 times of 40, so that nine lack it; a coat nine times.
    assert "帽子" not in text
    assert "大衣" not in text
    more = page(selection_of(41, 20), [*offers, off(0.1)])
    assert ["帽子", "31 人", "76%"] in cells(more)
    assert "&lt;b&gt;茶" in more


def test_offers_without_products_and_why_are_named():
    text = page(selection_of(40, 20), [NEW] * 40)
    assert "优惠里没有具体商品" in text
    failed = replace(NEW, degraded=(Degradation("recommend", "there is no index"),))
    assert "没能读到店里的商品" in page(selection_of(40, 20), [failed] * 40)
    assert "没能读到店里的商品" not in text


def test_who_is_left_out_is_counted_by_why():
    text = page(selection_of(40, 20, excluded=(11, 12, 13, 14)), [NEW] * 40)
    assert "看了 110 位顾客，50 位没进名单" in text
    assert cells(text)[1:] == [
        ["预算不够", "14 人"],
        ["联系不划算", "13 人"],
        ["不联系也会买", "12 人"],
        ["金额未知", "11 人"],
    ]


def test_reasons_of_nine_are_joined_and_no_total_tells_of_fewer_than_ten():
    groups = excluded_groups(Exclusions(9, 0, 5, 20), "uplift")
    assert [(one.name, one.customers) for one in groups] == [("预算不够", 20), ("联系不划算、金额未知", 14)]
    text = page(selection_of(40, 20, excluded=(4, 0, 0, 5)), [CART] * 40)
    assert "少于 10 人，不显示" in text
    assert "看了" not in text
    assert "69" not in text


def test_who_was_erased_between_choosing_and_writing_cannot_be_computed():
    # Three of 113 who were considered are on no list and among no excluded.
    selection = replace(selection_of(40, 20, excluded=(0, 50, 0, 0)), considered=113)
    text = page(selection, [NEW] * 40)
    assert "看了 110 位顾客，50 位没进名单" in text
    assert "113" not in text


def test_of_a_short_list_neither_sizes_nor_costs_nor_offers_are_shown():
    text = page(selection_of(10, 9, excluded=(0, 0, 0, 50)), [off(0.1, HAT)] * 10)
    assert "名单太短，不显示数字" in text
    # The 69 who were considered less the 50 would tell of 19.
    assert cells(text) == [["预算不够", "50 人"]]
    assert not re.search(r"\b(9|10|19|69) (人|位)", text.replace("少于 10 人", ""))
    assert "预计花的" not in text
    assert "帽子" not in text


def test_where_nobody_is_contacted_the_reasons_stand():
    text = page(selection_of(0, 0, excluded=(0, 30, 20, 0)), [])
    assert "这次没有要联系的顾客" in text
    assert "看了 50 位顾客" in text
    assert "winback measure" not in text
    assert "没有可以考虑的顾客" in page(selection_of(0, 0), [])


@pytest.mark.parametrize(("name", "command"), [("夏季", "measure 夏季"), ("a b", "measure &#39;a b&#39;")])
def test_when_and_how_to_measure_is_written_out(name, command):
    text = page(selection_of(40, 20, name=name), [CART] * 40)
    assert "2026-07-30 的订单齐了之后（2026-07-31 起）" in text
    assert f"<code>shangsou winback {command}</code>" in text


def test_no_id_is_on_the_page():
    assert "秘密" not in page(selection_of(40, 20), [CART] * 40)


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_scrolls_sideways_and_nothing_is_fetched(chromium, tmp_path, width):
    long = OfferProduct("p", "长" * 300)
    offers = [off(level / 100, long) for level in range(5, 50) for _ in range(2000)] + [NEW] * 10_000
    text = winback_page(
        selection_of(100_000, 11_000, excluded=(10**6,) * 4, name="x" * 200), offers, START, 30
    )
    assert_fits_and_fetches_nothing(chromium, tmp_path / "page.html", text, width)
