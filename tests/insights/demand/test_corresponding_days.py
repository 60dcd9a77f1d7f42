"""Days of earlier years that correspond to a day. Spring Festival: 2022-02-01, 2023-01-22, 2024-02-10."""

from datetime import date, timedelta

import pytest

from insights.demand.corresponding_days import corresponding_days


def corresponding(day, years_back=1):
    return day + timedelta(days=int(corresponding_days(day, 1, years_back)[0]))


@pytest.mark.parametrize(
    ("day", "earlier"),
    [
        (date(2024, 2, 9), date(2023, 1, 21)),  # The eve of Spring Festival.
        (date(2024, 2, 10), date(2023, 1, 22)),
        (date(2024, 2, 24), date(2023, 2, 5)),  # The lantern festival.
        (date(2024, 6, 10), date(2023, 6, 22)),  # The dragon boat festival.
        (date(2024, 9, 16), date(2023, 9, 28)),  # The eve of mid-autumn.
    ],
)
def test_a_day_at_a_festival_that_moves_is_the_one_at_last_years(day, earlier):
    assert corresponding(day) == earlier


def test_two_years_back_the_eve_is_that_of_then():
    assert corresponding(date(2024, 2, 9), 2) == date(2022, 1, 31)


@pytest.mark.parametrize(
    ("day", "years_back", "earlier"),
    [
        (date(2024, 11, 11), 1, date(2023, 11, 13)),
        (date(2024, 7, 20), 1, date(2023, 7, 22)),
        (date(2024, 7, 20), 2, date(2022, 7, 23)),
    ],
)
def test_far_from_them_it_is_the_same_weekday_in_whole_weeks(day, years_back, earlier):
    assert corresponding(day, years_back) == earlier
    assert day.weekday() == earlier.weekday()


def test_spring_festival_counts_from_45_days_before_to_45_days_after():
    # In 2024 from 27 December to 26 March: 384 days after those of the festival of 2023, and 364 elsewhere.
    back = (-(corresponding_days(date(2023, 12, 26), 93, 1) - range(93))).tolist()
    assert back == [364] + [384] * 91 + [364]


def test_days_asked_for_together_are_those_asked_for_one_by_one():
    first = date(2023, 12, 1)
    days = [first + timedelta(days=day) for day in range(400)]
    together = [first + timedelta(days=day) for day in corresponding_days(first, 400, 1).tolist()]
    assert together == [corresponding(day) for day in days]


def test_a_corresponding_day_is_always_about_a_year_before():
    back = range(3000) - corresponding_days(date(2020, 1, 1), 3000, 1)
    # A lunar year has 353 to 385 days.
    assert back.min() >= 353
    assert back.max() <= 385
