"""The order of values that are amounts."""

import pytest

from shangsou.engines.query import FacetValue
from shangsou.search.amount_order import in_ascending_order
from shangsou.text.facts import load_facts


@pytest.mark.parametrize(
    ("name", "by_count", "ascending"),
    [
        ("尺码", "M L S XXL XL 3XL 均码", "S M L XL XXL 3XL 均码"),
        ("鞋码", "42 38码 40 39.5", "38码 39.5 40 42"),
        ("容量", "1L 500ml 50ml 1.5升", "50ml 500ml 1L 1.5升"),
        ("适用年龄", "6-12岁 3-6岁 12个月 3岁", "12个月 3岁 3-6岁 6-12岁"),
        ("重量", "5kg以上 5kg 5kg以下", "5kg以下 5kg 5kg以上"),
        # A mass or a storage: what all of them may be.
        ("内存", "1T 64g 512gb 128G", "64g 128G 512gb 1T"),
        ("片数", "100 20 3", "3 20 100"),
        # Not all are amounts of one dimension: by count.
        ("容量", "1L 500ml 大瓶", "1L 500ml 大瓶"),
        ("容量", "1L 500g", "1L 500g"),
        ("片数", "100 20片", "100 20片"),
        ("材质", "羊毛 棉", "羊毛 棉"),
        ("容量", "1L", "1L"),
        ("容量", "", ""),
    ],
)
def test_amounts_of_one_dimension_ascend_and_all_else_stays(name: str, by_count: str, ascending: str) -> None:
    values = [FacetValue(value, count) for count, value in enumerate(reversed(by_count.split()))]
    ordered = in_ascending_order(name, values[::-1], load_facts())
    assert [value.value for value in ordered] == ascending.split()
    assert set(ordered) == set(values)


def test_of_equal_amounts_the_more_frequent_stays_first() -> None:
    values = [FacetValue("1L", 9), FacetValue("500ml", 5), FacetValue("0.5L", 2), FacetValue("1000ml", 1)]
    ordered = in_ascending_order("容量", values, load_facts())
    assert [value.value for value in ordered] == ["500ml", "0.5L", "1L", "1000ml"]
