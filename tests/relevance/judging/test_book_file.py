"""Files of books: earlier and later versions, and several programs at once."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from relevance.judgements import Query
from relevance.judging.book import Progress, books, create_book, open_book
from relevance.judging.book_file import BookUnavailable
from relevance.judging.known_answers import KnownAnswer
from relevance.judging.pool import Pair

# The tables as version 0 wrote them, with two grades of one pair and a skip.
VERSION_0 = """
CREATE TABLE queries (
    number INTEGER PRIMARY KEY, qid TEXT UNIQUE NOT NULL, in_set TEXT NOT NULL, text TEXT NOT NULL,
    note TEXT NOT NULL
);
CREATE TABLE pairs (
    qid TEXT NOT NULL REFERENCES queries (qid), doc_id TEXT NOT NULL, PRIMARY KEY (qid, doc_id)
);
CREATE TABLE grades (
    number INTEGER PRIMARY KEY, judge TEXT NOT NULL, qid TEXT NOT NULL, doc_id TEXT NOT NULL, grade INTEGER,
    at TEXT NOT NULL, FOREIGN KEY (qid, doc_id) REFERENCES pairs (qid, doc_id)
);
CREATE INDEX grades_of_judge ON grades (judge);
INSERT INTO queries VALUES (1, 'q1', 'all', '连衣裙', '约会穿');
INSERT INTO pairs VALUES ('q1', 'd1'), ('q1', 'd2');
INSERT INTO grades VALUES (1, '小王', 'q1', 'd1', 3, '2026-11-25T08:00:00+00:00'),
    (2, '小王', 'q1', 'd1', 2, '2026-11-25T08:00:05+00:00'),
    (3, '小王', 'q1', 'd2', NULL, '2026-11-25T08:00:09+00:00');
"""


@pytest.fixture
def old_book(tmp_path):
    folder = tmp_path / "judgements"
    folder.mkdir()
    path = folder / "春季.sqlite"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(VERSION_0)
    return path


def version(path):
    with closing(sqlite3.connect(path)) as db:
        return db.execute("PRAGMA user_version").fetchone()[0]


def test_a_book_of_version_0_keeps_its_grades_and_takes_all_that_is_new(tmp_path, old_book):
    book = open_book(tmp_path, "春季")
    assert book.judges() == {"小王": Progress(2, 1, 1)}
    assert version(old_book) == 1
    assert book.qrels() == {"小王": {"q1": {"d1": 2}}}
    assert (book.kinds(), book.median_seconds()) == ({"小王": "person"}, {})
    book.grade("小王", "q1", "d2", 0, seconds=4.5)
    book.add([], [KnownAnswer(Query("q1", "all", "连衣裙", note="约会穿"), "d3", 3)])
    assert book.progress("小王") == Progress(3, 2, 0)
    assert book.median_seconds() == {"小王": 4.5}


def test_undo_in_a_book_of_version_0_restores_the_grade_before(tmp_path, old_book):
    book = open_book(tmp_path, "春季")
    assert book.undo_last("小王") == ("q1", "d2")
    assert book.undo_last("小王") == ("q1", "d1")
    assert book.qrels() == {"小王": {"q1": {"d1": 3}}}


def test_opening_a_pool_again_brings_a_book_of_version_0_up_too(tmp_path, old_book):
    book = create_book(tmp_path, "春季")
    assert version(old_book) == 1
    assert book.add([Pair(Query("q1", "all", "连衣裙"), "d9")]) == 1
    assert book.qrels() == {"小王": {"q1": {"d1": 2}}}


def test_many_who_open_an_old_book_at_once_bring_it_up_once(tmp_path, old_book):
    def save(number):
        return open_book(tmp_path, "春季").grade(f"评{number}", "q1", "d1", number % 4).judged

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(save, range(16))) == [1] * 16
    assert len(open_book(tmp_path, "春季").judges()) == 17


def test_a_program_of_version_0_that_still_runs_goes_on_saving(tmp_path, old_book):
    book = open_book(tmp_path, "春季")
    book.progress("小王")
    with closing(sqlite3.connect(old_book)) as db, db:
        db.execute("PRAGMA foreign_keys = ON")
        db.execute(
            "INSERT INTO grades (judge, qid, doc_id, grade, at) VALUES ('小李', 'q1', 'd2', 1, "
            "'2026-12-01T08:00:00+00:00')"
        )
    assert book.qrels()["小李"] == {"q1": {"d2": 1}}


def test_a_book_of_a_later_version_is_refused_and_left_alone(tmp_path, old_book):
    with closing(sqlite3.connect(old_book)) as db, db:
        db.execute("PRAGMA user_version = 2")
    with pytest.raises(BookUnavailable, match=r"later version of shangsou \(format 2, this one reads 1\)"):
        open_book(tmp_path, "春季").grade("小王", "q1", "d2", 1)
    assert version(old_book) == 2


def test_an_upgrade_that_fails_leaves_the_old_book_whole(tmp_path, old_book, monkeypatch):
    statements = ("ALTER TABLE grades ADD COLUMN seconds REAL", "CREATE TABLE grades (number INTEGER)")
    with monkeypatch.context() as patched:
        patched.setattr("relevance.judging.book_file._VERSION_1", statements)
        with pytest.raises(BookUnavailable, match="already exists; nothing was saved"):
            open_book(tmp_path, "春季").pairs()
    assert version(old_book) == 0
    assert open_book(tmp_path, "春季").qrels() == {"小王": {"q1": {"d1": 2}}}


def test_an_empty_file_becomes_no_book(tmp_path, old_book):
    old_book.write_bytes(b"")
    [book] = books(tmp_path)
    with pytest.raises(BookUnavailable, match="no such table"):
        book.pairs()


@pytest.mark.parametrize("write", [False, True])
def test_nobody_writes_between_what_is_read_and_what_is_read_or_written_then(
    tmp_path, old_book, monkeypatch, write
):
    monkeypatch.setattr("relevance.judging.book_file._BUSY_TIMEOUT_S", 0.01)
    book = open_book(tmp_path, "春季")
    with book.connection(write=write) as db:
        assert db.execute("SELECT count(*) FROM pairs").fetchone() == (2,)
        with pytest.raises(BookUnavailable, match="locked; nothing was saved"):
            book.add([Pair(Query("q9", "all", "伞"), "d9")])
        assert db.execute("SELECT count(*) FROM queries").fetchone() == (1,)
    assert book.add([Pair(Query("q9", "all", "伞"), "d9")]) == 1


def test_a_book_that_was_removed_meanwhile_leaves_no_file(tmp_path, old_book):
    book = open_book(tmp_path, "春季")
    old_book.unlink()
    for act in (book.pairs, lambda: book.grade("小王", "q1", "d1", 1)):
        with pytest.raises(BookUnavailable, match="unable to open database file; nothing was saved"):
            act()
    assert books(tmp_path) == []
