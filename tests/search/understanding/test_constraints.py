"""Constraints written into queries."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangsou.engines.query import Filters
from shangsou.search.understanding.constraints import intersect_filters, parse_constraints


@pytest.mark.parametrize(
    ("query", "text", "low_fen", "high_fen"),
    [
        ("100元以下的连衣裙", "连衣裙", None, 10_000),
        ("连衣裙 100块以内", "连衣裙", None, 10_000),
        ("不超过１００元的水杯", "水杯", None, 10_000),
        ("百元以下蓝牙耳机", "蓝牙耳机", None, 10_000),
        ("價格在200元以內的連衣裙", "連衣裙", None, 20_000),
        ("100以下的裙子", "裙子", None, 10_000),
        ("手机 预算2000以内", "手机", None, 200_000),
        ("500元以上 羽绒服", "羽绒服", 50_000, None),
        ("至少500元的羽绒服", "羽绒服", 50_000, None),
        ("连衣裙 300到500元", "连衣裙", 30_000, 50_000),
        ("300-500块 手机", "手机", 30_000, 50_000),
        ("五百到一千元 羽绒服", "羽绒服", 50_000, 100_000),
        # The unit is that of both numbers.
        ("2到3万元的钢琴", "钢琴", 2_000_000, 3_000_000),
        ("500到1万元 手表", "手表", 50_000, 1_000_000),
        # A fifth to either side.
        ("200元左右的双肩包", "双肩包", 16_000, 24_000),
        ("3元以上 5元以下 糖", "糖", 300, 500),
        ("128g 5000元以下 手机", "128g 手机", None, 500_000),
        ("100元以下", "", None, 10_000),
    ],
)
def test_prices_in_words_are_limits(query: str, text: str, low_fen: int | None, high_fen: int | None):
    read = parse_constraints(query)
    assert read.text == text
    assert read.filters == Filters(price_from_fen=low_fen, price_to_fen=high_fen)


@pytest.mark.parametrize(
    "query",
    [
        "连衣裙",
        "100元京东卡",  # what it is worth, not what it costs
        "身高160以下 童装",
        "3岁以下 玩具",
        "iphone 12-13 手机壳",
        "usb-c 数据线",
        "-10度 手套",
        "500元到100元 鞋",  # the wrong way round
        "9999999999元以下 表",
        "“连衣裙",
        "7天内 发货",
        "不要蕾丝",  # and what is wanted?
        "不要丑壳",
        "产后不要纹",
        "护脖不要太厚",
        "-次性床罩",
        "",
        " ",
    ],
)
def test_numbers_and_marks_that_limit_nothing_stay_words(query: str):
    read = parse_constraints(query)
    assert (read.text, read.filters, read.constraints) == (query, Filters(), ())


@pytest.mark.parametrize(
    ("query", "text", "unwanted"),
    [
        ("不要蕾丝的连衣裙", "连衣裙", ("蕾丝",)),
        ("不要蕾丝连衣裙", "连衣裙", ("蕾丝",)),
        ("连衣裙不要蕾丝", "连衣裙", ("蕾丝",)),
        ("连衣裙 -蕾丝", "连衣裙", ("蕾丝",)),
        ("连衣裙 -蕾丝 -碎花", "连衣裙", ("蕾丝", "碎花")),
        ("不要帶帽子的衛衣", "衛衣", ("帽子",)),
        ("手机壳 -Nike", "手机壳", ("nike",)),
    ],
)
def test_unwanted_words_are_excluded(query: str, text: str, unwanted: tuple[str, ...]):
    read = parse_constraints(query)
    assert (read.text, read.filters) == (text, Filters(excludes=unwanted))


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
    chosen = Filters(brands=("甲",), price_from_fen=100, price_to_fen=900, excludes=("蕾丝",))
    written = Filters(price_from_fen=200, price_to_fen=1_000, contains=("法式",), excludes=("蕾丝", "碎花"))
    assert intersect_filters(chosen, written) == Filters(
        brands=("甲",),
        price_from_fen=200,
        price_to_fen=900,
        contains=("法式",),
        excludes=("蕾丝", "碎花"),
    )


@given(st.text(alphabet='百千万两三1259.元块以下上内到至-~不要的蕾丝"“” k￥ａ１', max_size=30))
def test_any_query_is_taken_apart_without_an_error(query: str):
    read = parse_constraints(query)
    low, high = read.filters.price_from_fen, read.filters.price_to_fen
    assert low is None or low >= 0
    assert high is None or high >= 0
    # What is a limit is one without the others too.
    assert len(read.constraints) <= len(query)
