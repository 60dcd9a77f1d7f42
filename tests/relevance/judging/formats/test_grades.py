"""Grades from the ratings of other scales."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevance.judging.formats.grades import canonical_rating, grades_by_rating, parse_labels
from shangsou.errors import UnusableInput


def places(*ratings):
    """Each rating at a line of its own."""
    return {rating: f"a.csv:{line}" for line, rating in enumerate(ratings, start=2)}


def test_ratings_of_the_scale_are_grades_whatever_way_they_are_written():
    assert grades_by_rating(places("3", "3.0", " 2 ", "１", "0."), {}) == {
        "3": 3, "3.0": 3, " 2 ": 2, "１": 1, "0.": 0,
    }  # fmt: skip


def test_labels_are_compared_by_value_or_whatever_their_case():
    labels = parse_labels("E=3, s=2，10=1；完全 相关＝0")
    assert grades_by_rating(places("e", "S", "10.0", "完全 相关"), labels) == {
        "e": 3, "S": 2, "10.0": 1, "完全 相关": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("ratings", "example"),
    [
        # Spread over 0 to 3: 10 x 3 / 10, 5 x 3 / 10 = 1.5, which is rounded to the even 2.
        (("10", "0", "5"), "the ratings here are 10, 5, 0: .* --labels 10=3,5=2,0=0"),
        # (r - 1) x 3 / 4 is 3, 2.25, 1.5, .75, 0.
        (("1", "5", "2", "4", "3"), "--labels 5=3,4=2,3=2,2=1,1=0"),
        # Of 1 to 5, though nobody gave less than 3; and of 0 to 1: .75 x 3 is 2.25.
        (("3", "5", "4"), "--labels 5=3,4=2,3=2"),
        (("0.75", "0.1"), "--labels 0.75=2,0.1=0"),
        (("I", "E"), "the ratings here are I, E: .* --labels E=3,S=2,C=1,I=0"),
        (("好", "差"), "--labels 好=GRADE,差=GRADE"),
        (("-1",), "--labels -1=0"),
    ],
    ids=["0 to 10", "1 to 5", "the upper part of 1 to 5", "fractions", "ESCI", "words", "negative"],
)
def test_ratings_beyond_the_scale_are_refused_with_labels_to_begin_with(ratings, example):
    with pytest.raises(UnusableInput, match=example):
        grades_by_rating(places(*ratings), {})


def test_a_rating_that_is_no_label_is_named_with_its_place_and_never_taken_for_a_grade():
    with pytest.raises(UnusableInput) as problem:
        grades_by_rating(places("E", "C", "0"), {"e": 3})
    assert str(problem.value) == (
        "a.csv:3: rating 'C' is not among --labels; add C=GRADE,0=GRADE, with grades from 0 to 3"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("E", "--labels E: write RATING=GRADE"),
        ("E=4", "--labels E=4: write RATING=GRADE with a grade from 0 to 3"),
        ("E=", "--labels E=: write"),
        ("=3", "--labels =3: write"),
        (" , ", "names no rating"),
        ("E=3,e=2", "e has the grades 3 and 2; keep one"),
    ],
)
def test_labels_that_cannot_be_used_are_refused(text, message):
    with pytest.raises(UnusableInput) as problem:
        parse_labels(text)
    assert message in str(problem.value)


@given(st.dictionaries(st.text("abc12.相=", min_size=1, max_size=5), st.integers(0, 3), min_size=1))
def test_labels_are_read_back_as_they_were_written(labels):
    by_canonical = {canonical_rating(label): grade for label, grade in labels.items()}
    assert parse_labels(",".join(f"{label}={grade}" for label, grade in by_canonical.items())) == by_canonical
