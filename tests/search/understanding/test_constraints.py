"""Constraints written into queries: how those of all kinds are taken out together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangsou.engines.query import Exclusion, Filters
from shangsou.search.understanding.constraints import parse_constraints
from shangsou.text.terms import characters


@pytest.mark.parametrize("marks", ['""', "“”", "「」", "『』"])
def test_a_phrase_in_quotation_marks_is_demanded_and_still_searched_for(marks: str):
    read = parse_constraints(f"粉色 {marks[0]}纯棉 四件套{marks[1]}")
    assert (read.text, read.filters) == ("粉色 纯棉 四件套", Filters(contains=("纯棉 四件套",)))


def test_each_limit_says_how_the_query_reads_without_it():
    read = parse_constraints("100元以下的连衣裙 -蕾丝 “法式”")
    assert read.text == "连衣裙 法式"
    assert [tuple(constraint) for constraint in read.constraints] == [
        ("price", "100元以下的", "100 元以下", "连衣裙 -蕾丝 “法式”"),
        ("without", "-蕾丝", "蕾丝", "100元以下的连衣裙 “法式”"),
        ("phrase", "“法式”", "法式", "100元以下的连衣裙 -蕾丝 法式"),
    ]


@pytest.mark.parametrize(
    ("query", "label"),
    [
        ("1.5万元以上 表", "15000 元以上"),
        ("99.5元以下 笔", "99.5 元以下"),
        ("200元左右 包", "160–240 元"),
    ],
)
def test_labels_have_no_needless_zeros(query: str, label: str):
    assert [constraint.label for constraint in parse_constraints(query).constraints] == [label]


def test_limits_of_the_query_and_of_the_filters_hold_together():
    lace, flowers = Exclusion("蕾丝"), Exclusion("碎花")
    chosen = Filters(brands=("甲",), price_from_fen=100, price_to_fen=900, exclusions=(Exclusion("羊毛"),))
    written = Filters(price_from_fen=200, price_to_fen=1_000, contains=("法式",), exclusions=(lace, flowers))
    assert chosen.intersect(written) == Filters(
        brands=("甲",),
        price_from_fen=200,
        price_to_fen=900,
        contains=("法式",),
        exclusions=(Exclusion("羊毛"), lace, flowers),
    )


# Characters of what limits, and of what is looked for.
ALPHABET = '百千万两三几1259.,元块多以下上内左右到至-~不要没有除了外的最便宜贵蕾丝红色和、"“” k￥ａ１'


@given(st.text(alphabet=ALPHABET, max_size=30))
def test_any_query_is_taken_apart_without_an_error(query: str):
    read = parse_constraints(query)
    low, high = read.filters.price_from_fen, read.filters.price_to_fen
    assert low is None or low >= 0
    assert high is None or high >= 0
    assert len(read.constraints) <= len(query)


@given(st.text(alphabet=ALPHABET, max_size=12), st.sampled_from(["连衣裙", "水杯", "iphone"]))
def test_what_stands_apart_from_all_limits_is_still_looked_for(typed: str, thing: str):
    assert thing in parse_constraints(f"{typed} ，{thing}").text


@given(st.text(alphabet=ALPHABET, max_size=20))
def test_no_limit_takes_more_than_it_shows(query: str):
    read = parse_constraints(query)
    left = "".join(characters(read.text))
    shown = "".join("".join(characters(constraint.typed)) for constraint in read.constraints)
    assert len(left) + len(shown) >= len("".join(characters(query)))


def test_a_step_that_is_off_reads_nothing():
    query = "最便宜的100元以下的连衣裙 -蕾丝"
    assert parse_constraints(query, has_limits=False).text == "100元以下的连衣裙 -蕾丝"
    assert parse_constraints(query, has_price_order=False).text == "最便宜的 连衣裙"
