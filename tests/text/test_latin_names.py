"""Latin names in any spelling."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangsou.text.latin_names import find_names, is_latin_key, name_key
from shangsou.text.normalize import normalize

KEYS = {"newbalance", "northface", "hm", "loreal", "esteelauder", "tplink", "xl", "new"}


@pytest.mark.parametrize(
    ("spellings", "key"),
    [
        (("New Balance", "new-balance", "NEWBALANCE", "ＮｅｗＢａｌａｎｃｅ"), "newbalance"),
        (("The North Face", "North-Face", "northface"), "northface"),
        (("Estée Lauder", "ESTEE LAUDER", "esteelauder"), "esteelauder"),
        (("L'Oréal", "L’OREAL", "loreal"), "loreal"),
        (("H&M", "h & m", "hm"), "hm"),
        (("M·A·C", "mac"), "mac"),
        (("The", "the"), "the"),
        (("新百伦",), "新百伦"),
        (("新百伦 New Balance",), "新百伦 new balance"),
    ],
)
def test_all_spellings_of_a_name_have_one_key(spellings: tuple[str, ...], key: str) -> None:
    assert {name_key(normalize(spelling)) for spelling in spellings} == {key}


def test_a_number_is_no_latin_name() -> None:
    assert [key for key in ("361", "a", "3m", "新百伦") if is_latin_key(key)] == ["3m"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("new balance 327", ["new balance"]),
        ("男鞋newbalance复古", ["newbalance"]),
        ("the north face 外套", ["the north face"]),
        ("thenorthface", ["thenorthface"]),
        ("h & m 连衣裙", ["h & m"]),
        # Sizes and initials are joined by a mark only.
        ("h m 连衣裙", []),
        ("x l", []),
        ("x-l 衬衫", ["x-l"]),
        # The longest at each place; a part of a word is none.
        ("new balance new", ["new balance", "new"]),
        ("news tplinks", []),
    ],
)
def test_names_are_found_in_any_spelling(text: str, found: list[str]) -> None:
    assert [text[name.start : name.end] for name in find_names(text, KEYS)] == found


@given(st.text(alphabet="thenwbalc &-'新", max_size=30))
def test_names_stand_in_order_and_have_the_key_they_are_found_by(text: str) -> None:
    spans = list(find_names(text, KEYS))
    assert all(one.end <= other.start for one, other in pairwise(spans))
    assert all(name_key(text[one.start : one.end]).removeprefix("the") == one.key for one in spans)
