"""Model and article numbers in text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangsou.text.amounts import find_amounts
from shangsou.text.codes import (
    canonical_code,
    find_code_spans,
    is_certain_code,
    is_code,
    text_codes,
    written_codes,
)
from shangsou.text.facts import load_facts
from shangsou.text.normalize import normalize

# Of what codes are made, and of what stands around them.
_TEXTS = st.text(st.sampled_from("abx0123459 -+./_ml寸款鞋"), max_size=30) | st.text(max_size=30)


def asked(query: str) -> list[list[str]]:
    """Return what may be a code in each run of a query as somebody types it."""
    return [[span.code for span in run] for run in find_code_spans(normalize(query), load_facts())]


@pytest.mark.parametrize(
    "typed",
    ["hx6857/20", "HX6857/20", "HX 6857 20", "hx6857-20", "ｈｘ６８５７／２０", "HX_6857+20"],
)
def test_a_code_is_the_same_with_any_marks_blanks_and_case(typed: str) -> None:
    assert canonical_code(normalize(typed)) == "hx685720"
    assert "hx685720" in text_codes(normalize(typed), load_facts())
    assert asked(typed)[0][0] == "hx685720"


def test_a_title_has_a_code_whole_and_in_its_parts_that_are_codes() -> None:
    # 20 and 001 alone are numbers.
    assert text_codes("飞利浦hx6857/20电动牙刷", load_facts()) == {"hx685720", "hx6857"}
    assert text_codes("cw2288-001", load_facts()) == {"cw2288001", "cw2288"}


def test_words_beside_a_number_are_one_code_with_it() -> None:
    assert text_codes("苹果iphone 15手机", load_facts()) == {"iphone15"}
    # Chinese characters and marks with blanks around them end it.
    assert text_codes("iphone手机15", load_facts()) == set()
    assert text_codes("iphone / 15", load_facts()) == set()


def test_a_code_has_four_parts_at_most() -> None:
    # From a1: a1b2, a1b2c3, a1b2c3d4; from b2 the same with e5; from c3 two; from d4 one.
    assert text_codes("a1 b2 c3 d4 e5", load_facts()) == {
        "a1b2",
        "a1b2c3",
        "a1b2c3d4",
        "b2c3",
        "b2c3d4",
        "b2c3d4e5",
        "c3d4",
        "c3d4e5",
        "d4e5",
    }


@pytest.mark.parametrize("text", ["500ml", "26寸", "2024", "2024款", "8.15", "a4", "5g", "iphone", ""])
def test_amounts_years_decimals_and_short_numbers_are_no_codes(text: str) -> None:
    assert text_codes(text, load_facts()) == set()
    assert find_code_spans(text, load_facts()) == []


def test_an_amount_separates_what_stands_around_it() -> None:
    assert text_codes("abc1 500ml def2", load_facts()) == {"abc1", "def2"}
    assert asked("iphone 15 128gb pro") == [["iphone15"]]


@pytest.mark.parametrize(
    ("digits", "in_title", "in_query"),
    [
        ("123", False, False),
        ("8061", False, True),  # an article number, as in a column for them
        ("32120", True, True),
        ("6901234567892", True, True),  # a barcode
        ("1" * 24, True, True),
        ("1" * 25, False, False),
    ],
)
def test_digits_alone_are_a_code_if_there_are_many(digits: str, in_title: bool, in_query: bool) -> None:
    assert bool(text_codes(digits, load_facts())) == in_title
    assert bool(find_code_spans(digits, load_facts())) == in_query


@pytest.mark.parametrize(
    ("code", "certain"),
    [
        ("hx6857", True),
        ("ab12c", True),
        ("12345", False),
        ("p40", False),  # may be a typo of p30
        ("ab12", False),
        ("model1", False),  # one digit
    ],
)
def test_a_code_that_nobody_sells_has_five_characters_and_two_digits_or_is_a_barcode(
    code: str, certain: bool
) -> None:
    assert is_code(code)
    assert is_certain_code(code) == certain


def test_the_longest_code_of_a_query_comes_first_with_its_place() -> None:
    [[whole, part]] = find_code_spans("飞利浦hx6857/20牙刷", load_facts())
    assert (whole, part) == (("hx685720", 3, 12), ("hx6857", 3, 9))


def test_each_run_of_a_query_has_its_codes() -> None:
    assert asked("hx6857牙刷 wh1000") == [["hx6857"], ["wh1000"]]


def test_a_written_code_keeps_its_marks() -> None:
    assert written_codes("飞利浦hx6857/20牙刷") == {"hx6857/20", "hx6857"}
    assert written_codes("iphone15 iphone 16") == {"iphone15"}
    assert written_codes("2024款 牙刷") == set()


@given(_TEXTS)
def test_a_span_lies_in_the_text_and_its_code_is_what_its_letters_and_digits_are(text: str) -> None:
    text = normalize(text)
    for run in find_code_spans(text, load_facts()):
        assert run == sorted(run, key=lambda span: span.start - span.end)
        for code, start, end in run:
            assert 0 <= start < end <= len(text)
            assert code == canonical_code(text[start:end])
            assert any(map(str.isdigit, code))
            assert not any(
                amount.start < end and start < amount.end for amount in find_amounts(text, load_facts())
            )


@given(_TEXTS)
def test_what_a_title_has_a_query_for_the_same_text_may_ask_for(text: str) -> None:
    text = normalize(text)
    assert text_codes(text, load_facts()) <= {
        span.code for run in find_code_spans(text, load_facts()) for span in run
    }
