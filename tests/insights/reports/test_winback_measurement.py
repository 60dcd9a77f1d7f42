"""The page of what a campaign gained, also in a browser, on a phone and on a desktop."""

import re
from dataclasses import replace
from datetime import date
from math import nan

import pytest

from insights.reports.winback_measurement import IntervalDrawing, interval_drawing, measurement_page
from insights.winback.estimate import Estimate
from insights.winback.measurement import Detectable, Group, Measurement
from tests.insights.reports.pages_in_browser import assert_fits_and_fetches_nothing

# Of 400 at 20 more each, less costs of 400.
GAIN = Measurement(
    "夏季",
    date(2026, 7, 1),
    date(2026, 7, 30),
    is_complete=True,
    ended_by="",
    treated=Group(400, 0, 200, 211, 25.0),
    held_out=Group(100, 0, 10, 12, 5.0),
    share_difference=Estimate(0.4, 0.31, 0.47),
    margin_difference=Estimate(20.0, 13.5, 26.5),
    costs=400.0,
    gain=Estimate(7600.0, 5000.0, 10200.0),
    gain_without_discount=Estimate(7600.0, 5000.0, 10200.0),
    detectable_share=Detectable(0.15, 90),
    detectable_margin=Detectable(8.5, 123_456),
    unknown_amounts=0,
)


def gaining(low, value, high, **changes):
    """The same campaign with another gain; without a discount, unless changed."""
    gain = Estimate(value, low, high)
    return replace(GAIN, **({"gain": gain, "gain_without_discount": gain} | changes))


LOSS = gaining(-2600.0, -1500.0, -400.0)
UNKNOWN = gaining(-2000.0, 300.0, 2600.0)
# The seven of a hold-out who bought are too few to be shown.
FEW = replace(UNKNOWN, held_out=Group(100, 0, 7, 8, 3.21))


def page(measurement):
    return re.sub(r"\s+", " ", measurement_page(measurement))


def words(text):
    """Return a page without its styles and tags."""
    return re.sub(r"<style>.*?</style>|<[^>]*>", " ", text)


def cells(text):
    rows = re.findall(r"<tr>(<td>.*?)</tr>", re.sub("<small>(.*?)</small>", r" \1", text))
    return [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in rows]


def test_a_gain_comes_with_its_interval_and_costs():
    text = page(GAIN)
    assert '<div class="verdict good"> <strong>赚了约 7,600</strong>' in text
    assert "95% 的可能在 5,000 至 10,000 之间" in text
    assert "400 的联系成本" in text
    assert "看得出" not in text


def test_a_loss_is_written_as_what_was_lost_the_smaller_end_first():
    text = page(LOSS)
    assert '<div class="verdict bad"> <strong>亏了约 1,500</strong>' in text
    assert "95% 的可能在 400 至 2,600 之间" in text


def test_groups_that_are_too_small_say_what_they_could_have_shown_and_how_many_it_takes():
    text = page(UNKNOWN)
    assert '<div class="verdict "> <strong>从亏 2,000 到赚 2,600 都有可能：还看不出是赚是亏</strong>' in text
    assert "每位顾客多赚或少赚 8.50" in text
    assert "约 120,000 位" in text
    assert "每 100 位多买或少买 15 位；这次看到的若是真的，两组共要约 90 位" in text


def test_where_no_difference_was_seen_no_number_of_customers_would_show_it():
    none = replace(
        UNKNOWN, detectable_share=Detectable(0.15, None), detectable_margin=Detectable(8.5, 10**12)
    )
    text = page(none)
    assert "每 100 位多买或少买 15 位。" in text
    assert "两组共要一千万以上顾客" in text


def test_both_groups_are_shown_with_who_bought_and_their_margin():
    assert cells(page(GAIN)) == [
        ["联系过的", "400 人", "50.0% 200 人", "25"],
        ["对照组", "100 人", "10.0% 10 人", "5"],
    ]


def test_of_groups_where_few_bought_only_sizes_and_the_difference_in_money_are_shown():
    text = page(FEW)
    assert "从亏 2,000 到赚 2,600" in text
    assert cells(text) == [["联系过的", "400 人"], ["对照组", "100 人"]]
    assert "每位顾客多赚的毛利" in text
    for hidden in ("每 100 位", "50.0%", "7.0%", "3.21", "200"):
        assert hidden not in words(text)


def test_where_all_but_few_bought_their_share_is_not_shown_either():
    text = page(replace(GAIN, held_out=Group(100, 0, 91, 95, 5.0)))
    assert "91" not in text
    assert "赚了约 7,600" in text


def test_fewer_than_ten_buyers_in_all_have_no_amounts():
    text = page(replace(FEW, treated=Group(400, 0, 2, 2, 1.0)))
    assert "还看不出活动是赚是亏" in text
    assert "不显示金额" in text
    for hidden in ("2,600", "+20", "8.50"):
        assert hidden not in text


def test_groups_of_nine_have_no_figures_at_all():
    text = page(replace(GAIN, held_out=Group(9, 0, 3, 3, 5.0)))
    assert "人数太少，不显示数字" in text
    assert "verdict good" not in text
    for hidden in ("7,600", "400", "9 人"):
        assert hidden not in words(text)


def test_few_who_were_erased_are_not_counted_out():
    erased = replace(
        GAIN, treated=replace(GAIN.treated, erased=5), held_out=replace(GAIN.held_out, erased=12)
    )
    text = page(erased)
    assert cells(text) == [
        ["联系过的", "400 人", "少于 10 人", "50.0% 200 人", "25"],
        ["对照组", "100 人", "12 人", "10.0% 10 人", "5"],
    ]
    assert "两组都按没有购买计算" in text
    assert "注销" not in page(GAIN)


def test_a_discount_that_may_not_have_been_used_widens_what_is_possible():
    text = page(gaining(-2600.0, -1500.0, -400.0, gain_without_discount=Estimate(500.0, -600.0, 1600.0)))
    assert "从亏 2,600 到赚 1,600 都有可能" in text
    assert "−1,500（每张订单都用了优惠）到 +500（没人用优惠）" in text
    assert "没人用优惠的话" in text


def test_a_loss_is_claimed_by_what_was_lost_even_if_nobody_used_the_discount():
    text = page(gaining(-2600.0, -1500.0, -400.0, gain_without_discount=Estimate(-900.0, -1600.0, -200.0)))
    assert "亏了，至少约 900" in text
    assert "就算没人用优惠，95% 的可能在 200 至 1,600 之间" in text


def test_without_an_interval_no_gain_is_claimed():
    text = page(replace(GAIN, gain=Estimate(7600.0, nan, nan), margin_difference=Estimate(20.0, nan, nan)))
    assert "还看不出活动是赚是亏" in text
    assert "7,600" not in text
    assert not re.search(r"\bnan\b", text, re.IGNORECASE)


def test_days_that_are_missing_and_a_later_campaign_are_reported():
    assert "数字还会变" in page(replace(GAIN, is_complete=False))
    ended = page(replace(GAIN, is_complete=False, ended_by="<秋季>"))
    assert "另一个活动“&lt;秋季&gt;”" in ended
    assert "数字还会变" not in ended


@pytest.mark.parametrize(("count", "wording"), [(9, "少于 10 张订单"), (1200, "1,200 张订单")])
def test_orders_without_amounts_are_counted(count, wording):
    assert wording in page(replace(GAIN, unknown_amounts=count))


@pytest.mark.parametrize(
    ("estimate", "drawing"),
    [
        # 92 per cent of the width between the margins of 4.
        (Estimate(50.0, 25.0, 100.0), IntervalDrawing(27.0, 96.0, 50.0, 4.0, "good")),
        (Estimate(0.0, -50.0, 50.0), IntervalDrawing(4.0, 96.0, 50.0, 50.0, "flat")),
        (Estimate(-50.0, -100.0, -25.0), IntervalDrawing(4.0, 73.0, 50.0, 96.0, "bad")),
        (Estimate(0.0, 0.0, 0.0), IntervalDrawing(4.0, 4.0, 4.0, 4.0, "flat")),
    ],
)
def test_an_interval_is_drawn_against_zero(estimate, drawing):
    assert interval_drawing(estimate) == drawing


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_scrolls_sideways_and_nothing_is_fetched(chromium, tmp_path, width):
    large = replace(
        UNKNOWN,
        campaign="x" * 200,
        ended_by="长" * 200,
        treated=Group(10**9, 10**8, 10**8, 10**9, 123_456.0),
        gain=Estimate(1.0, -(10.0**12), 10.0**12),
    )
    assert_fits_and_fetches_nothing(chromium, tmp_path / "page.html", measurement_page(large), width)
