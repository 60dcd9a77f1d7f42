"""The page of an evaluation of churn scores, also in a browser, on a phone and on a desktop."""

import re
from datetime import date

import pytest

from insights.churn.evaluation.cut import NoEarlierDay
from insights.reports.churn_evaluation import SIDE, calibration_curve, evaluation_page
from insights.reports.churn_groups import (
    CalibrationGroup,
    are_origins_shown,
    are_peers_shown,
    calibration_groups,
    shown_confusion,
    shown_reasons,
)
from tests.insights.churn.evaluation.evaluations import RIGHT, evaluated, with_cut
from tests.insights.reports.pages_in_browser import assert_fits_and_fetches_nothing


def test_groups_of_the_curve_make_up_the_sides_of_the_cut():
    # Chosen by the probabilities, the cut is .7: 56 / 80 against 80 / 140.
    assert RIGHT.origins[0].cut.probability == 0.7
    table = shown_confusion(RIGHT)
    assert (table.true_positives, table.false_positives) == (28, 12)
    groups = calibration_groups(RIGHT)
    # Ten of each kind: of .2 with 12 buyers one group, of .7 with 12 others one.
    assert [(round(one.share, 2), round(one.bought, 2)) for one in groups] == [(0.6, 0.2), (0.4, 0.7)]
    assert groups[1].buyer_lift == pytest.approx(0.7 / 0.4)
    assert groups[0].leaver_lift == pytest.approx(0.8 / 0.6)


def test_intervals_are_those_of_wilson():
    # 12 of 60: (.2 + .03201) / 1.06403 -+ 1.96 * sqrt(.16 / 60 + .0002668) / 1.06403.
    low = calibration_groups(RIGHT)[0]
    assert (low.low, low.high) == (pytest.approx(0.1183, abs=1e-3), pytest.approx(0.3178, abs=1e-3))


def test_a_cut_with_a_small_side_is_not_shown_and_groups_do_not_tell_of_it():
    # Of the 20 at the cut or above 15 bought, so five did not.
    found = evaluated([0.2] * 80 + [0.7] * 20, [1] * 12 + [0] * 68 + [1] * 15 + [0] * 5)
    assert shown_confusion(found) is None
    (one,) = calibration_groups(found)[-1:]
    assert one.share > 0.2
    text = evaluation_page(found)
    assert "四种情形里有一种的顾客少于 10 人" in text
    assert "查准率</span>" not in text


def test_fewer_than_ten_buyers_have_no_figures():
    text = evaluation_page(evaluated([0.1] * 91 + [0.6] * 9, [0] * 91 + [1] * 9))
    assert "人数太少，不显示数字" in text
    assert not re.search(r"<b>\d|[^\d]9[^\d]{0,3}(位|人次)|AUC", text)


def test_several_origins_need_as_many_tens_since_a_person_may_be_in_each():
    origins = (date(2026, 1, 31), date(2026, 3, 2))
    # 15 of 60 bought at each origin: 30 of them are enough for two origins.
    found = evaluated([0.2] * 60, [1] * 15 + [0] * 45, origins=origins)
    assert [one.outcomes.has_bought.sum() for one in found.origins] == [15, 15]
    assert len(calibration_groups(found)) == 1
    assert are_origins_shown(found)
    # One group is no order of whom to contact first.
    assert "分不成组" in evaluation_page(found)
    assert "最高的 100%" not in evaluation_page(found)
    # Twelve at each: 24, of whom in two groups one would be below 20.
    few = evaluated([0.2] * 60, [1] * 9 + [0] * 51, origins=origins)
    assert calibration_groups(few) == []
    assert not are_origins_shown(few)


def test_a_reason_is_shown_where_all_four_groups_are_large_enough():
    (one,) = shown_reasons(RIGHT)
    assert (one.customers, one.left) == (60, 48)
    text = evaluation_page(RIGHT)
    assert "已经 N 天没有下单" in text
    few = evaluated([0.2] * 60 + [0.7] * 40, [1] * 12 + [0] * 48 + [1] * 28 + [0] * 12, with_reason=20)
    # Of the 20 with it eight did not buy.
    assert shown_reasons(few) == []
    assert "另有原因因人数太少" in evaluation_page(few)
    assert "没有下单" not in evaluation_page(few)


def test_peers_of_a_reason_are_shown_where_they_are_enough():
    # All ordered once: the peers are the 40 without the reason, of whom 12 did not buy.
    (one,) = shown_reasons(RIGHT)
    assert (one.peers, one.peers_left) == (40, 12)
    assert are_peers_shown(one, 12)
    assert not are_peers_shown(one, 13)


def test_the_page_says_what_was_expected_and_names_nobody():
    # .2 * 60 + .7 * 40 = 40, and 40 bought. Pairs: (28 * 48 + (12 * 48 + 28 * 12) / 2) / (40 * 60) = .75.
    text = evaluation_page(RIGHT)
    assert "预计共有 40 位会再买，实际 40" in text
    assert "100 次里有 75.0 次排对" in text
    assert "秘密" not in text
    assert not re.search(r"\bnan\b", text, re.IGNORECASE)


def test_points_of_the_curve_rise_with_the_share_and_lie_on_the_diagonal_where_it_is_right():
    groups = [
        CalibrationGroup(50, 0.5, 0.1, 0.1, 0.0, 0.2, 1, 1),
        CalibrationGroup(50, 0.5, 0.4, 0.5, 0.4, 0.6, 1, 1),
    ]
    curve = calibration_curve(groups)
    # The axes end at .6, the highest end of an interval.
    assert curve.top == 0.6
    first, second = curve.points
    assert first.x == pytest.approx(SIDE / 6, abs=0.1)
    assert first.y == pytest.approx(SIDE - first.x, abs=0.1)
    assert second.high == 0
    assert second.y < SIDE - second.x


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (NoEarlierDay.TOO_SHORT, "（记录不够长，由可能性本身选定）"),
        (NoEarlierDay.NOT_SCORED, "（更早那次的记录太少，估计不了，由可能性本身选定）"),
        (NoEarlierDay.NOBODY_BOUGHT, "（更早那次之后没有人再买，由可能性本身选定）"),
    ],
)
def test_the_page_says_why_no_earlier_day_chose_the_cut(reason, words):
    assert words in evaluation_page(with_cut(None, reason))


def test_the_page_says_which_earlier_day_chose_the_cut():
    text = evaluation_page(with_cut(date(2026, 1, 1), None))
    assert "（由 2026-01-01 那次选定）" in text
    assert "由可能性本身选定" not in text


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_scrolls_sideways_and_nothing_is_fetched(chromium, tmp_path, width):
    assert_fits_and_fetches_nothing(chromium, tmp_path / "page.html", evaluation_page(RIGHT), width)
