"""Amounts and sizes in text."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangsou.errors import UnusableInput
from shangsou.text.amounts import ONE_SIZE, Amount, Reading, find_amounts, holds, letter_sizes
from shangsou.text.facts import load_facts, parse_facts
from shangsou.text.normalize import normalize


def plain(dimension: str, value: float) -> Reading:
    return Reading(dimension, value, value)


def found(text: str) -> list[tuple[str, tuple[Reading, ...]]]:
    """Return the parts found in a title as somebody writes it."""
    return [
        (one.text, one.readings) for one in find_amounts(normalize(text), load_facts()) if not one.is_total
    ]


def totals(text: str) -> list[tuple[str, tuple[Reading, ...]]]:
    return [(one.text, one.readings) for one in find_amounts(normalize(text), load_facts()) if one.is_total]


@pytest.mark.parametrize(
    ("written", "dimension", "value"),
    [
        ("5公斤", "mass", 5_000),
        ("10斤", "mass", 5_000),
        ("2.5KG", "mass", 2_500),
        ("半斤", "mass", 250),
        ("二两", "mass", 100),
        ("一斤半", "mass", 750),
        ("1,000克", "mass", 1_000),
        ("1.5升", "volume", 1_500),
        ("两升", "volume", 2_000),
        ("５００ｍｌ", "volume", 500),
        ("10mm", "length", 10),
        ("15米", "length", 15_000),
        ("1米8", "length", 1_800),
        ("一米五", "length", 1_500),
        ("20㎡", "area", 20),
        ("15 寸", "inch", 15),
        ("6.1英寸屏", "inch", 6.1),
        ("2万毫安", "charge", 20_000),
        ("10000mAh", "charge", 10_000),
        ("12ah", "charge", 12_000),
        ("2千瓦", "power", 2_000),
        ("65W", "power", 65),
        ("1TB", "storage", 1_024),
        ("1600万像素", "pixels", 16_000_000),
        ("4.55克拉", "carat", 4.55),
        ("3岁", "age", 36),
        ("6个月", "age", 6),
        ("38码", "shoe size", 38),
        ("95%", "percent", 95),
        ("百分之九十五", "percent", 95),
        ("百分百", "percent", 100),
        ("95°", "度", 95),
        ("95度", "度", 95),
        ("1.5p", "匹", 1.5),
        ("大1匹", "匹", 1),
        ("双层", "层", 2),
        ("单人床", "人", 1),
        ("三人座", "人", 3),
        ("六件套", "件套", 6),
        ("三段奶粉", "段", 3),
        ("二十四色", "色", 24),
        ("10片装", "片", 10),
        ("单双人", "人", 2),
    ],
)
def test_an_amount_is_read_in_the_base_unit(written: str, dimension: str, value: float) -> None:
    assert [readings for _, readings in found(written)] == [(plain(dimension, value),)]


@pytest.mark.parametrize(
    ("written", "dimension", "low", "high"),
    [
        ("3-6岁", "age", 36, 72),
        ("6个月-3岁", "age", 6, 36),
        ("0-6月", "age", 0, 6),
        ("2-3-6-8岁", "age", 24, 96),
        ("36-41码", "shoe size", 36, 41),
        ("36～41", "shoe size", 36, 41),
        ("5到10公斤", "mass", 5_000, 10_000),
        ("100-200ml", "volume", 100, 200),
        ("100ml-200ml", "volume", 100, 200),
        ("3岁以上", "age", 36, math.inf),
        ("3岁+", "age", 36, math.inf),
        ("10岁以下", "age", -math.inf, 120),
    ],
)
def test_a_range_is_one_amount(written: str, dimension: str, low: float, high: float) -> None:
    text = normalize(written)
    assert find_amounts(text, load_facts()) == [Amount(text, 0, len(text), (Reading(dimension, low, high),))]


@pytest.mark.parametrize(
    "written",
    [
        *("rtx3060", "hx6857", "wh-1000xm4", "p30 pro", "a4", "3d", "4k", "i5", "2024款", "b5", "dp500-15w"),
        *("三角", "一次性", "一段时间", "单片机", "双面", "单反", "一两个", "千层", "第3层", "第三层"),
        *(
            "七匹狼",
            "三只松鼠",
            "2020年新款",
            "2020 条纹",
            "69包邮",
            "6月新款",
            "2双肩包",
            "一年级",
            "一键拨号",
        ),
        *("1080p", "小米4a", "5w-30机油", "25km/h", "5gb/s", "10升级", "35-40天", "30-40", "2两"),
    ],
)
def test_what_only_looks_like_an_amount_is_none(written: str) -> None:
    assert find_amounts(normalize(written), load_facts()) == []


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("大米2.5公斤", ["2.5公斤"]),
        ("116g15米", ["116g", "15米"]),
        ("6GB+128GB", ["6gb", "128gb"]),
        ("8g128g", ["8g", "128g"]),
        ("i5/8gb/128gb", ["8gb", "128gb"]),
        ("48V12Ah 电动车", ["48v", "12ah"]),
        ("16/24寸", ["16", "24寸"]),
        ("10-5kg", ["5kg"]),
        ("三斤二两", ["三斤", "二两"]),
        ("双十一件件包邮", []),
    ],
)
def test_the_whole_number_and_the_longest_unit_count(written: str, expected: list[str]) -> None:
    assert [text for text, _ in found(written)] == expected


def test_a_letter_of_two_meanings_has_two_readings() -> None:
    assert found("64g手机") == [("64g", (plain("mass", 64), plain("storage", 64)))]
    assert found("4G手机") == [("4g", (plain("mass", 4), plain("storage", 4)))]


@pytest.mark.parametrize(
    ("written", "parts", "dimension", "total"),
    [
        ("250ml*10", ["250ml"], "volume", 2_500),
        ("250ml×10瓶", ["250ml", "10瓶"], "volume", 2_500),
        ("10瓶*250ml", ["10瓶", "250ml"], "volume", 2_500),
        ("2.5kg*2袋", ["2.5kg", "2袋"], "mass", 5_000),
        ("5公斤 x 3", ["5公斤"], "mass", 15_000),
        ("250mlx10", ["250ml"], "volume", 2_500),
        ("5克/袋*10袋", ["5克", "10袋"], "mass", 50),
        ("100抽*18包", ["100抽", "18包"], "抽", 1_800),
        ("18包*100抽", ["18包", "100抽"], "抽", 1_800),
        ("3层*100抽*18包", ["3层", "100抽", "18包"], "抽", 1_800),
        ("12盒*2箱", ["12盒", "2箱"], "盒", 24),
    ],
)
def test_packs_have_a_total_besides_their_parts(
    written: str, parts: list[str], dimension: str, total: float
) -> None:
    text = normalize(written)
    assert [part for part, _ in found(text)] == parts
    assert totals(text) == [(text, (plain(dimension, total),))]


@pytest.mark.parametrize(
    ("written", "millimetres"),
    [
        ("90*200cm", [900, 2_000]),
        ("1.5m*2m", [1_500, 2_000]),
        ("120x60x75cm", [1_200, 600, 750]),
        ("1.5/1.8m*2m", [1_500, 1_800, 2_000]),
    ],
)
def test_sizes_share_their_unit_and_have_no_total(written: str, millimetres: list[float]) -> None:
    assert [readings for _, readings in found(written)] == [(plain("length", one),) for one in millimetres]
    assert totals(written) == []


def test_numbers_that_are_no_packs_have_no_total() -> None:
    assert totals("152*300*500张") == []
    assert totals("3片*5片") == []
    assert totals("100g*2-3袋") == []


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("XS码", [(-2, -2)]),
        ("白色 M", [(0, 0)]),
        ("黑色l", [(1, 1)]),
        ("S M L XL", [(-1, -1), (0, 0), (1, 1), (2, 2)]),
        ("s/m/l", [(-1, -1), (0, 0), (1, 1)]),
        ("t恤xxl", [(3, 3)]),
        ("2XL", [(3, 3)]),
        ("xxxl码", [(4, 4)]),
        ("8xl", [(9, 9)]),
        ("S-3XL", [(-1, 4)]),
        ("170 m码", [(0, 0)]),
        ("均码", [(ONE_SIZE, ONE_SIZE)]),
        ("大码 加大 加大码", []),
        ("5 m", []),
        ("12xl", []),
        ("iPhone XS", []),
        ("苹果 xs max", []),
        ("model s", []),
        ("L'Oreal", []),
        ("s925", []),
        ("m·a·c", []),
        ("h&m", []),
        ("l型沙发", []),
        ("s line", []),
    ],
)
def test_letters_are_sizes_only_on_their_own(written: str, expected: list[tuple[int, int]]) -> None:
    sizes = letter_sizes(normalize(written), load_facts())
    assert [reading[1:] for one in sizes for reading in one.readings] == expected


@pytest.mark.parametrize(
    ("stated", "asked", "expected"),
    [
        ("5公斤", "10斤", "exact"),
        ("0.5kg", "500g", "exact"),
        ("1.5升", "1500ml", "exact"),
        ("3-6岁", "3-6岁", "exact"),
        ("3-6岁", "5岁", "range"),
        ("3岁以上", "5岁", "range"),
        ("5岁", "3-6岁", "range"),
        ("3-6岁", "7岁", None),
        ("3-6岁", "5-8岁", None),
        ("95%", "95度", None),
        ("2件", "2件套", None),
    ],
)
def test_an_amount_meets_another_if_equal_or_within(stated: str, asked: str, expected: str | None) -> None:
    [(_, (one, *_))], [(_, (other, *_))] = found(stated), found(asked)
    assert holds(one, other) == expected


# What titles consist of, so that random ones have amounts.
PIECES = [
    "ml",
    "kg",
    "公斤",
    "斤",
    "米",
    "岁",
    "以上",
    "码",
    "件套",
    "瓶",
    "xl",
    "百分之",
    "%",
    "m",
    "s",
    "装",
    "月",
    "红",
]
TITLES = st.lists(st.sampled_from([*PIECES, *"0123569.-~*x×/+ ,第半一二两双单十百千万g"]), max_size=16).map(
    "".join
)


@given(st.one_of(st.text(), TITLES).map(normalize))
def test_amounts_lie_in_order_apart_and_where_they_say(text: str) -> None:
    for amounts in (find_amounts(text, load_facts()), letter_sizes(text, load_facts())):
        assert all(text[one.start : one.end] == one.text != "" for one in amounts)
        assert all(one.readings and all(low <= high for _, low, high in one.readings) for one in amounts)
        ends = [0, *(one.end for one in amounts if not one.is_total)]
        starts = [one.start for one in amounts if not one.is_total]
        assert all(end <= start for end, start in zip(ends, starts, strict=False))


@given(TITLES.map(normalize))
def test_a_total_spans_parts_that_precede_it(text: str) -> None:
    amounts = find_amounts(text, load_facts())
    for index, total in enumerate(amounts):
        if total.is_total:
            assert any(total.start <= part.start and part.end <= total.end for part in amounts[:index])


@given(st.integers(1, 9_999))
def test_half_kilograms_and_jin_are_equal(count: int) -> None:
    [(_, jin)], [(_, kilograms)] = found(f"{count}斤"), found(f"{count / 2}公斤")
    assert jin == kilograms


@given(st.one_of(st.text(), TITLES).map(normalize))
def test_reading_a_normalized_text_twice_finds_the_same(text: str) -> None:
    assert find_amounts(normalize(text), load_facts()) == find_amounts(text, load_facts())


def test_every_rule_names_a_unit_that_exists() -> None:
    units = load_facts().units
    known = {spelling for spellings in units.measures.values() for spelling in spellings}
    known |= {*units.counts.contents, *units.counts.containers, *units.counts.features}
    rules = units.rules
    assert {*rules.only_after_numerals, *rules.only_in_ranges, *rules.after_half, *rules.at_most} <= known
    assert set(rules.after_single_and_double) <= known
    assert all(normalize(spelling) == spelling for spelling in known)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[units", "facts.toml: "),
        ("[units]", 'facts.toml: "units.measures": '),
    ],
)
def test_an_invalid_file_of_facts_names_the_entry(text: str, problem: str) -> None:
    with pytest.raises(UnusableInput, match=problem.replace(".", r"\.")):
        parse_facts(text)
