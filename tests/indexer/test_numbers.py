"""Prices, counts and ratings as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.numbers import MAX_COUNT, MAX_RATING, read_count, read_rating, read_stock
from indexer.prices import MAX_PRICE_FEN, read_price


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1299", 129900),
        ("12.9", 1290),
        ("12.05", 1205),
        ("0", 0),
        ("1299.000", 129900),
        ("1299.", 129900),
        ("1299.00 CNY", 129900),
    ],
)
def test_a_price_as_a_program_writes_it_needs_no_repair(text: str, fen: int) -> None:
    assert read_price(text) == (fen, "")


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("¥1,299.00", 129900),
        ("￥1299", 129900),
        ("12.9万", 12_900_000),
        ("1.2w", 1_200_000),
        ("1299元", 129900),
        ("1299元起", 129900),
        ("1,299", 129900),
        ("1，299", 129900),
        ("１２９９", 129900),
        ("RMB 1299", 129900),
        ("99元/件", 9900),
        ("售价：99元", 9900),
    ],
)
def test_a_price_as_people_write_it_is_read_and_reported(text: str, fen: int) -> None:
    assert read_price(text) == (fen, "is not written as a plain number")


@pytest.mark.parametrize(
    ("text", "fen"), [("99-199", 9900), ("¥99~¥199", 9900), ("99至199元", 9900), ("1-2万", 1_000_000)]
)
def test_of_a_range_the_lower_end_is_the_price(text: str, fen: int) -> None:
    assert read_price(text) == (fen, "is a range")


@pytest.mark.parametrize(
    ("text", "oddity"),
    [
        ("-5.00", "is negative"),
        ("¥-5", "is negative"),
        ("$12.99", "is in $, not in yuan"),
        ("HK$ 99", "is in HKD, not in yuan"),
        ("99美元", "is in USD, not in yuan"),
        ("面议", "is no price"),
        ("12,5", "is no price"),
        ("1.2.3", "is no price"),
        ("199-99", "is no price"),
        ("9" * 400, "is no price"),
        ("999999999999", "is too high to be a price"),
        ("1e99", "is too high to be a price"),
    ],
)
def test_what_is_no_price_is_left_out(text: str, oddity: str) -> None:
    assert read_price(text) == (None, oddity)


def test_half_a_fen_is_rounded_up() -> None:
    assert read_price("1.005") == (101, "has parts of a fen")


@pytest.mark.parametrize(
    ("text", "count"),
    [("3651人收货", 3651), ("1.2万+", 12_000), ("100+", 100), ("已售1,000件", 1000), ("12.5", 12)],
)
def test_a_count_as_shops_show_it_is_read(text: str, count: int) -> None:
    assert read_count(text) == (count, "is not written as a plain number")


@pytest.mark.parametrize(("text", "count"), [("7", 7), ("7.0", 7), ("-3", -3), (" 8 ", 8)])
def test_a_plain_count_needs_no_repair(text: str, count: int) -> None:
    assert read_count(text) == (count, "")


@pytest.mark.parametrize(
    ("text", "stock"), [("有货", None), ("In Stock", None), ("售罄", 0), ("缺货", 0), ("5", 5)]
)
def test_stock_may_be_words(text: str, stock: int | None) -> None:
    assert read_stock(text) == (stock, "")


@pytest.mark.parametrize(
    ("text", "rating"),
    [("4.8", 4.8), ("5", 5.0), ("0", 0.0), ("4.", 4.0), (" 4.80 ", 4.8), ("4.666667", 4.67)],
)
def test_a_rating_as_a_program_writes_it_needs_no_repair(text: str, rating: float) -> None:
    assert read_rating(text) == (rating, "")


@pytest.mark.parametrize(
    ("text", "rating"),
    # 96 % of 5 is 4.8.
    [("4.8分", 4.8), ("4.8 分", 4.8), ("４．８分", 4.8), ("96%", 4.8), ("96％", 4.8), ("100%", 5.0)],
)
@pytest.mark.parametrize("is_percentage", [False, True])
def test_a_rating_with_its_unit_is_read_and_reported_in_any_column(
    text: str, rating: float, is_percentage: bool
) -> None:
    expected = (rating, "is not written as a plain number")
    assert read_rating(text, is_percentage=is_percentage) == expected


@pytest.mark.parametrize(
    ("text", "rating"), [("96", 4.8), ("97.5", 4.88), ("100", 5.0), ("0", 0.0), ("0.96", 4.8), ("1", 5.0)]
)
def test_a_bare_number_in_a_column_of_percentages_is_one_or_a_share(text: str, rating: float) -> None:
    assert read_rating(text, is_percentage=True) == (rating, "")


@pytest.mark.parametrize(
    ("text", "is_percentage", "oddity"),
    [
        ("96", False, "is above 5"),
        ("5.01", False, "is above 5"),
        ("101%", False, "is above 100"),
        ("101", True, "is above 100"),
        ("6分", True, "is above 5"),
        ("4.8", True, "may be a percentage or a rating of 5"),
        ("-1", False, "is no rating"),
        ("好评", False, "is no rating"),
        ("4,8", False, "is no rating"),
        ("9" * 400, False, "is no rating"),
    ],
)
def test_what_is_no_rating_is_left_out(text: str, is_percentage: bool, oddity: str) -> None:
    assert read_rating(text, is_percentage=is_percentage) == (None, oddity)


@given(st.text() | st.from_regex(r"[0-9.]{1,6}[分%％]?", fullmatch=True), st.booleans())
def test_no_text_makes_reading_a_rating_fail(text: str, is_percentage: bool) -> None:
    rating = read_rating(text, is_percentage=is_percentage)
    assert rating.oddity if rating.value is None else 0 <= rating.value <= MAX_RATING


@given(st.text() | st.from_regex(r"[-¥￥]?[0-9,.万wk元起+~-]{1,12}", fullmatch=True))
def test_no_text_makes_reading_a_number_fail(text: str) -> None:
    price, count = read_price(text), read_count(text)
    assert price.value is None or 0 <= price.value <= MAX_PRICE_FEN
    assert count.value is None or abs(count.value) <= MAX_COUNT
    assert price.value is not None or price.oddity


@given(st.integers(0, MAX_PRICE_FEN - 1))
def test_a_price_reads_the_same_however_it_is_written(fen: int) -> None:
    yuan = f"{fen // 100}.{fen % 100:02}"
    with_commas = f"{fen // 100:,}.{fen % 100:02}"
    for text in (yuan, f"¥{yuan}", f"{yuan}元", with_commas, f"￥ {with_commas}", f"RMB{yuan}"):
        assert read_price(text).value == fen
