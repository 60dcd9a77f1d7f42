"""Titles without the values of their variants."""

import pytest

from indexer.remaining_title import remaining_title


@pytest.mark.parametrize(
    ("title", "values", "remaining"),
    [
        ("水壶 1L 红色", ["1l", "红色"], "水壶"),
        ("红色水壶1L", ["1l", "红色"], "水壶"),
        ("水壶（红色/1L）", ["1l", "红色"], "水壶"),
        ("水壶 500 ML", ["500ml"], "水壶"),
        ("水壶 500ml", ["500 ml"], "水壶"),
        ("衬衫 白色 白色", ["白色"], "衬衫"),
        ("米白色衬衫", ["白色", "米白色"], "衬衫"),
        ("手机 8GB+256GB", ["8gb", "256gb"], "手机+"),
        ("陶瓷馬克杯 藍色", ["蓝色"], "陶瓷马克杯"),
        ("水壶", ["红色"], "水壶"),
    ],
)
def test_values_are_taken_out_however_they_are_written(title: str, values: list[str], remaining: str) -> None:
    assert remaining_title(title, values) == remaining


@pytest.mark.parametrize(
    ("title", "values"),
    [
        ("哑光口红", ["红"]),
        # A wine glass and one for spirits would both become 酒杯.
        ("红酒杯", ["红"]),
        ("男士黑色素护理", ["色素"]),
        ("原味斋牛肉干", ["味斋"]),
        ("水壶1.5l", ["5l"]),
        ("水壶15l", ["5l"]),
        ("wh1000xm4耳机", ["xm4"]),
        ("音箱4.1", ["4"]),
        ("iphone15手机壳", ["15"]),
        ("华为p30+", ["p30pro"]),
    ],
)
def test_a_value_stays_where_it_is_part_of_another_word(title: str, values: list[str]) -> None:
    assert remaining_title(title, values) == title


def test_a_single_character_is_a_value_alone_or_as_a_colour() -> None:
    assert remaining_title("T恤 红 女", ["红"]) == "t恤女"
    assert remaining_title("红色T恤女", ["红"]) == "t恤女"


def test_a_bare_number_is_a_value_before_the_unit_of_a_size() -> None:
    assert remaining_title("跑步鞋 42码", ["42"]) == "跑步鞋码"
    assert remaining_title("小米 42 手机", ["42"]) == "小米42手机"


def test_what_multiplies_an_amount_stays() -> None:
    # One bag is no variant of the title of two bags, as long as no attribute states the number.
    assert remaining_title("牛肉干 500g*2", ["500g"]) == "牛肉干*2"
    assert remaining_title("牛肉干 500g", ["500g"]) == "牛肉干"
