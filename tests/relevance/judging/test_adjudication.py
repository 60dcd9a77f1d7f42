"""Adjudication of the pairs on which judges differ."""

import pytest

from relevance.judgements import Query
from relevance.judging.adjudication import (
    adjudication_progress,
    conflicts_for_adjudicator,
    decide,
    decisions,
    undo_last_decision,
)
from relevance.judging.book import NotInBook, Progress, create_book
from relevance.judging.known_answers import KnownAnswer
from relevance.judging.pool import Pair

Q1, Q2 = Query("q1", "all", "连衣裙"), Query("q2", "all", "手机")


@pytest.fixture
def book(tmp_path):
    """A book in which q1 d3 and q2 d1 are conflicts; d1 of q1 differs by one grade, d2 by none."""
    made = create_book(tmp_path, "春季")
    made.add([Pair(Q1, "d1"), Pair(Q1, "d2"), Pair(Q1, "d3"), Pair(Q2, "d1")], [KnownAnswer(Q2, "k", 0)])
    for judge, grades in {"小王": (2, 3, 0, 3, 0), "小李": (3, 3, 2, 0, 3)}.items():
        for (qid, doc_id), grade in zip(PAIRS, grades, strict=True):
            made.grade(judge, qid, doc_id, grade)
    return made


PAIRS = [("q1", "d1"), ("q1", "d2"), ("q1", "d3"), ("q2", "d1"), ("q2", "k")]


def listed(book, adjudicator="主管"):
    return [
        (one.query.qid, one.doc_id, one.grades, one.grade, one.done)
        for one in conflicts_for_adjudicator(book, adjudicator)
    ]


def test_pairs_two_grades_apart_are_listed_the_furthest_first_without_known_answers(book):
    assert listed(book) == [("q2", "d1", (0, 3), None, False), ("q1", "d3", (0, 2), None, False)]


def test_a_skip_of_a_judge_is_no_grade(book):
    book.grade("小李", "q2", "d1", None)
    assert [one[:2] for one in listed(book)] == [("q1", "d3")]


def test_a_decision_counts_for_all_and_a_skip_for_who_skipped(book):
    assert decide(book, "主管", "q2", "d1", 1) == Progress(2, 1, 0)
    assert decide(book, "主管", "q1", "d3", None) == Progress(2, 1, 1)
    assert adjudication_progress(book, "副主管") == Progress(2, 1, 0)
    assert decisions(book) == {"q2": {"d1": 1}}
    assert listed(book, "副主管") == [("q2", "d1", (0, 3), 1, True), ("q1", "d3", (0, 2), None, False)]


def test_of_two_decisions_the_later_one_counts_until_it_is_undone(book):
    decide(book, "主管", "q2", "d1", 1)
    decide(book, "副主管", "q2", "d1", 3)
    assert decisions(book) == {"q2": {"d1": 3}}
    assert undo_last_decision(book, "副主管") == ("q2", "d1")
    assert decisions(book) == {"q2": {"d1": 1}}
    assert undo_last_decision(book, "副主管") is None


def test_who_skips_what_was_decided_takes_only_the_own_decision_back(book):
    decide(book, "主管", "q2", "d1", 1)
    decide(book, "副主管", "q2", "d1", None)
    assert decisions(book) == {"q2": {"d1": 1}}
    decide(book, "主管", "q2", "d1", None)
    assert decisions(book) == {}


def test_a_decision_stays_though_its_judges_agree_or_take_their_grades_back(book):
    decide(book, "主管", "q1", "d3", 1)
    book.grade("小王", "q1", "d3", 2)
    assert listed(book)[1] == ("q1", "d3", (2, 2), 1, True)
    for judge in ("小王", "小李"):
        while book.undo_last(judge):
            pass
    assert listed(book) == [("q1", "d3", (), 1, True)]
    assert decisions(book) == {"q1": {"d3": 1}}


def test_a_decision_on_a_pair_that_is_not_in_the_book_is_refused(book):
    with pytest.raises(NotInBook, match="does not ask about 'd9' for qid 'q1'"):
        decide(book, "主管", "q1", "d9", 1)


def test_a_decision_changes_no_grade_of_a_judge(book):
    before = book.qrels()
    decide(book, "主管", "q1", "d3", 1)
    assert book.qrels() == before
    assert set(book.judges()) == {"小李", "小王"}
