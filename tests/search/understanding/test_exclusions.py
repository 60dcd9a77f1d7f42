"""Exclusions in queries: by the words of the language, and by those of a shop."""

import pytest

from shangsou.lexicon.lexicon import Lexicon
from shangsou.search.understanding.constraints import ConstrainedQuery, parse_constraints
from shangsou.search.understanding.shop_words import ShopWords


def unwanted(read: ConstrainedQuery) -> tuple[str, ...]:
    return tuple(exclusion.text for exclusion in read.filters.exclusions)


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("不要蕾丝的连衣裙", "连衣裙", ("蕾丝",)),
        ("不要蕾丝连衣裙", "连衣裙", ("蕾丝",)),
        ("连衣裙不要蕾丝", "连衣裙", ("蕾丝",)),
        ("连衣裙 -蕾丝", "连衣裙", ("蕾丝",)),
        ("连衣裙 -蕾丝 -碎花", "连衣裙", ("蕾丝", "碎花")),
        ("不要帶帽子的衛衣", "衛衣", ("帽子",)),
        ("手机壳 -Nike", "手机壳", ("nike",)),
        ("不想要拉链的靴子", "靴子", ("拉链",)),
        ("保温杯 不带手柄", "保温杯", ("手柄",)),
        ("不带盖的杯子", "杯子", ("盖",)),
        ("洗洁精 不含磷", "洗洁精", ("磷",)),
        ("不含防腐剂的面霜", "面霜", ("防腐剂",)),
        ("没有拉链的靴子", "靴子", ("拉链",)),
        ("沙发 不是皮的", "沙发", ("皮",)),
        ("别要绿色的杯子", "杯子", ("绿色",)),
        ("去掉绿色 杯子", "杯子", ("绿色",)),
        ("除了绿色以外的杯子", "杯子", ("绿色",)),
        ("杯子 除了塑料", "杯子", ("塑料",)),
        ("除绿色外的杯子", "杯子", ("绿色",)),
        ("杯子 绿色除外", "杯子", ("绿色",)),
        ("绿色以外的杯子", "杯子", ("绿色",)),
        ("杯子 绿色的不要", "杯子", ("绿色",)),
        ("非绿色杯子", "杯子", ("绿色",)),
        ("杯子 不要绿色和紫色", "杯子", ("绿色", "紫色")),
        ("除了绿色、紫色和黄色的杯子", "杯子", ("绿色", "紫色", "黄色")),
        ("杯子 绿色和紫色除外", "杯子", ("绿色", "紫色")),
    ],
)
def test_what_is_not_wanted_is_excluded(query: str, text: str, expected: tuple[str, ...]):
    read = parse_constraints(query)
    assert (read.text, unwanted(read)) == (text, expected)


@pytest.mark.parametrize(
    "query",
    [
        "不要蕾丝",  # and what is wanted?
        "不要丑壳",
        "产后不要纹",
        "护脖不要太厚",
        "有没有尺寸",
        "除湿机 户外",
        "除甲醛喷雾",
        "人脸识别门禁",
        "性别测试",
        "特别大的柜子",
        "非洲菊",
        "非遗手工",
        "别墅灯",
        "无线鼠标",
        "无印良品 收纳",
        "免洗内裤",
        "不锈钢锅",
        "没有人像你",
        "腰不酸痛贴",
    ],
)
def test_words_that_only_look_like_it_exclude_nothing(query: str):
    assert parse_constraints(query).constraints == ()


def test_what_the_shop_has_a_name_for_is_no_negation(fact_lexicon: Lexicon):
    facts = fact_lexicon.facts
    assert facts is not None
    shop = ShopWords(fact_lexicon)
    assert unwanted(parse_constraints("不带磁 毛衣", shop)) == ("磁",)
    # A value of an attribute.
    facts.names_of_values["不带磁"] = ("功能",)  # type: ignore[index]
    try:
        assert parse_constraints("不带磁 毛衣", shop).constraints == ()
    finally:
        del facts.names_of_values["不带磁"]  # type: ignore[attr-defined]


def test_titles_that_deny_it_do_not_have_it():
    [exclusion] = parse_constraints("不含酒精的湿巾").filters.exclusions
    assert {"无酒精", "不含酒精", "0酒精"} <= set(exclusion.denials)


@pytest.mark.parametrize(
    ("query", "text"), [("不辣的零食", "零食"), ("饼干 不甜", "饼干"), ("不苦的咖啡", "咖啡")]
)
def test_a_taste_is_not_wanted_in_whatever_it_is_named(query: str, text: str):
    read = parse_constraints(query)
    assert read.text.strip() == text
    [exclusion] = read.filters.exclusions
    # 香辣 holds 辣, and 不辣 denies it.
    assert len(exclusion.text) == 1
    assert f"不{exclusion.text}" in exclusion.denials


def test_a_word_ends_in_the_thing_that_it_is_a_kind_of(fact_lexicon: Lexicon):
    shop = ShopWords(fact_lexicon)
    name = next(iter(fact_lexicon.product_types.names))  # type: ignore[union-attr]
    assert shop.thing_at_end(f"智能{name}") == name
    assert shop.thing_at_end(name) != name
