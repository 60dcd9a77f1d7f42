"""Cells of tables of sales."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.sales.cells import (
    is_cancelled,
    read_currency,
    read_money,
    read_number,
    read_promotion,
    read_share,
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3", 3),
        ("３", 3),
        ("3件", 3),
        ("1.5 kg", 1.5),
        ("6.841", 6.841),
        (".5", 0.5),
        ("1,200", 1200),
        ("１，２００．５", 1200.5),
        ("1,234,567", 1234567),
        ("2万", 20000),
        ("1.2万件", 12000),
        ("-4", -4),
        ("－4", -4),
        ("−4", -4),
        ("(4)", -4),
        ("+2", 2),
        ("1e3", 1000),
        ("1e-17", 0),
        ("1000000", 1_000_000),
    ],
)
def test_numbers_are_read_as_shops_write_them(text, number):
    assert read_number(text) == pytest.approx(number)


@pytest.mark.parametrize(
    "text",
    ["", "abc", "nan", "inf", "1_000", "1,5", "12,34", "3-5", "1.2.3", "6901234567890", "1e400", "9" * 50],
)
def test_what_is_no_quantity_is_refused(text):
    with pytest.raises(ValueError, match="is"):
        read_number(text)


@given(st.text(max_size=50))
def test_any_text_is_a_number_within_a_billion_or_refused(text):
    try:
        number = read_number(text)
    except ValueError:
        return
    assert -1e9 <= number <= 1e9


@given(st.integers(-(10**9), 10**9))
def test_a_number_is_read_back_with_and_without_commas(number):
    assert read_number(str(number)) == read_number(f"{number:,}") == number


@pytest.mark.parametrize(
    ("text", "money"),
    [
        ("12.50", (12.5, "")),
        ("￥1,299.00", (1299, "CNY")),
        ("¥5", (5, "CNY")),
        ("12.5元", (12.5, "CNY")),
        ("$5", (5, "USD")),
        ("HK$ 5", (5, "HKD")),
        ("5 EUR", (5, "EUR")),
        ("£2.55", (2.55, "GBP")),
    ],
)
def test_money_may_have_its_currency_beside_it(text, money):
    assert read_money(text) == money


@pytest.mark.parametrize(
    ("text", "code"),
    [("人民币", "CNY"), ("rmb", "CNY"), ("美元", "USD"), ("chf", "CHF"), ("", ""), ("-", "")],
)
def test_currencies_have_many_names(text, code):
    assert read_currency(text) == code


@pytest.mark.parametrize(
    ("text", "promotion"),
    [
        ("", 0),
        ("0", 0),
        ("否", 0),
        ("无", 0),
        ("False", 0),
        ("1", 1),
        ("是", 1),
        ("0.25", 0.25),
        ("20%", 0.2),
        ("8折", 0.2),
        ("618返场", 1),
        ("满300减50", 1),
        ("满" * 60, 1),
    ],
)
def test_a_promotion_is_a_flag_a_share_or_a_name(text, promotion):
    assert read_promotion(text) == pytest.approx(promotion)


@pytest.mark.parametrize("text", ["7", "-0.2", "120%"])
def test_a_promotion_beyond_the_price_is_refused(text):
    with pytest.raises(ValueError, match="0 to 1"):
        read_promotion(text)


def test_a_share_may_be_a_percentage():
    assert read_share("9.4%") == pytest.approx(0.094)
    assert read_share("0.094") == pytest.approx(0.094)


def test_the_status_of_an_order_shows_that_it_was_not_carried_out():
    assert is_cancelled("交易关闭")
    assert is_cancelled("Cancelled")
    assert is_cancelled("等待买家付款")
    assert not is_cancelled("交易成功")
    assert not is_cancelled("卖家已发货，等待买家确认")
