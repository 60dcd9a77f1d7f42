"""Text normalization."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangsou.text.normalize import normalize, normalize_aligned


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("ＩＰＨＯＮＥ　１５", "iphone 15"),  # full-width
        ("連衣裙", "连衣裙"),  # Traditional
        ("手機殼 紙膠帶", "手机壳 纸胶带"),
        ("  Nike\t跑鞋\n", "nike 跑鞋"),
        ("连衣\u200b裙", "连衣裙"),  # zero-width space inside a word
        ("连衣\x00裙", "连衣 裙"),  # control character
        ("①号 ㎡", "1号 m2"),
        ("👗红色", "👗红色"),
        ("\ud800手机", "手机"),  # lone surrogate
        ("", ""),
    ],
)
def test_a_text_has_one_normal_form(written: str, expected: str) -> None:
    assert normalize(written) == expected


@given(st.text())
def test_normalizing_twice_changes_nothing(text: str) -> None:
    assert normalize(normalize(text)) == normalize(text)


@given(st.text(alphabet=st.characters(exclude_categories=("Cs",))))
def test_every_character_of_the_aligned_form_names_its_origin(text: str) -> None:
    normalized, origins = normalize_aligned(text)
    assert len(origins) == len(normalized)
    assert list(origins) == sorted(origins)
    assert all(0 <= origin < len(text) for origin in origins)


def test_the_aligned_form_points_back_at_the_original_characters() -> None:
    normalized, origins = normalize_aligned("㎡連衣裙")
    assert normalized == "m2连衣裙"
    assert list(origins) == [0, 0, 1, 2, 3]
