"""Numbers as Chinese shoppers type them."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangsou.text.numbers import NUMBER, parse_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("100", "100"),
        ("99.5", "99.5"),
        ("1.5万", "15000"),
        ("2k", "2000"),
        ("3千", "3000"),
        ("两百", "200"),
        ("三百五", "350"),
        ("一千二百", "1200"),
        ("一千二", "1200"),
        ("十五", "15"),
        ("百", "100"),
        ("一万五", "15000"),
        ("两万三千", "23000"),
        ("二十三", "23"),
        ("七", "7"),
    ],
)
def test_numbers_are_read_as_they_are_spoken(text: str, number: str):
    assert parse_number(text) == Decimal(number)


@pytest.mark.parametrize("text", ["百百", "五五", "十百", "万万"])
def test_characters_in_no_order_are_no_number(text: str):
    assert parse_number(text) is None


@given(st.from_regex(NUMBER, fullmatch=True))
def test_whatever_matches_is_a_number_or_none(text: str):
    number = parse_number(text)
    assert number is None or number >= 0


@given(st.integers(1, 9), st.integers(1, 9))
def test_hundreds_and_tens_add_up(hundreds: int, tens: int):
    digits = "零一二三四五六七八九"
    spoken = f"{digits[hundreds]}百{digits[tens]}十"
    assert re.fullmatch(NUMBER, spoken)
    assert parse_number(spoken) == hundreds * 100 + tens * 10
