"""Synonym files, and queries reworded with them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangsou.errors import UnusableInput
from shangsou.text.normalize import normalize
from shangsou.text.segmenter import PACKAGED
from shangsou.text.synonyms import parse_synonyms, reword


def synonyms(text: str) -> dict[str, tuple[str, ...]]:
    return parse_synonyms(("synonyms.txt", text))


def reworded(query: str, text: str) -> list[str]:
    return [one.text for one in reword(query, synonyms(text), PACKAGED)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("耐克, nike", {"耐克": ("nike",), "nike": ("耐克",)}, id="two ways"),
        pytest.param("a,b,c", {"a": ("b", "c"), "b": ("a", "c"), "c": ("a", "b")}, id="three"),
        pytest.param("笔电 => 笔记本", {"笔电": ("笔记本",)}, id="one way"),
        pytest.param("a, b => c, d", {"a": ("c", "d"), "b": ("c", "d")}, id="many to many, one way"),
        pytest.param(
            "ＮＩＫＥ，耐克、奈克",
            {"nike": ("耐克", "奈克"), "耐克": ("nike", "奈克"), "奈克": ("nike", "耐克")},
            id="full width",
        ),
        pytest.param("電腦 => Computer", {"电脑": ("computer",)}, id="Traditional, capitals"),
        pytest.param("# all\n\na, b # two\n", {"a": ("b",), "b": ("a",)}, id="comments and empty lines"),
        pytest.param("a => b\na => c", {"a": ("b", "c")}, id="lines add up"),
        pytest.param("a, b\na =>", {"b": ("a",)}, id="taken away"),
        pytest.param("a =>\na, b", {"a": ("b",), "b": ("a",)}, id="given again"),
        pytest.param("a => a", {}, id="itself"),
        pytest.param(
            "c#, csharp", {"c#": ("csharp",), "csharp": ("c#",)}, id="a mark that begins no comment"
        ),
    ],
)
def test_a_file_of_synonyms(text: str, expected: dict[str, tuple[str, ...]]) -> None:
    assert synonyms(text) == expected


@pytest.mark.parametrize("line", ["耐克", "=> nike", "a => b => c", ", ,", "a,"])
def test_a_line_that_is_none_is_named(line: str) -> None:
    with pytest.raises(UnusableInput, match=r"synonyms\.txt:2: "):
        synonyms(f"a, b\n{line}")


def test_files_are_read_one_after_the_other() -> None:
    assert parse_synonyms(("shipped", "a, b"), ("own", "a =>\nb => c")) == {"b": ("a", "c")}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param("耐克运动鞋", ["nike运动鞋"], id="a brand"),
        pytest.param("nike运动鞋", ["耐克运动鞋"], id="the other way round"),
        pytest.param("手提电脑", ["笔记本电脑"], id="a phrase of two words"),
        pytest.param("笔记本电脑", [], id="not back"),
        pytest.param("耐克鞋", ["nike鞋"], id="a word inside a longer one"),
        pytest.param("连衣裙", [], id="no part of a word"),
        pytest.param("nikes", [], id="no part of a Latin word"),
        pytest.param(
            "红裙子 耐克", ["红裙子 nike", "红裙 耐克", "红裙 nike"], id="two of them, one at a time first"
        ),
        pytest.param("", [], id="nothing"),
    ],
)
def test_a_query_is_reworded(query: str, expected: list[str]) -> None:
    assert reworded(query, "耐克, nike\n手提电脑 => 笔记本电脑\n裙, 裙子") == expected


def test_the_longest_phrase_counts() -> None:
    assert reworded("苹果手机", "苹果 => apple\n苹果手机 => iphone") == ["iphone"]


def test_a_long_chinese_phrase_is_replaced_inside_what_jieba_takes_for_a_word() -> None:
    # It cuts 平角裤女 into 平角 and 裤女, and 无线电锅 into 无线电 and 锅.
    assert reworded("平角裤女", "平角裤 => 四角裤") == ["四角裤女"]
    assert reworded("无线电锅", "电锅 => 电饭锅") == []


def test_the_rewordings_of_a_query_are_limited() -> None:
    many = "裙, " + ", ".join(f"w{number}" for number in range(50))
    assert len(reworded("裙 裙 裙 裙 裙 裙 裙 裙 裙 裙", many)) == 8


@given(st.text(max_size=40))
def test_any_query_can_be_reworded(query: str) -> None:
    text = normalize(query)
    assert all(one.text != text for one in reword(text, synonyms("裙, 裙子\na => b"), PACKAGED))


@given(st.lists(st.sampled_from(["a", "裙", "#", ",", "、", "=>", " ", "\n"]), max_size=40).map("".join))
def test_any_file_is_read_or_refused_by_line(text: str) -> None:
    try:
        found = synonyms(text)
    except UnusableInput as problem:
        found = {}
        refused = str(problem).startswith("synonyms.txt:")
        assert refused
    assert all(phrase not in others and others for phrase, others in found.items())


def test_a_line_that_would_fill_the_memory_is_refused_and_repeats_count_once():
    assert parse_synonyms(("a.txt", "a, " * 100_000 + "b")) == {"a": ("b",), "b": ("a",)}
    with pytest.raises(UnusableInput, match=r"a\.txt:1: 2,500 phrases for 2,500"):
        parse_synonyms(("a.txt", ", ".join(f"词{number}" for number in range(2_500))))
