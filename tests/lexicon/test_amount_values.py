"""Values of attributes that state one amount, in whatever spelling."""

from pathlib import Path

import pytest

from shangsou.lexicon.amount_values import AmountValues, open_amount_values, read_amount
from shangsou.lexicon.fact_tables import write_fact_table
from shangsou.product import Product
from shangsou.text.amounts import LETTER_SIZE, SHOE_SIZE, Reading
from shangsou.text.facts import load_facts
from shangsou.text.own_facts import add_own_facts


def spellings(name: str, *values: str) -> list[str]:
    """Return what stands for each value of an attribute, in the order in which a catalog has them."""
    known = AmountValues(load_facts())
    return [known.add_value(name, value) for value in values]


@pytest.mark.parametrize(
    ("name", "value", "reading"),
    [
        ("容量", "500ml", Reading("volume", 500, 500)),
        ("容量", "0.5Ｌ", Reading("volume", 500, 500)),
        ("适用年龄", "3-6岁", Reading("age", 36, 72)),
        ("尺码", "2XL", Reading(LETTER_SIZE, 3, 3)),
        ("尺码", "37.5", Reading(SHOE_SIZE, 37.5, 37.5)),
        ("鞋码", "37码", Reading(SHOE_SIZE, 37, 37)),
    ],
)
def test_a_value_that_is_one_amount_is_read(name: str, value: str, reading: Reading) -> None:
    assert read_amount(name, value, load_facts()) == (reading,)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("容量", "500ml装大瓶"),
        ("容量", "500ml 1L"),
        ("容量", "250ml*10"),  # a pack of ten is another thing than 2.5L
        ("容量", "大瓶"),
        ("数量", "37"),  # a number is a size only where a size is stated
        ("尺码", "37/38"),
        ("容量", "约500毫升左右的一瓶装得下很多很多水"),
        ("容量", ""),
    ],
)
def test_any_other_value_is_none(name: str, value: str) -> None:
    assert read_amount(name, value, load_facts()) == ()


def test_the_first_spelling_stands_for_all_that_state_the_same() -> None:
    assert spellings("容量", "500ml", "0.5L", "500毫升", "1L", "1000ML") == ["500ml"] * 3 + ["1L"] * 2
    assert spellings("尺码", "37码", "37", "38", "XXL", "2xl") == ["37码", "37码", "38", "XXL", "XXL"]


def test_what_may_be_something_else_keeps_its_spelling() -> None:
    # 64g is a mass or a storage.
    assert spellings("内存", "64gb", "64g", "64GB") == ["64gb", "64g", "64gb"]


def test_each_attribute_has_spellings_of_its_own() -> None:
    known = AmountValues(load_facts())
    known.add([Product("1", "杯", attributes={"容量": ("500ml",)})])
    known.add([Product("2", "杯", attributes={"净含量": ("0.5L",)})])
    assert (known.first_spelling("容量", "0.5L"), known.first_spelling("净含量", "500ml")) == (
        "500ml",
        "0.5L",
    )


def test_only_what_was_added_stands_for_others(tmp_path: Path) -> None:
    table = add_own_facts('[units.measures.volume]\n"瓢" = 500', "facts.toml")
    known = AmountValues(table)
    known.add([Product("1", "杯", attributes={"容量": ("500ml",)})])
    known.write(tmp_path)
    write_fact_table(tmp_path, table)
    opened = open_amount_values(tmp_path)
    # It is read as the products were.
    assert opened.first_spelling("容量", "1瓢") == "500ml"
    assert opened.first_spelling("容量", "2L") == "2L"
    assert opened.first_spelling("容量", "大瓶") == "大瓶"
    assert opened.first_spelling("重量", "1瓢") == "1瓢"


def test_a_lexicon_of_an_older_version_has_no_spellings(tmp_path: Path) -> None:
    assert open_amount_values(tmp_path).first_spelling("容量", "0.5L") == "0.5L"
