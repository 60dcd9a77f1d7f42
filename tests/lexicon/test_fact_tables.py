"""The table of facts of a shop, and the one that an index was built with."""

from pathlib import Path

import pytest

from shangsou.errors import UnusableInput
from shangsou.lexicon.fact_tables import (
    describe_changed_facts,
    open_fact_table,
    read_fact_table,
    write_fact_table,
)
from shangsou.text.facts import facts_to_json, load_facts

POUNDS = "[units.measures.mass]\n'磅' = 453.6\n"
CHANGED = 'facts.toml changed since gen-3 was built; run "shangsou index"'


def test_without_a_file_the_packaged_table_counts(tmp_path: Path) -> None:
    assert read_fact_table(tmp_path) is load_facts()


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    (tmp_path / "facts.toml").write_text(POUNDS, "utf-8-sig")
    assert read_fact_table(tmp_path).units.measures["mass"]["磅"] == 453.6


def test_a_file_that_is_no_text_or_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "facts.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(UnusableInput, match=r"facts\.toml is no text in UTF-8; save it as UTF-8"):
        read_fact_table(tmp_path)
    (tmp_path / "facts.toml").unlink()
    (tmp_path / "facts.toml").mkdir()
    with pytest.raises(UnusableInput, match=r"facts\.toml cannot be read"):
        read_fact_table(tmp_path)


def test_what_an_index_was_built_with_stays_whatever_the_shop_writes_later(tmp_path: Path) -> None:
    lexicon = tmp_path / "lexicon"
    lexicon.mkdir()
    # As a lexicon of an older version, without a table.
    assert open_fact_table(lexicon) is load_facts()
    (tmp_path / "facts.toml").write_text(POUNDS, "utf-8")
    write_fact_table(lexicon, read_fact_table(tmp_path))
    (tmp_path / "facts.toml").unlink()
    opened = open_fact_table(lexicon)
    assert opened.units.measures["mass"]["磅"] == 453.6
    # What is compiled of a table is found by the table itself.
    assert open_fact_table(lexicon) is opened


def test_a_change_is_one_of_what_the_file_says_and_not_of_how(tmp_path: Path) -> None:
    own = tmp_path / "facts.toml"
    assert describe_changed_facts(tmp_path, load_facts(), "gen-3") == ""
    own.write_text(POUNDS, "utf-8")
    built = read_fact_table(tmp_path)
    assert describe_changed_facts(tmp_path, built, "gen-3") == ""
    assert describe_changed_facts(tmp_path, load_facts(), "gen-3") == CHANGED
    own.write_text(f"# pounds\n{POUNDS}", "utf-8")
    assert describe_changed_facts(tmp_path, built, "gen-3") == ""
    own.write_text(POUNDS.replace("453.6", "500"), "utf-8")
    assert describe_changed_facts(tmp_path, built, "gen-3") == CHANGED
    own.unlink()
    assert describe_changed_facts(tmp_path, built, "gen-3") == CHANGED
    assert facts_to_json(built) != facts_to_json(load_facts())


def test_a_file_that_cannot_be_used_says_why_and_what_counts_meanwhile(tmp_path: Path) -> None:
    (tmp_path / "facts.toml").write_text("[unit]", "utf-8")
    description = describe_changed_facts(tmp_path, load_facts(), "gen-3")
    assert '"unit": Unexpected keyword argument' in description
    assert description.endswith("gen-3 is searched with the facts that it was built with")
