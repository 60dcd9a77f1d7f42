"""Logs of queries, as shops hand them in."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangsou.behaviour.query_logs import PERSONAL, LoggedQuery, read_query_log
from shangsou.errors import UnusableInput


def read(folder: Path, text: str, encoding: str = "utf-8") -> list[LoggedQuery]:
    path = folder / "log.tsv"
    path.write_bytes(text.encode(encoding))
    return list(read_query_log(path))


@pytest.mark.parametrize(
    ("text", "queries"),
    [
        pytest.param("雨伞\n红色 雨伞\n", [("雨伞", 1), ("红色 雨伞", 1)], id="a query a line"),
        pytest.param("雨伞, 大\n帽子\n", [("雨伞, 大", 1), ("帽子", 1)], id="with a comma"),
        pytest.param("雨伞\t12\n帽子\t3\n", [("雨伞", 12), ("帽子", 3)], id="query and count"),
        pytest.param("query\tcount\n雨伞\t1,200\n帽子\t?\n", [("雨伞", 1200), ("帽子", None)], id="TSV"),
        pytest.param('搜索词,次数\n"雨伞, 大",12\n', [("雨伞, 大", 12)], id="CSV"),
        pytest.param('query\tcount\n"纯棉 四件套"\t2\n', [('"纯棉 四件套"', 2)], id="a quoted phrase"),
    ],
)
def test_queries_are_read_with_their_counts(tmp_path: Path, text: str, queries: list[tuple[str, int]]):
    assert [(line.text, line.searches) for line in read(tmp_path, text)] == queries


def test_who_searched_and_how_many_did_are_read_where_the_log_says_so(tmp_path: Path):
    assert read(tmp_path, "用户ID\t搜索词\nu1\t雨伞\n") == [LoggedQuery("雨伞", 1, None, "u1")]
    assert read(tmp_path, "搜索词\t搜索次数\t搜索人数\n雨伞\t9\t4\n") == [LoggedQuery("雨伞", 9, 4)]


def test_a_table_in_gb18030_is_read(tmp_path: Path):
    assert read(tmp_path, "搜索词,次数\n雨伞,12\n", "gb18030") == [LoggedQuery("雨伞", 12)]


@pytest.mark.parametrize("text", ["word\tnumber\n雨伞\t12\n", "雨伞\t十二\n", "a\tb\tc\n"])
def test_a_table_whose_header_names_no_queries_is_refused_with_the_names(tmp_path: Path, text: str):
    with pytest.raises(UnusableInput, match=r"log\.tsv:1: the header .* names no column of queries; call it"):
        read(tmp_path, text)


@pytest.mark.parametrize(
    "text",
    [
        "13800138000",
        "138 0013 8000",
        "帮我查138-0013-8000",
        "010-62345678",
        "110101199003078515",
        "me@example.com",
        "https://example.com",
        "www.example.com",
    ],
)
def test_numbers_and_addresses_of_people_are_found(text: str):
    assert PERSONAL.search(text)


@pytest.mark.parametrize(
    "text",
    ["iphone 15 128", "2023-2024 秋冬", "5000毫安 10000毫安", "hx6857 20", "12345678", "138 mm 1234 5678"],
)
def test_numbers_of_things_are_not(text: str):
    assert not PERSONAL.search(text)


@given(text=st.text(st.characters(codec="utf-8"), max_size=60))
def test_any_text_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str):
    try:
        lines = read(tmp_path_factory.getbasetemp(), text)
    except UnusableInput:
        return
    assert all(line.searches is None or line.searches >= 1 for line in lines)


def test_commas_of_a_list_with_a_header_are_those_of_its_queries(tmp_path: Path):
    assert [line.text for line in read(tmp_path, 'query\n雨伞,大\n"帽子, 红"\n')] == ["雨伞,大", "帽子, 红"]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("访问时间,会员编号,行为,关键词", '"行为" in the header is of events'),
        ("日期,事件,关键词,宝贝ID", '"事件" and "宝贝ID" in the header are of events or products'),
        ("日期,事件,关键词,宝贝ID", "as a file of events it lacks a column timestamp (known: timestamp, "),
        ("访问时间,关键词,宝贝ID", "lacks a column action_name (known: action_name, "),
        ("商品编号,标题,价格", '"商品编号" in the header is of events or products'),
    ],
)
def test_a_table_of_events_or_products_is_no_log_of_queries(
    tmp_path: Path, header: str, words: str, encoding: str
):
    row = ",".join(["雨伞"] * (header.count(",") + 1))
    with pytest.raises(UnusableInput, match=r"log\.tsv:1: ") as refused:
        read(tmp_path, f"{header}\n{row}\n", encoding)
    assert words in str(refused.value)


@pytest.mark.parametrize("text", ["编号,名称,库存\n1,雨伞,3\n2,帽子,4\n", '雨伞,12\n"帽子, 红",3\n'])
def test_a_table_without_a_known_header_is_no_list_of_queries(tmp_path: Path, text: str):
    with pytest.raises(UnusableInput, match="cells, as in CSV, and the first names no column of queries"):
        read(tmp_path, text)


@pytest.mark.parametrize("text", ["雨伞,大\n", "雨伞,大\n帽子,红\n裙\n", "裙\n雨伞,大\n"])
def test_a_list_with_some_commas_is_one_of_queries(tmp_path: Path, text: str):
    assert [line.text for line in read(tmp_path, text)] == text.split()
