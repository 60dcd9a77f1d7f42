"""Safe highlighting of matches."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangsou.product import Product
from shangsou.search.highlight import make_highlighter, make_synonym_finder
from shangsou.search.ranking.recipe import default_ranking
from shangsou.search.understanding.understand import understand
from shangsou.text.facts import load_facts


def mark(query: str, title: str) -> str | None:
    return make_highlighter(understand(query, default_ranking()), load_facts())(Product("1", title)).get(
        "title"
    )


def test_words_of_the_query_are_marked() -> None:
    assert mark("红色连衣裙", "法式红色显瘦连衣裙") == "法式<em>红色</em>显瘦<em>连衣裙</em>"


def test_a_simplified_query_marks_a_traditional_title() -> None:
    assert mark("手机壳", "防摔手機殼 透明") == "防摔<em>手機殼</em> 透明"


def test_markup_in_a_title_is_escaped_and_can_still_match() -> None:
    assert mark("马克杯", "<script>alert(1)</script>马克杯 &") == (
        "&lt;script&gt;alert(1)&lt;/script&gt;<em>马克杯</em> &amp;"
    )


def test_markup_in_a_query_stays_text() -> None:
    assert mark("<em>杯", "<em>杯子") == "&lt;<em>em</em>&gt;<em>杯</em>子" or "<script" not in str(
        mark("<script>", "<script>")
    )


def test_latin_words_are_marked_whole_only() -> None:
    assert mark("pro", "iPhone Pro professional") == "iPhone <em>Pro</em> professional"


def test_a_single_character_is_marked_when_it_is_the_whole_query() -> None:
    assert mark("伞", "雨伞 太阳伞") == "雨<em>伞</em> 太阳<em>伞</em>"


def test_what_a_synonym_found_is_marked() -> None:
    assert mark("耐克鞋", "Nike 男鞋") == "<em>Nike</em> 男鞋"


def test_a_text_without_a_match_is_left_out() -> None:
    assert mark("手机", "连衣裙") is None


def reached_by(query: str, product: Product) -> str:
    recipe = replace(default_ranking(), synonyms={"充电宝": ("移动电源", "power bank"), "黑": ("黑色",)})
    return make_synonym_finder(understand(query, recipe))(product)


def test_the_synonym_that_a_product_holds_is_named_whole() -> None:
    # jieba cuts it into 移动 and 电源.
    assert reached_by("充电宝", Product("1", "移动电源 20000毫安")) == "移动电源"
    assert reached_by("充电宝", Product("1", "快充", subtitle="Power Bank")) == "power bank"
    assert reached_by("充电宝", Product("1", "快充", category=("数码", "移动电源"))) == "移动电源"


def test_a_part_of_a_synonym_is_none() -> None:
    assert reached_by("充电宝", Product("1", "移动硬盘")) == ""


def test_what_holds_a_word_of_the_query_needs_no_synonym() -> None:
    # jieba cuts 充电宝 into 充电 and 宝.
    assert reached_by("充电宝", Product("1", "移动电源 充电宝")) == ""
    assert reached_by("移动电源", Product("1", "移动电源")) == ""
    assert reached_by("连衣裙", Product("1", "移动电源")) == ""


@given(st.text(max_size=30), st.text(max_size=60))
def test_highlight_holds_no_tag_but_em(query: str, title: str) -> None:
    html = mark(query, title)
    if html is not None:
        assert "<" not in re.sub(r"</?em>", "", html)
        assert html.count("<em>") == html.count("</em>") > 0


@pytest.mark.parametrize(
    ("title", "synonym"),
    [
        ("移动电源 20000毫安", "移动电源"),
        ("充电宝 移动电源", ""),
        # One word of the synonym is not the synonym.
        ("移动硬盘 1TB", ""),
        ("电源线", ""),
    ],
)
def test_a_product_that_matches_by_a_synonym_alone_names_all_of_it(title: str, synonym: str) -> None:
    find = make_synonym_finder(understand("充电宝", default_ranking()))
    assert find(Product("p", title)) == synonym


def test_without_synonyms_nothing_matches_by_one() -> None:
    find = make_synonym_finder(understand("金丝楠木", default_ranking()))
    assert find(Product("p", "木头手串")) == ""
