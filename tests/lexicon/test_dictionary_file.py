"""The file of a shop's dictionary, and whether it is the one that an index was built with."""

from dataclasses import replace
from pathlib import Path

import pytest

from shangsou.errors import UnusableInput
from shangsou.lexicon.dictionary_file import describe_changed_dictionary, read_dictionary
from shangsou.text.dictionary import hash_entries
from tests.fixtures.lexicon import GENERATION

CHANGED = 'dictionary.txt changed since gen-1 was built; run "shangsou index"'


def test_without_a_file_there_are_no_words(tmp_path: Path) -> None:
    assert read_dictionary(tmp_path) == ()


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    (tmp_path / "dictionary.txt").write_text("奶酪魔方 n\r\n", "utf-8-sig")
    assert [entry.word for entry in read_dictionary(tmp_path)] == ["奶酪魔方"]


def test_a_file_that_is_no_text_or_cannot_be_read_is_named(tmp_path: Path) -> None:
    file = tmp_path / "dictionary.txt"
    file.write_text("奶酪魔方", "gb18030")
    with pytest.raises(UnusableInput, match=r"dictionary\.txt is no text in UTF-8; save it as UTF-8"):
        read_dictionary(tmp_path)
    file.unlink()
    file.mkdir()
    with pytest.raises(UnusableInput, match=r"dictionary\.txt cannot be read"):
        read_dictionary(tmp_path)


def test_a_file_of_ten_megabytes_is_refused_unread(tmp_path: Path) -> None:
    (tmp_path / "dictionary.txt").write_bytes(b"\xff" * 10_000_000)
    with pytest.raises(UnusableInput, match=r"dictionary\.txt has 10\.0 MB, and 1\.0 are the most; keep"):
        read_dictionary(tmp_path)


def test_a_line_is_named_with_its_file_each_time_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "dictionary.txt").write_text("奶酪 魔方", "utf-8")
    for _ in range(2):
        with pytest.raises(UnusableInput, match=r"dictionary\.txt:1: "):
            read_dictionary(tmp_path)


def test_a_change_is_one_of_what_the_file_says_and_not_of_how(tmp_path: Path) -> None:
    file = tmp_path / "dictionary.txt"
    assert describe_changed_dictionary(tmp_path, GENERATION) == ""
    file.write_text("奶酪魔方 100 n\n国产机\n", "utf-8")
    recipe = replace(GENERATION.recipe, dictionary_hash=hash_entries(read_dictionary(tmp_path)))
    built = replace(GENERATION, recipe=recipe)
    assert describe_changed_dictionary(tmp_path, built) == ""
    assert describe_changed_dictionary(tmp_path, GENERATION) == CHANGED
    file.write_text("# 手机\n国产机\n# 零食\n奶酪魔方\t100 n", "utf-8")
    assert describe_changed_dictionary(tmp_path, built) == ""
    file.write_text("奶酪魔方 101 n\n国产机\n", "utf-8")
    assert describe_changed_dictionary(tmp_path, built) == CHANGED
    file.unlink()
    assert describe_changed_dictionary(tmp_path, built) == CHANGED


def test_a_file_that_cannot_be_used_says_why_and_what_counts_meanwhile(tmp_path: Path) -> None:
    (tmp_path / "dictionary.txt").write_text("奶酪魔方 0", "utf-8")
    description = describe_changed_dictionary(tmp_path, GENERATION)
    assert 'dictionary.txt:1: the frequency "0" would make it no word' in description
    assert description.endswith("gen-1 is searched with the dictionary that it was built with")
