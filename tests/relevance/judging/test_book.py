"""Books of judgements."""

import os
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from relevance.judgements import Query
from relevance.judging.book import NoBook, NotInBook, Progress, books, create_book, open_book
from relevance.judging.book_file import BookUnavailable
from relevance.judging.pool import Pair
from shangsou.errors import UnusableInput

Q1, Q2 = Query("q1", "all", "连衣裙"), Query("q2", "all", "手机", note="送老人")
PAIRS = [Pair(Q2, f"d{number}") for number in range(8)] + [Pair(Q1, "d0")]


@pytest.fixture
def book(tmp_path):
    made = create_book(tmp_path, "春季-1")
    made.add(PAIRS)
    return made


def order(book, judge):
    return [(pair.query.qid, pair.doc_id) for pair in book.pairs_for_judge(judge)]


def test_queries_stand_as_in_the_pool_and_their_products_shuffled_for_each_judge(book):
    first, second = order(book, "小王"), order(book, "小李")
    assert [qid for qid, _ in first] == [qid for qid, _ in second] == ["q2"] * 8 + ["q1"]
    assert set(first) == set(second)
    assert first != second
    assert first == order(book, "小王")


def test_a_grade_is_saved_replaced_and_skipped(book):
    assert book.grade("小王", "q2", "d3", 3) == Progress(9, 1, 0)
    assert book.grade("小王", "q2", "d3", 1) == Progress(9, 1, 0)
    assert book.grade("小王", "q1", "d0", None) == Progress(9, 1, 1)
    assert book.qrels() == {"小王": {"q2": {"d3": 1}}}


def test_taking_back_a_grade_restores_the_grade_before(book):
    book.grade("小王", "q2", "d3", 3)
    book.grade("小李", "q2", "d3", 0)
    book.grade("小王", "q2", "d3", 1)
    assert book.undo_last("小王") == ("q2", "d3")
    assert book.qrels() == {"小李": {"q2": {"d3": 0}}, "小王": {"q2": {"d3": 3}}}
    assert book.undo_last("小王") == ("q2", "d3")
    assert book.undo_last("小王") is None
    assert book.progress("小王") == Progress(9, 0, 0)


def test_the_grade_of_a_judge_stands_beside_the_pair_and_no_other_judge_sees_it(book):
    book.grade("小王", "q2", "d3", 2)
    [mine] = [pair for pair in book.pairs_for_judge("小王") if pair.done]
    assert (mine.doc_id, mine.grade) == ("d3", 2)
    assert not any(pair.done for pair in book.pairs_for_judge("小李"))


def test_a_book_grows_and_keeps_its_grades(book):
    book.grade("小王", "q2", "d3", 2)
    assert book.add([Pair(Query("q2", "all", "手机"), "d3"), Pair(Query("q3", "all", "伞"), "d1")]) == 1
    assert book.pairs() == 10
    assert book.qrels() == {"小王": {"q2": {"d3": 2}}}
    assert [query.qid for query in book.queries()] == ["q2", "q1", "q3"]
    # A later pool without a note leaves the one that is there.
    assert book.queries()[0].note == "送老人"


def test_a_qid_of_another_query_is_refused_whole(book):
    with pytest.raises(UnusableInput, match="qid 'q2' is '手机' in book '春季-1', and '鞋' here"):
        book.add([Pair(Query("q3", "all", "伞"), "d1"), Pair(Query("q2", "all", "鞋"), "d1")])
    assert book.pairs() == 9


def test_a_pair_that_is_not_asked_about_is_refused(book):
    with pytest.raises(NotInBook, match="does not ask about 'd9' for qid 'q2'"):
        book.grade("小王", "q2", "d9", 1)


@pytest.mark.parametrize("name", ["", "..", "a/b", "a.b", "好 书", "x" * 65])
def test_a_name_that_is_no_file_name_is_refused(tmp_path, name):
    with pytest.raises(UnusableInput, match="a name has up to 64 letters"):
        create_book(tmp_path, name)
    with pytest.raises(NoBook):
        open_book(tmp_path, name)
    assert books(tmp_path) == []


def test_an_unknown_book_is_reported_with_those_there_are(tmp_path, book):
    with pytest.raises(NoBook, match="no book '夏季'; there are: 春季-1"):
        open_book(tmp_path, "夏季")


def test_many_judges_at_once_lose_nothing(book):
    def judge(name):
        for number in range(8):
            book.grade(name, "q2", f"d{number}", number % 4)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(judge, ["甲", "乙", "丙", "丁"]))
    assert book.judges() == dict.fromkeys(sorted("甲乙丙丁"), Progress(9, 8, 0))


def test_a_grade_that_was_saved_survives_a_kill(tmp_path, book):
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom relevance.judging.book import open_book\n"
        "book = open_book(Path(sys.argv[1]), '春季-1')\n"
        "book.grade('小王', 'q2', 'd3', 2)\nprint('saved', flush=True)\ntime.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "saved\n"
        os.kill(process.pid, signal.SIGKILL)
    assert book.qrels() == {"小王": {"q2": {"d3": 2}}}


def test_a_book_that_cannot_be_written_says_that_nothing_was_saved(book, monkeypatch):
    monkeypatch.setattr("relevance.judging.book_file._BUSY_TIMEOUT_S", 0.01)
    other = sqlite3.connect(book.path)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(BookUnavailable, match="database is locked; nothing was saved"):
        book.grade("小王", "q2", "d3", 2)
    other.close()
    assert book.qrels() == {}


def test_a_file_that_is_no_book_is_reported(tmp_path, book):
    book.path.write_bytes(b"no database at all, however long this text may be" * 50)
    with pytest.raises(BookUnavailable, match="not a database"):
        book.pairs()
