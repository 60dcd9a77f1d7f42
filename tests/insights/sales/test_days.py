"""Days in the columns of tables."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.sales.days import read_days


def days(*texts):
    return [date.fromordinal(ordinal) if ordinal else None for ordinal in read_days(texts).ordinal.tolist()]


@pytest.mark.parametrize(
    "text",
    [
        "2023-01-01",
        "2023/1/1",
        "2023年1月1日",
        "20230101",
        "2023-01-01 23:59:59",
        "2023-01-01T08:00:00+08:00",
        "2022-12-31T16:30:00Z",
        # Excel counts from 1899-12-30: 44927 days later. In the library's own words: DATE(2023,1,1).
        "44927",
        "44927.75",
        "44927.0",
    ],
)
def test_a_day_is_read_as_shops_and_excel_write_it(text):
    assert days(text) == [date(2023, 1, 1)]


@pytest.mark.parametrize(
    "text", ["", "合计", "2023-02-30", "2023-13-01", "99999", "12345", "1970-01-01", "5"]
)
def test_what_is_no_day_of_a_shop_is_none(text):
    assert days(text) == [None]


def test_the_column_tells_whether_the_month_comes_first():
    assert days("12/1/2010 8:26", "12/13/2010") == [date(2010, 12, 1), date(2010, 12, 13)]
    assert days("12/1/2010", "13/12/2010") == [date(2010, 1, 12), date(2010, 12, 13)]
    assert days("1/2/23 1:05 PM", "1/31/23") == [date(2023, 1, 2), date(2023, 1, 31)]


def test_a_column_that_does_not_tell_is_refused():
    with pytest.raises(ValueError, match="3/4/2026 may begin with the month or with the day"):
        read_days(["3/4/2026", "5/4/2026"])


def test_the_time_of_the_day_is_kept():
    read = read_days(["2023-01-01 01:00:05", "44927.5", "2023-01-01", "1/31/2023 1:00 PM"])
    assert read.second.tolist() == [3605, 43200, 0, 46800]


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)))
def test_every_day_is_read_back(day):
    serial = day.toordinal() - date(1899, 12, 30).toordinal()
    assert (
        days(day.isoformat(), f"{day:%Y%m%d}", f"{day.year}年{day.month}月{day.day}日", str(serial))
        == [day] * 4
    )


@given(st.text(max_size=30))
def test_any_text_is_a_day_or_none(text):
    # The others tell that months come first.
    ordinals = read_days(["1/31/2023", "1/30/2023", text]).ordinal
    assert ordinals[:2].tolist() == [date(2023, 1, 31).toordinal(), date(2023, 1, 30).toordinal()]
    assert ordinals[2] == 0 or 1990 <= date.fromordinal(int(ordinals[2])).year <= 2101
