"""Entity files, and the entities found in a query."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangsou.errors import UnusableInput
from shangsou.text.entities import ENTITY_KINDS, EntityKind, parse_entities, tag_entities
from shangsou.text.normalize import normalize
from shangsou.text.segmenter import PACKAGED

KNOWN: dict[str, EntityKind] = {
    "海尔": "brand",
    "华为": "brand",
    "3m": "brand",
    "new balance": "brand",
    "洗衣机": "product",
    "手机": "product",
    "手机壳": "product",
    "华为手机": "product",
    "红色": "colour",
}


def tagged(query: str) -> list[tuple[str, str]]:
    return [(one.kind, one.text) for one in tag_entities(normalize(query), KNOWN, PACKAGED)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param(
            "海尔洗衣机红色", [("brand", "海尔"), ("product", "洗衣机"), ("colour", "红色")], id="words"
        ),
        pytest.param("手机壳", [("product", "手机壳")], id="the longest counts"),
        pytest.param("华为手机", [("product", "华为手机")], id="one phrase rather than two"),
        pytest.param("华为手机壳", [("brand", "华为"), ("product", "手机壳")], id="what covers more counts"),
        pytest.param("New Balance 手机", [("brand", "new balance"), ("product", "手机")], id="two words"),
        pytest.param("海尔大海", [("brand", "海尔")], id="only whole words"),
        pytest.param("500ml", [("quantity", "500ml")], id="measure"),
        pytest.param("手机壳 3支装", [("product", "手机壳"), ("quantity", "3支装")], id="count"),
        pytest.param("三件套", [("quantity", "三件套")], id="Chinese number"),
        pytest.param("三角", [], id="a number that counts nothing"),
        pytest.param("XL", [("size", "xl")], id="size in letters"),
        pytest.param("42码", [("size", "42码")], id="size of shoes"),
        pytest.param("海尔 EG100B1-9", [("brand", "海尔"), ("model", "eg100b1-9")], id="model"),
        pytest.param("iphone", [], id="letters alone are no model"),
        pytest.param("2024", [], id="digits alone are no model"),
        pytest.param("3m", [("brand", "3m")], id="a brand that reads as a measure"),
    ],
)
def test_words_stand_for_what_they_are(query: str, expected: list[tuple[str, str]]) -> None:
    assert tagged(query) == expected


@given(st.text(alphabet="海尔手机壳红色 3m500xl三件-.", max_size=20))
def test_entities_lie_in_order_apart_and_where_they_say(text: str) -> None:
    query = normalize(text)
    entities = tag_entities(query, KNOWN, PACKAGED)
    assert all(query[one.start : one.end] == one.text for one in entities)
    ends = [0, *(one.end for one in entities)]
    assert all(
        one.start >= end and one.kind in ENTITY_KINDS for one, end in zip(entities, ends, strict=False)
    )


def test_a_file_names_kinds_in_english_or_chinese_and_later_lines_count() -> None:
    text = "# ours\nbrand: 南极人，ＮＩＫＥ\n品牌：小熊\ncolor: 奶茶色 # new\nnone: 日本\n产品: 小熊\n"
    assert parse_entities(("entities.txt", text)) == {
        "南极人": "brand",
        "nike": "brand",
        "小熊": "product",
        "奶茶色": "colour",
        "日本": None,
    }


@pytest.mark.parametrize("line", ["南极人", "brand:", "brand: ，", "marke: 南极人", ": 南极人"])
def test_a_wrong_line_is_named(line: str) -> None:
    with pytest.raises(UnusableInput, match=r"^entities.txt:2: .*names no entities; write"):
        parse_entities(("entities.txt", f"brand: 耐克\n{line}\n"))
