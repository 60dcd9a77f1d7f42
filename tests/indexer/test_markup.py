"""Plain text from markup."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.markup import clean_text, is_clean

# What dirty cells are made of, so that examples run into each other often.
PIECES = st.sampled_from(
    [
        *("<b>", "</b>", "<br/>", "<script>", "</script>", "<!--", "-->", "&amp;", "&lt;", "&gt;", "amp;"),
        *("lt;", "&#60;", "&", "<", ">", ";", "#", "b", "连衣裙", "🎁", " ", "\x00", "\x1f", "\n"),
        *("\u202e", "\ufeff", "\ud800"),
    ]
)


@pytest.mark.parametrize(
    ("raw", "text", "oddities"),
    [
        ("连衣裙", "连衣裙", ()),
        ("  连衣裙 \t 女 ", "连衣裙 女", ()),
        ("<b>连衣裙</b>", "连衣裙", ("HTML",)),
        ("连衣裙<br/>女", "连衣裙 女", ("HTML",)),
        ('<p class="x">一</p><p>二</p>', "一 二", ("HTML",)),
        ("<script>alert(1)</script>马克杯", "马克杯", ("HTML",)),
        ("<style>a{}</style><!-- 注 -->马克杯", "马克杯", ("HTML",)),
        ("LANC&Ocirc;ME", "LANCÔME", ("entities",)),
        ("杯&nbsp;垫&#x4e00;", "杯 垫一", ("entities",)),
        ("R&amp;amp;D", "R&D", ("entities",)),
        ("&lt;b&gt;杯&lt;/b&gt;", "杯", ("entities", "HTML")),
        ("连衣\x00裙\x1f女", "连衣裙 女", ("control or broken characters",)),
        ("胸\u202e丰\u200b套\ufeff装", "胸丰套装", ("control or broken characters",)),
        ("眼霜\ufffd", "眼霜", ("control or broken characters",)),
        ("一行\r\n二行", "一行 二行", ()),
    ],
)
def test_what_shops_paste_becomes_text(raw: str, text: str, oddities: tuple[str, ...]) -> None:
    assert clean_text(raw) == (text, oddities)


@pytest.mark.parametrize(
    "text",
    ["尺码<M>", "A<B", "加厚<", "AT&T", "R&notebook", "5<7>3", "<新款>裙", "👨\u200d👩\u200d👧 亲子装"],
)
def test_what_only_looks_like_markup_stays(text: str) -> None:
    assert clean_text(text) == (text, ())


def test_a_script_without_an_end_loses_its_tag_only() -> None:
    assert clean_text("<script>alert(1) 马克杯").text == "alert(1) 马克杯"


def test_ten_thousand_openings_without_an_end_take_no_time_to_speak_of() -> None:
    assert clean_text("<script>" * 10_000 + "<!--" * 10_000).text == "<!--" * 10_000


@given(st.lists(PIECES).map("".join))
def test_cleaning_again_changes_nothing(raw: str) -> None:
    once = clean_text(raw).text
    assert clean_text(once) == (once, ())


@given(st.text())
def test_clean_text_holds_no_control_characters_and_is_one_line(raw: str) -> None:
    text = clean_text(raw).text
    assert text == text.strip()
    assert not any(char < " " or "\x7f" <= char <= "\x9f" or char == "\ufffd" for char in text)


def test_cleaning_changes_no_character_of_a_text_that_counts_as_clean() -> None:
    texts = (f"a{chr(code)}b" for code in range(0x110000) if not chr(code).isspace())
    # The element makes sure that the text is looked at in full.
    assert [text for text in texts if is_clean(text) and clean_text(f"{text}<i></i>").text != text] == []


def test_blanks_around_a_text_leave_it_clean_but_not_two_inside_or_an_element() -> None:
    assert is_clean(" 连衣裙 ")
    assert not is_clean("连衣裙  红色")
    assert not is_clean("<b>连衣裙")
