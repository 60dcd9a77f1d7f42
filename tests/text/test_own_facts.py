"""A shop's own spellings of facts, beside those of the package."""

import re
from pathlib import Path

import pytest

from shangsou.errors import UnusableInput
from shangsou.text.amounts import LETTER_SIZE, ONE_SIZE, Reading, amounts_and_sizes
from shangsou.text.audiences import contradicts, find_audiences
from shangsou.text.colours import colour_family, find_colours
from shangsou.text.facts import facts_from_json, facts_to_json, load_facts
from shangsou.text.own_facts import add_own_facts


def readings(text: str, own: str = "") -> set[Reading]:
    """Return what the amounts of a text mean to a shop with some additions."""
    amounts = amounts_and_sizes(text, add_own_facts(own, "facts.toml"))
    return {reading for amount in amounts for reading in amount.readings}


def test_a_unit_of_a_known_dimension_is_compared_with_the_others() -> None:
    pounds = "[units.measures]\nmass = { '磅' = 453.6 }"
    assert readings("5磅哑铃") == set()
    assert readings("5磅哑铃", pounds) == {Reading("mass", 2268, 2268)}
    assert readings("2.268公斤", pounds) == {Reading("mass", 2268, 2268)}


def test_a_dimension_of_its_own_has_the_units_that_the_shop_gives() -> None:
    spin = "[units.measures]\nspin = { '转' = 1, '千转' = 1000 }"
    assert readings("1200转洗衣机", spin) == readings("1.2千转", spin) == {Reading("spin", 1200, 1200)}


def test_a_factor_that_is_given_again_counts_instead() -> None:
    assert readings("100p") == set()  # at most 10 are air conditioners
    assert readings("100p", "[units.rules.at_most]\np = 100") == {Reading("匹", 100, 100)}
    assert readings("2斤", "[units.measures.mass]\n'斤' = 600") == {Reading("mass", 1200, 1200)}


def test_lists_are_extended() -> None:
    layers = '[units.counts]\nfeatures = ["挡"]\n[units.rules]\nafter_single_and_double = ["挡"]'
    assert readings("3挡风扇", layers) == {Reading("挡", 3, 3)}
    assert readings("双挡风扇", layers) == {Reading("挡", 2, 2)}
    assert readings("3档风扇", layers) == {Reading("档", 3, 3)}
    assert readings("5g手机") == {Reading("mass", 5, 5), Reading("storage", 5, 5)}
    assert readings("5g手机", '[units.rules]\nno_units = ["g手机"]') == set()
    one_size = '[letter_sizes]\none_size = ["通码"]'
    assert readings("通码 均码", one_size) == {Reading(LETTER_SIZE, ONE_SIZE, ONE_SIZE)}


def test_a_colour_belongs_to_the_family_that_the_shop_files_it_under() -> None:
    own = add_own_facts('[colours.names]\n"红" = ["车厘子色", "卡其色", "米白"]', "facts.toml")
    assert [span.name for span in find_colours("车厘子色卫衣", own)] == ["车厘子色"]
    assert colour_family("车厘子色", own) == "红"
    # The package has these among the exceptions: 棕 and 米.
    assert colour_family("米白", own) == "红"
    assert colour_family("卡其色", own) == "红"
    assert (colour_family("卡其", own), colour_family("米白", load_facts())) == ("棕", "米")


def test_an_audience_of_its_own_excludes_whom_the_rules_name() -> None:
    own = add_own_facts(
        '[audiences.words]\n"宠物" = ["狗狗", "猫咪"]\n[audiences.rules]\nopposites = [["宠物", "男"]]',
        "facts.toml",
    )
    assert find_audiences("狗狗雨衣", own) == [("宠物", 0, 2)]
    assert contradicts(["宠物"], "男", own)
    assert not contradicts(["宠物"], "女", own)


def test_the_example_of_the_documentation_can_be_used() -> None:
    page = (Path(__file__).parents[2] / "docs/relevance.md").read_text("utf-8")
    [example] = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    assert readings("5磅哑铃", example) == readings("2.268公斤", example) == {Reading("mass", 2268, 2268)}
    assert readings("1200转", example) == readings("1.2千转", example) == {Reading("spin", 1200, 1200)}
    assert readings("2转接头", example) == set()


def test_a_file_that_adds_nothing_leaves_the_packaged_table() -> None:
    for own in ("", "# nothing yet", '[units.counts]\ncontents = ["片"]'):
        assert facts_to_json(add_own_facts(own, "facts.toml")) == facts_to_json(load_facts())


def test_a_table_is_read_back_from_its_plain_values() -> None:
    own = add_own_facts("[units.measures.mass]\n'磅' = 453.6", "facts.toml")
    again = facts_from_json(facts_to_json(own), "fact_table.json")
    assert facts_to_json(again) == facts_to_json(own) != facts_to_json(load_facts())


@pytest.mark.parametrize(
    ("own", "problem"),
    [
        ("[units", "shop/facts.toml: Expected ']'"),
        ("[unit]", 'shop/facts.toml: "unit": Unexpected keyword argument; write it as'),
        ("[units.measures.mass]\n'磅' = 'heavy'", r'"units.measures.mass.磅": .*number.*, got \'heavy\''),
        ("[units.measures]\nmass = 5", '"units.measures.mass": .*, got 5'),
        ("[units.counts]\ncontents = '片'", '"units.counts.contents": '),
        ("[units.counts]\ncontents = [5]", '"units.counts.contents": .*, got 5; write it as'),
        ("[units.measures.mass]\nLB = 453.6", '"units.measures.mass.LB": .* write "lb" instead of "LB"'),
        ("[colours.names]\n'红' = ['車厘子色']", 'write "车厘子色" instead of "車厘子色"'),
        ("[units.measures.mass]\n'磅' = 0", '"units.measures.mass.磅" is 0; write a number above 0'),
        ("[units.measures.mass]\n'磅' = nan", "is nan; write a number above 0"),
        ("[units.measures.mass]\n'磅' = true", "is True; write a number above 0"),
        ("[colours.rules]\nno_colours = ['']", '"colours.rules.no_colours" holds an empty text; take it out'),
        ("[units.measures.mass]\n'2斤' = 1000", 'has the unit "2斤"; a unit begins with no digit'),
        (
            "[units.rules]\nafter_half = ['磅']",
            '"units.rules.after_half" names "磅", which is no unit; add it to',
        ),
        (
            "[audiences.rules]\nadults = ['宠物']",
            '"audiences.rules.adults" names "宠物", which is no audience',
        ),
        ("[audiences.rules]\nopposites = [['男']]", '"audiences.rules.opposites": '),
        ("[audiences.rules]\nchildren_beside_child = ['狗']", 'names "狗", which is no word for one'),
    ],
)
def test_an_entry_that_cannot_be_used_is_named_with_its_file_and_what_to_do(own: str, problem: str) -> None:
    with pytest.raises(UnusableInput, match=problem) as caught:
        add_own_facts(own, "shop/facts.toml")
    assert str(caught.value).startswith("shop/facts.toml: ")


@pytest.mark.parametrize("spelling", ["-", "]", "^", "\\\\", "(", ".", '\\"', "'", "a|b"])
def test_any_mark_may_be_a_unit(spelling: str) -> None:
    text = spelling.replace("\\\\", "\\").replace('\\"', '"')
    [reading] = readings(f"7{text}", f'[units.measures]\nmark = {{ "{spelling}" = 2 }}')
    assert reading == Reading("mark", 14, 14)
