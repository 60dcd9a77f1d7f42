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
        ("Lancôme 粉水", "lancome 粉水"),
        ("Este\u0301e Lauder", "estee lauder"),  # a mark of its own
        ("CRÈME Brûlée Ångström Đà Nẵng", "creme brulee angstrom da nang"),
        (
            "Søstrene Łódź Straße Cœur",
            "sostrene lodz strasse coeur",
        ),  # letters that are no letter with a mark
        ("バッグ が 남성", "バッグ が 남성"),  # other scripts keep theirs
        ("3×4 ÷", "3×4 ÷"),
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


@pytest.mark.parametrize(("written", "expected"), [("Lancôme", "lancome"), ("Este\u0301e 霜", "estee 霜")])
def test_the_aligned_form_has_no_marks_either(written: str, expected: str) -> None:
    normalized, origins = normalize_aligned(written)
    assert normalized == expected
    assert [written[origin].lower() for origin in origins][-2:] == list(written.lower()[-2:])
