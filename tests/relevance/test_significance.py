"""Significance tests, worked by hand."""

import pytest

from relevance.significance import bootstrap_interval, randomization_p


@pytest.mark.parametrize(
    ("differences", "expected"),
    [
        pytest.param([], 1, id="no query"),
        pytest.param([0.0, 0.0], 1, id="no change"),
        pytest.param([1.0], 1, id="+1 and -1 are as far from 0"),
        pytest.param([1.0, 1.0, 1.0], 0.25, id="+++ and --- of 8"),
        pytest.param([-1.0, -1.0, -1.0, 0.0], 0.25, id="an unchanged query says nothing"),
        # Sums of +-1 +-2 +-4 are the odd numbers to 7; 5 or more from 0 are 5, 7, -5 and -7.
        pytest.param([-1.0, 2.0, 4.0], 0.5, id="4 of 8"),
    ],
)
def test_p_is_the_share_of_signs_as_far_from_0(differences, expected):
    assert randomization_p(differences) == expected


def test_many_queries_that_all_fell_are_no_chance_and_p_is_never_0():
    assert 0 < randomization_p([-0.1] * 40) < 0.001


def test_the_interval_of_equal_differences_is_that_difference():
    assert bootstrap_interval([0.5] * 4) == (0.5, 0.5)


def test_an_interval_needs_a_difference():
    with pytest.raises(ValueError, match="no differences"):
        bootstrap_interval([])
