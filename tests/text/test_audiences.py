"""Audiences in text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangsou.text.audiences import contradicts, find_audiences
from shangsou.text.facts import load_facts


def audiences(text: str) -> list[str]:
    return [audience for audience, _, _ in find_audiences(text, load_facts())]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("男士衬衫", ["男"]),
        ("跑步鞋男", ["男"]),
        ("女鞋 女包 女装", ["女", "女", "女"]),
        ("男朋友礼物", ["男"]),
        ("男童外套", ["男童"]),
        ("小女孩玩具", ["女童"]),
        # 女儿 is no audience, but these are.
        ("女儿童书包", ["女童"]),
        ("宝宝餐椅", ["儿童"]),
        ("婴儿湿巾", ["婴儿"]),
        ("婴幼儿", ["儿童", "婴儿"]),
        ("中老年手机", ["老人"]),
        ("情侣装", ["男", "女"]),
        ("男女同款", ["男", "女"]),
        ("男女童", ["男童", "女童"]),
        ("儿童运动鞋男", ["儿童", "男童"]),  # for boys
        ("儿童成人头盔男", ["儿童", "男"]),
        ("宝宝妈咪包女", ["儿童", "女"]),
        ("子女", []),
        ("女儿红黄酒", []),
        ("冰雪女王", []),
        ("圣诞老人", []),
        ("大米", []),
    ],
)
def test_words_name_their_audience(text: str, expected: list[str]) -> None:
    assert audiences(text) == expected


@pytest.mark.parametrize(
    ("stated", "asked", "expected"),
    [
        (["女"], "男", True),
        (["男童"], "女童", True),
        (["儿童"], "女", True),
        (["男"], "男童", True),
        (["婴儿"], "老人", True),
        (["男", "女"], "男", False),
        (["男"], "男", False),
        (["儿童"], "男童", False),
        (["婴儿"], "儿童", False),
        (["老人"], "男", False),
        (["男", "儿童"], "男童", False),
        ([], "男", False),
    ],
)
def test_adults_exclude_children_and_men_exclude_women(stated: list[str], asked: str, expected: bool) -> None:
    assert contradicts(stated, asked, load_facts()) is expected


@given(st.text(alphabet="男女童儿婴老人士款情侣子王小孩宝 a", max_size=20))
def test_audiences_lie_in_order_and_inside_the_text(text: str) -> None:
    places = [(start, end) for _, start, end in find_audiences(text, load_facts())]
    assert places == sorted(places)
    assert all(0 <= start < end <= len(text) for start, end in places)
