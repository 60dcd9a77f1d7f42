"""Days around holidays and shopping festivals."""

import math
from datetime import date, timedelta

import pytest

from insights.sales.calendar import FESTIVALS, FIRST_YEAR, LAST_YEAR, festival_offsets

_DAY_IN = {festival.name: festival.day_in for festival in FESTIVALS}


@pytest.mark.parametrize(
    ("name", "day"),
    [
        # From the holiday calendars of the State Council for these years.
        ("春节", date(2020, 1, 25)),
        ("春节", date(2023, 1, 22)),
        ("春节", date(2026, 2, 17)),
        ("元宵节", date(2023, 2, 5)),
        ("清明节", date(2022, 4, 5)),
        ("清明节", date(2024, 4, 4)),
        ("端午节", date(2023, 6, 22)),
        ("端午节", date(2020, 6, 25)),  # After a leap fourth month.
        ("七夕", date(2023, 8, 22)),
        ("中秋节", date(2023, 9, 29)),
        ("中秋节", date(2020, 10, 1)),
        # The new moon was a few minutes after midnight in Beijing: tables from elsewhere have the day before.
        ("中秋节", date(1978, 9, 17)),
        ("重阳节", date(2023, 10, 23)),
        ("国庆节", date(2023, 10, 1)),
        ("双11", date(2016, 11, 11)),
        ("618", date(2021, 6, 18)),
        ("年货节", date(2023, 1, 1)),
    ],
)
def test_a_festival_falls_on_its_day(name: str, day: date) -> None:
    assert _DAY_IN[name](day.year) == day


def test_days_count_from_before_a_festival_to_after_it() -> None:
    offsets = festival_offsets(date(2023, 1, 20), 5)
    assert offsets["spring_festival"].tolist() == [-2, -1, 0, 1, 2]
    assert offsets["spring_festival"].dtype == "int16"


def test_the_nearest_occurrence_may_lie_in_another_year() -> None:
    offsets = festival_offsets(date(2022, 12, 31), 3)
    assert offsets["new_year"].tolist() == [-1, 0, 1]
    assert offsets["spring_festival"].tolist() == [-22, -21, -20]
    assert offsets["christmas"].tolist() == [6, 7, 8]


def test_a_festival_is_no_further_than_45_days_on_either_side() -> None:
    # 26 September is 46 days before 11 November, and 27 December 46 days after it.
    assert festival_offsets(date(2023, 9, 26), 3)["double_11"].tolist() == [-45, -45, -44]
    assert festival_offsets(date(2023, 12, 25), 3)["double_11"].tolist() == [44, 45, 45]


def test_all_the_years_of_the_lunar_calendar_are_known() -> None:
    assert len(festival_offsets(date(FIRST_YEAR, 1, 1), 3)["spring_festival"]) == 3
    assert festival_offsets(date(LAST_YEAR, 12, 31), 1)["double_12"].tolist() == [19]


@pytest.mark.parametrize(
    ("first_day", "days"), [(date(1899, 12, 31), 2), (date(LAST_YEAR, 12, 31), 2), (date(2023, 1, 1), -1)]
)
def test_days_outside_the_years_are_refused(first_day: date, days: int) -> None:
    with pytest.raises(ValueError, match=r"years|fewer"):
        festival_offsets(first_day, days)


def test_no_days_have_no_offsets() -> None:
    assert festival_offsets(date(2023, 1, 1), 0)["qixi"].tolist() == []


def test_qingming_is_the_day_on_which_the_sun_reaches_15_degrees() -> None:
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        day = _DAY_IN["清明节"](year)
        before, after = _solar_longitude(day), _solar_longitude(day + timedelta(days=1))
        # A hundredth of a degree is a quarter of an hour, the error of the series.
        assert before < 15.01, day
        assert after > 14.99, day


def _solar_longitude(day: date) -> float:
    """The sun's apparent longitude at 0:00 in Beijing (Meeus 1998, chapter 25, low accuracy)."""
    julian_day = day.toordinal() + 1_721_424.5 - 8 / 24
    centuries = (julian_day - 2_451_545) / 36_525
    mean_longitude = 280.46646 + 36_000.76983 * centuries
    anomaly = math.radians(357.52911 + 35_999.05029 * centuries)
    centre = (1.914602 - 0.004817 * centuries) * math.sin(anomaly) + 0.019993 * math.sin(2 * anomaly)
    node = math.radians(125.04 - 1934.136 * centuries)
    return (mean_longitude + centre - 0.00569 - 0.00478 * math.sin(node)) % 360
