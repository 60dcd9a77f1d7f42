"""Consensus with weights, worked by hand."""

from statistics import median_low

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevance.judging.consensus import (
    consensus,
    default_weights,
    override,
    parse_weights,
    people_consensus,
    weights_by_agreement,
    weights_by_known_answers,
)
from shangsou.errors import UnusableInput


def judged(**grades):
    """Judges, each with a grade of one product."""
    return {judge: {"q1": {"d1": grade}} for judge, grade in grades.items()}


def grade(judges, weights=None):
    return consensus(judges, weights)["q1"]["d1"]


@given(st.lists(st.integers(0, 3), min_size=1, max_size=9), st.sampled_from([0.1, 0.3, 0.4, 1.0, 7.0]))
def test_with_equal_weights_it_is_the_median_of_before(grades, weight):
    judges = judged(**{f"judge{number}": one for number, one in enumerate(grades)})
    assert grade(judges) == median_low(grades)
    assert grade(judges, dict.fromkeys(judges, weight)) == median_low(grades)


@pytest.mark.parametrize(
    ("person", "first", "second", "expected"),
    # Two machines weigh .8, the person 1: of 1.8 the half is .9.
    [(3, 0, 0, 3), (0, 3, 3, 0), (2, 0, 3, 2), (1, 1, 3, 1)],
)
def test_two_machines_never_outvote_a_person(person, first, second, expected):
    weights = default_weights({"小王": "person", "m1": "machine", "m2": "machine"})
    assert grade({**judged(小王=person), **judged(m1=first, m2=second)}, weights) == expected


def test_a_machine_breaks_the_tie_of_two_people():
    judges = judged(小王=1, 小李=3)
    assert grade(judges) == 1
    weights = default_weights({"小王": "person", "小李": "person", "m": "machine"})
    # 1 and 1.4: half of 2.4 is 1.2, which the lower grade does not reach.
    assert grade({**judges, **judged(m=3)}, weights) == 3


def test_half_of_the_weight_is_reached_exactly_whatever_its_decimals():
    # .1 + .2 as binary numbers is more than .3.
    assert grade(judged(a=0, b=1, c=2), {"a": 0.1, "b": 0.2, "c": 0.3}) == 1


def test_a_judge_with_weight_0_is_left_out():
    assert grade(judged(a=0, b=3), {"a": 0}) == 3
    assert consensus(judged(a=0), {"a": 0}) == {}


def test_weights_are_read_and_wrong_ones_refused():
    assert parse_weights(["a=b=0.5", "小王=2"], ["a=b", "小王"]) == {"a=b": 0.5, "小王": 2}
    for value, words in (
        ("小赵=1", "'小赵' judged nothing; who did: 小王"),
        ("小王=-1", "'-1' is no weight"),
        ("小王=inf", "'inf' is no weight"),
        ("小王=nan", "'nan' is no weight"),
        ("小王=", "'' is no weight"),
        ("小王", "write it as NAME=0.5"),
    ):
        with pytest.raises(UnusableInput, match=words):
            parse_weights([value], ["小王"])


def many(count, *values):
    return {"q1": {f"d{number}": values[number % len(values)] for number in range(count)}}


def test_known_answers_weigh_by_what_is_more_than_guessing():
    known = many(12, 0, 1, 2, 3)
    # 9 of 12 right are (.75 - .25) / .75 = .667; 3 of 12 are what guesses would be; 8 answers are too few.
    nine = {
        "q1": {
            doc_id: g if number < 9 else (g + 1) % 4 for number, (doc_id, g) in enumerate(known["q1"].items())
        }
    }
    weights = weights_by_known_answers(
        known, {"good": known, "nine": nine, "guesser": many(12, 0), "few": many(8, 0, 1, 2, 3)}
    )
    assert weights == {"good": 1, "nine": 0.667, "guesser": 0}


def test_agreement_weighs_by_kappa_with_other_people_where_there_are_32_pairs():
    kinds = {"小王": "person", "小李": "person", "m1": "machine", "m2": "machine", "few": "machine"}
    judges = {
        "小王": many(32, 0, 3),
        "小李": many(32, 0, 3),
        # Machines that agree with each other in all, and with people no more than chance.
        "m1": many(32, 0, 0, 3, 3),
        "m2": many(32, 0, 0, 3, 3),
        "few": many(31, 0, 3),
    }
    assert weights_by_agreement(judges, kinds) == {"小王": 1, "小李": 1, "m1": 0, "m2": 0}


def test_people_alone_make_the_consensus_of_people_and_decisions_take_its_place():
    judges = judged(小王=3, 小李=1, m=0)
    kinds = {"小王": "person", "小李": "person", "m": "machine"}
    assert people_consensus(judges, kinds) == {"q1": {"d1": 1}}
    assert people_consensus(judges, kinds, without="小李") == {"q1": {"d1": 3}}
    assert override({"q1": {"d1": 1, "d2": 0}}, {"q1": {"d1": 3}, "q2": {"d9": 2}}) == {
        "q1": {"d1": 3, "d2": 0},
        "q2": {"d9": 2},
    }
