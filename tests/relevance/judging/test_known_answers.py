"""Known answers: mixed in, counted for each judge, and no judgements of the shop."""

import pytest

from relevance.judgements import Query
from relevance.judging.book import create_book
from relevance.judging.known_answers import KnownAnswer, accuracy_text, known_accuracies, known_accuracy
from relevance.judging.pool import Pair
from shangsou.errors import UnusableInput

Q1, Q2 = Query("q1", "all", "连衣裙"), Query("q2", "all", "手机")


def answers(right, wrong):
    """Known grades, and those of a judge of whom so many are right."""
    known = {"q1": {f"d{number}": 3 for number in range(right + wrong)}}
    return known, {"q1": {f"d{number}": 3 if number < right else 2 for number in range(right + wrong)}}


@pytest.fixture
def book(tmp_path):
    made = create_book(tmp_path, "春季")
    made.add([Pair(Q1, "d1"), Pair(Q1, "d2")], [KnownAnswer(Q1, "d2", 3), KnownAnswer(Q1, "k1", 0)])
    return made


def test_the_pairs_of_known_answers_are_judged_like_any_other(book):
    assert {pair.doc_id for pair in book.pairs_for_judge("小王")} == {"d1", "d2", "k1"}
    assert book.grade("小王", "q1", "k1", 0).pairs == 3


def test_a_pair_that_the_pool_asks_for_remains_a_judgement_of_the_shop(book):
    assert book.known_answers() == {"q1": {"d2": 3, "k1": 0}}
    assert book.only_known() == {("q1", "k1")}


def test_a_pair_that_a_later_pool_asks_for_becomes_one(book):
    book.add([Pair(Q1, "k1")])
    assert book.only_known() == set()
    assert book.known_answers() == {"q1": {"d2": 3, "k1": 0}}


def test_a_pair_that_was_in_the_book_before_its_answer_was_known_remains_one(book):
    book.grade("小王", "q1", "d1", 1)
    book.add([], [KnownAnswer(Q1, "d1", 1)])
    assert book.only_known() == {("q1", "k1")}


def test_a_known_grade_given_again_replaces_the_one_before(book):
    book.add([], [KnownAnswer(Q1, "k1", 2)])
    assert book.known_answers()["q1"]["k1"] == 2
    assert book.only_known() == {("q1", "k1")}


def test_one_qid_of_two_known_queries_is_refused(book):
    with pytest.raises(UnusableInput, match="qid 'q2' is '手机' in book '春季', and '鞋' here"):
        book.add([], [KnownAnswer(Q2, "d1", 0), KnownAnswer(Query("q2", "all", "鞋"), "d1", 0)])
    assert book.pairs() == 3


def test_only_the_same_grade_is_right_and_only_what_was_answered_counts():
    known = {"q1": {"a": 3, "b": 0, "c": 1}, "q2": {"a": 2}}
    found = known_accuracies(known, {"小王": {"q1": {"a": 3, "b": 1, "x": 0}}, "小李": {"q3": {"a": 2}}})
    assert set(found) == {"小王"}
    assert (found["小王"].answered, found["小王"].right, found["小王"].share) == (2, 1, 0.5)


def test_a_judge_is_low_only_where_chance_does_not_explain_it():
    # Wilson's upper end: of 4 of 10 (.4 + .192 + 1.96 x sqrt(.024 + .0096)) / 1.384 = .687, below .7; of 5 of
    # 10 (.5 + .192 + 1.96 x sqrt(.025 + .0096)) / 1.384 = .763.
    low, unsure, good = (known_accuracy(*answers(right, 10 - right)) for right in (4, 5, 7))
    assert low.interval[1] == pytest.approx(0.687, abs=0.001)
    assert unsure.interval[1] == pytest.approx(0.763, abs=0.001)
    assert (low.verdict, unsure.verdict, good.verdict) == ("low", "unsure", "good")
    assert "LOW: below 0.7" in accuracy_text(low)
    assert "too few to be sure" in accuracy_text(unsure)
    assert accuracy_text(good).startswith("7 of 10 known answers right, 0.70 [")
    assert "below" not in accuracy_text(good)
