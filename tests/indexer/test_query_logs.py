"""`shangsou queries import`: logs of shoppers' queries."""

import gzip
from pathlib import Path

import pytest

from indexer.query_logs import read_queries
from shangsou.errors import UnusableInput
from shangsou.lexicon.lexicon_store import LexiconStore
from shangsou.settings import Settings
from tests.fixtures.indexer import IndexerHome


def write(folder: Path, text: str, name: str = "queries.tsv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def counts(path: Path) -> dict[str, int]:
    known, _ = read_queries(path)
    return {phrase.normalized: phrase.count for phrase in known.phrases}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("query\tcount\n雨伞\t12\n帽子\t3\n", "q.tsv"),
        ("搜索词,次数\n雨伞,12\n帽子,3\n", "q.csv"),
        ("day\tquery\tcount\n1\t雨伞\t12\n1\t帽子\t3\n", "q.tsv"),
        ('query,count\n"雨伞",12\n帽子,"3"\n', "q.csv"),
        ("query\tcount\r\n雨傘\t12\r\n帽子\t3\r\n", "q.tsv"),
    ],
)
def test_columns_are_found_by_name(text: str, name: str, tmp_path: Path):
    assert counts(write(tmp_path, text, name)) == {"雨伞": 12, "帽子": 3}


def test_a_file_of_queries_alone_counts_how_often_each_stands(tmp_path: Path):
    assert counts(write(tmp_path, "雨伞\n帽子\n雨伞\n")) == {"雨伞": 2, "帽子": 1}


def test_gzip_and_gb18030_are_read(tmp_path: Path):
    packed = tmp_path / "q.tsv.gz"
    packed.write_bytes(gzip.compress("query\n雨伞\n".encode("gb18030")))
    assert counts(packed) == {"雨伞": 1}


def test_a_word_counts_in_the_longer_queries_that_hold_it(tmp_path: Path):
    query_counts = counts(write(tmp_path, "雨伞\n雨伞 大\n雨伞 小\n"))
    assert query_counts["雨伞"] == 1 + 3  # asked for once, a word of three queries


def test_the_popular_ones_are_whole_queries_asked_for_more_than_once(tmp_path: Path):
    known, _ = read_queries(write(tmp_path, "query\tcount\n雨伞\t5\n雨伞 大\t9\n帽子\t1\n"))
    assert known.popular == ["雨伞 大", "雨伞"]


def test_what_is_not_for_others_to_read_is_left_out_and_counted(tmp_path: Path):
    known, report = read_queries(
        write(
            tmp_path, "13800138000\nme@example.com\nhttps://example.com/a\n雨伞\n" + "长" * 300 + "\n！！\n"
        )
    )
    assert [phrase.normalized for phrase in known.phrases] == ["雨伞"]
    assert (report.read, report.kept, report.private, report.empty) == (6, 1, 3, 2)


def test_a_count_that_is_none_counts_once_and_is_reported(tmp_path: Path):
    known, report = read_queries(write(tmp_path, "query\tcount\n雨伞\t-3\n帽子\t\n裙子\n鞋子\t2\n"))
    assert [phrase.count for phrase in known.phrases] == [1, 1, 1, 2]
    assert report.uncounted == 3


@pytest.mark.parametrize("text", ["", "query\n", "query\n!!\n"])
def test_a_file_without_a_query_is_refused(text: str, tmp_path: Path):
    with pytest.raises(UnusableInput):
        read_queries(write(tmp_path, text))


def test_the_command_replaces_the_known_queries_and_says_what_it_read(home: IndexerHome, tmp_path: Path):
    done = home.run("queries", "import", write(tmp_path, "雨伞\n13800138000\n"))
    assert (done.code, done.out.splitlines()[0]) == (0, "2 lines read, 1 kept, 1 phrases known")
    assert "1 hold a long number" in done.out
    assert LexiconStore(Settings(home=home.folder)).current_queries()
    assert home.run("queries", "import", write(tmp_path, "帽子\n"), "--json").document == {
        "read": 1, "kept": 1, "empty": 0, "private": 0, "uncounted": 0, "phrases": 1,
    }  # fmt: skip


def test_a_missing_file_is_named_and_the_known_queries_stay(home: IndexerHome, tmp_path: Path):
    home.run("queries", "import", write(tmp_path, "雨伞\n"))
    lexicons = LexiconStore(Settings(home=home.folder))
    before = lexicons.current_queries()
    done = home.run("queries", "import", tmp_path / "none.tsv")
    assert done.code == 2
    assert "none.tsv" in done.err
    assert lexicons.current_queries() == before
