"""Colours in text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangsou.text.colours import colour_family, find_colours
from shangsou.text.facts import load_facts
from shangsou.text.normalize import normalize


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("黑", "黑"),
        ("曜石黑", "黑"),
        ("酒红色", "红"),
        ("玫瑰金", "金"),
        ("雾霾蓝", "蓝"),
        ("银灰色", "灰"),
        ("火山岩灰", "灰"),  # not listed: the last character decides
        ("粉红", "粉"),
        ("米白色", "米"),
        ("杏色", "米"),
        ("驼色", "棕"),
        ("咖啡色", "棕"),
        ("卡其", "棕"),
        ("卡其色", "棕"),
        ("藏青", "蓝"),
        ("牛仔蓝", "蓝"),
        ("香槟色", "金"),
        ("橘色", "橙"),
        ("透明", "透明"),
        ("黑款", "黑"),
        ("红的", "红"),
        ("", None),
        ("色", None),
        ("手机", None),
        ("基金", None),
        ("口红", None),
        ("脱脂奶粉", None),
        ("东北大米", None),
    ],
)
def test_the_last_character_of_a_name_is_its_family(name: str, family: str | None) -> None:
    assert colour_family(name, load_facts()) == family


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("酒红色连衣裙", ["酒红色"]),
        ("手机曜石黑 128g", ["曜石黑"]),
        ("黑色/白色", ["黑色", "白色"]),
        ("有没有红的", ["红"]),
        ("黑款", ["黑"]),
        ("藏青西装", ["藏青"]),
        ("半透明文件袋", ["半透明"]),
        ("红枣 红茶 红木 红外", []),
        ("金属 基金", []),
        ("黑米 白酒 面粉 奶粉", []),
        ("口红色号", []),
        ("网红款", []),
        ("5米的绳子", []),
        ("透明质酸", []),
        ("绿色食品", []),
        ("蓝牙耳机", []),
        ("防水蓝牙音箱", []),
    ],
)
def test_only_clear_names_are_found_in_a_text(text: str, expected: list[str]) -> None:
    assert [name for name, _, _ in find_colours(text, load_facts())] == expected


def test_every_listed_name_has_the_family_it_is_listed_under() -> None:
    colours = load_facts().colours
    for family, names in colours.exceptions.items():
        assert {name: colour_family(name, load_facts()) for name in names} == dict.fromkeys(names, family)
    exceptions = {name for names in colours.exceptions.values() for name in names}
    for family, names in colours.names.items():
        assert not exceptions & set(names)
        assert {name: colour_family(name, load_facts()) for name in names} == dict.fromkeys(names, family)


@given(st.text().map(normalize))
def test_any_text_has_a_family_or_none(text: str) -> None:
    assert colour_family(text, load_facts()) in {None, *load_facts().colours.names}


@given(st.text(alphabet="酒红色的米白款口粉奶玫瑰金透明质酸 a", max_size=20))
def test_colours_lie_in_order_apart_and_where_they_say(text: str) -> None:
    colours = find_colours(text, load_facts())
    assert all(text[start:end] == name and colour_family(name, load_facts()) for name, start, end in colours)
    ends = [0, *(end for _, _, end in colours)]
    assert all(end <= start for end, (_, start, _) in zip(ends, colours, strict=False))
