"""Grades made elsewhere."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from relevance.judgements import Query
from relevance.judging.adjudication import decide, decisions
from relevance.judging.book import MachineName, Progress, create_book
from relevance.judging.imported_grades import ImportedGrades, import_grades
from relevance.judging.pool import Pair
from shangsou.errors import UnusableInput

Q1, Q2 = Query("q1", "all", "连衣裙"), Query("q2", "all", "手机")


@pytest.fixture
def book(tmp_path):
    made = create_book(tmp_path, "春季")
    made.add([Pair(Q1, "d1"), Pair(Q1, "d2"), Pair(Q2, "d1")])
    return made


def test_what_the_book_does_not_ask_is_counted_and_left_out(book):
    qrels = {"q1": {"d1": 3, "d9": 0}, "q2": {"d1": 0}, "q7": {"d1": 1, "d2": 1}}
    assert import_grades(book, "qwen", "machine", qrels) == ImportedGrades(2, 0, 2, 1, None)
    assert book.qrels() == {"qwen": {"q1": {"d1": 3}, "q2": {"d1": 0}}}
    assert (book.kinds(), book.judges()) == ({"qwen": "machine"}, {"qwen": Progress(3, 2, 0)})
    assert book.median_seconds() == {}


def test_a_second_import_replaces_the_first_as_a_whole(book):
    import_grades(book, "qwen", "machine", {"q1": {"d1": 3, "d2": 1}})
    again = import_grades(book, "qwen", "person", {"q2": {"d1": 0}})
    assert (again.imported, again.replaced) == (1, 2)
    assert book.qrels() == {"qwen": {"q2": {"d1": 0}}}
    assert book.kinds() == {"qwen": "person"}


def test_the_grades_of_other_judges_stay(book):
    book.grade("小王", "q1", "d1", 1)
    import_grades(book, "qwen", "machine", {"q1": {"d1": 3}})
    assert book.qrels()["小王"] == {"q1": {"d1": 1}}
    assert book.kinds() == {"qwen": "machine", "小王": "person"}


def test_grades_given_on_the_page_are_never_replaced(book):
    book.grade("小王", "q1", "d1", 1)
    with pytest.raises(UnusableInput, match="'小王' judged or decided on the page in book '春季'"):
        import_grades(book, "小王", "machine", {"q1": {"d1": 3}})
    assert book.qrels() == {"小王": {"q1": {"d1": 1}}}


def test_nobody_judges_on_the_page_under_the_name_of_a_machine(book):
    import_grades(book, "qwen", "machine", {"q1": {"d1": 3}})
    for act in (
        lambda: book.grade("qwen", "q1", "d2", 0),
        lambda: book.pairs_for_judge("qwen"),
        lambda: book.undo_last("qwen"),
    ):
        with pytest.raises(MachineName, match="'qwen' is a machine judge in book '春季'"):
            act()
    assert book.qrels() == {"qwen": {"q1": {"d1": 3}}}


def test_an_imported_person_may_go_on_on_the_page_and_is_then_not_replaced(book):
    import_grades(book, "外包", "person", {"q1": {"d1": 3}})
    book.grade("外包", "q1", "d2", 2)
    assert book.qrels() == {"外包": {"q1": {"d1": 3, "d2": 2}}}
    with pytest.raises(UnusableInput, match="judged or decided on the page"):
        import_grades(book, "外包", "person", {"q1": {"d1": 0}})


def test_no_import_takes_the_name_of_an_adjudicator_nor_decides_a_machine(book):
    decide(book, "主管", "q1", "d1", 2)
    with pytest.raises(UnusableInput, match="'主管' judged or decided on the page"):
        import_grades(book, "主管", "machine", {"q1": {"d1": 0}})
    import_grades(book, "qwen", "machine", {"q1": {"d1": 0}})
    with pytest.raises(MachineName):
        decide(book, "qwen", "q1", "d1", 0)
    assert decisions(book) == {"q1": {"d1": 2}}


def test_an_import_says_what_the_judge_was_before(book):
    assert import_grades(book, "张三", "person", {"q1": {"d1": 0}}).kind_before is None
    assert import_grades(book, "张三", "machine", {"q1": {"d1": 0}}).kind_before == "person"
    assert book.kinds() == {"张三": "machine"}


@pytest.mark.parametrize(
    ("qrels", "words"),
    [
        ({"q1": {"d1": 4}}, "grade 4 of 'd1' for qid 'q1'; grades of a book are 0 to 3"),
        ({"q1": {"d1": -1}}, "grade -1 of 'd1'"),
        (
            {"z": {"d1": 1}},
            "has none of the 1 queries; its qids are as 'q1', 'q2', those of the grades as 'z'",
        ),
        ({"q1": {"d9": 1}}, "asks about none of the products, as 'd9' for qid 'q1'"),
    ],
)
def test_grades_that_cannot_be_used_change_nothing(book, qrels, words):
    import_grades(book, "qwen", "machine", {"q1": {"d1": 3}})
    with pytest.raises(UnusableInput, match=words):
        import_grades(book, "qwen", "machine", qrels)
    assert book.qrels() == {"qwen": {"q1": {"d1": 3}}}


@pytest.mark.parametrize("name", ["", " ", "王" * 65, " 王", "a\nb"])
def test_a_name_that_the_page_would_not_take_is_refused(book, name):
    with pytest.raises(UnusableInput, match="1 to 64 printable characters"):
        import_grades(book, name, "machine", {"q1": {"d1": 3}})


def test_an_import_that_is_killed_leaves_the_grades_of_before(tmp_path, book):
    import_grades(book, "qwen", "machine", {"q1": {"d1": 3}})
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom relevance.judging import imported_grades\n"
        "from relevance.judging.book import open_book\n"
        "def hang():\n    print('deleted', flush=True)\n    time.sleep(60)\n"
        "imported_grades.timestamp = hang\n"
        "imported_grades.import_grades(open_book(Path(sys.argv[1]), '春季'), 'qwen', 'machine', "
        "{'q1': {'d2': 0}})\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as process:
        # Behind the removal of what was there, before the new grades.
        assert process.stdout.readline() == "deleted\n"
        os.kill(process.pid, signal.SIGKILL)
    assert book.qrels() == {"qwen": {"q1": {"d1": 3}}}


def test_nobody_judges_under_the_name_while_its_import_looks_whether_somebody_did(book):
    import_grades(book, "外包", "person", {"q1": {"d1": 3}})
    refusals = []

    class Grades(dict):
        """Grades during whose reading the judge tries to go on on the page."""

        def items(self):
            try:
                with closing(sqlite3.connect(book.path, timeout=0.01)) as db:
                    db.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as reason:
                refusals.append(str(reason))
            return super().items()

    # They are looked at twice: before the book is opened, and behind the look at who judged.
    import_grades(book, "外包", "person", Grades({"q1": {"d2": 0}}))
    assert refusals == ["database is locked"]


def test_undo_on_the_page_leaves_what_was_imported(book):
    import_grades(book, "外包", "person", {"q1": {"d1": 3}})
    book.grade("外包", "q1", "d1", 0)
    assert book.undo_last("外包") == ("q1", "d1")
    assert book.undo_last("外包") is None
    assert book.qrels() == {"外包": {"q1": {"d1": 3}}}
