"""Significance tests, worked by hand."""

import numpy as np
import pytest

from relevance.significance import (
    bootstrap_interval,
    cluster_differences,
    find_testable,
    holm,
    loss_p,
    min_loss_p,
    randomization_p,
    smallest_visible_drop,
    stratified_interval,
)


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


def half_unchanged(rng, size):
    return np.where(rng.random(size) < 0.5, 0, rng.normal(0.05, 0.25, size))


def few_changed(rng, size):
    return np.where(rng.random(size) < 0.8, 0, rng.normal(-0.1, 0.3, size))


def skewed_losses(rng, size):
    return np.where(rng.random(size) < 0.7, 0, -np.minimum(rng.exponential(0.2, size), 1))


@pytest.mark.parametrize(
    ("draw", "size", "least"),
    [
        (lambda rng, size: rng.normal(0.02, 0.2, size), 20, 0.94),
        (half_unchanged, 20, 0.94),
        (skewed_losses, 20, 0.93),
        # Of 20 queries of which four changed the sample says little, whatever is done with it.
        (few_changed, 20, 0.87),
        (few_changed, 50, 0.91),
    ],
)
def test_intervals_hold_the_mean_as_often_as_they_say(draw, size, least, monkeypatch):
    # Fewer resamples than the program draws: 400 trials in some seconds.
    monkeypatch.setattr("relevance.significance.RESAMPLES", 500)
    rng = np.random.default_rng(3)
    mean = draw(rng, 200_000).mean()
    held = 0
    for _ in range(400):
        low, high = bootstrap_interval(draw(rng, size).tolist())
        held += low <= mean <= high
    assert held / 400 >= least


def test_the_interval_is_at_least_that_of_student():
    # Of 1, 2, 3 (in hundredths) the mean is 2, its error 1 / sqrt(3), and t of 2 degrees of freedom 4.303,
    # which the expansion takes for 4.17.
    low, high = bootstrap_interval([0.01, 0.02, 0.03])
    assert low <= 0.02 - 4.17 * 0.01 / 3**0.5
    assert high >= 0.02 + 4.17 * 0.01 / 3**0.5


def test_ends_lie_where_differences_can():
    assert bootstrap_interval([1.0, -1.0]) == (-1, 1)


def test_each_group_counts_the_same_in_the_interval():
    low, high = stratified_interval([[0.1] * 50, [0.3] * 2])
    assert (low, high) == (pytest.approx(0.2), pytest.approx(0.2))


@pytest.mark.parametrize(
    ("differences", "expected"),
    [
        ([], 1),
        ([-1.0, -1.0, -1.0], 1 / 8),
        ([1.0, 1.0, 1.0], 1),
        # Sums of +-1 +-2 +-4: of eight, those of -3 or less are -3, -5, -7 and -1 - 2 + ... : -7, -5, -3.
        ([1.0, -4.0, 0.0], 2 / 4),
    ],
)
def test_the_p_of_a_loss_is_one_sided(differences, expected):
    assert loss_p(differences) == expected


def test_many_losses_are_no_chance_and_gains_are_none():
    assert 0 < loss_p([-0.1] * 40) < 0.001
    assert loss_p([0.1] * 40) > 0.999


def test_ps_are_adjusted_by_holm():
    # .01 x 3, then .03 x 2, then the greatest so far.
    assert holm({"a": 0.03, "b": 0.01, "c": 0.05}) == {"b": 0.03, "a": 0.06, "c": 0.06}
    assert holm({"a": 0.9, "b": 0.8}) == {"b": 1, "a": 1}
    assert holm({}) == {}


def test_the_smallest_visible_drop_shrinks_with_queries_and_grows_with_tests():
    one = smallest_visible_drop([[0.0, 0.2] * 10], 1, 0.05)
    # Deviation .1026, of the mean .02294; 1.645 + .842 of these.
    assert one == pytest.approx(0.05704, abs=1e-4)
    assert smallest_visible_drop([[0.0, 0.2] * 40], 1, 0.05) == pytest.approx(one / 2, rel=0.02)
    assert smallest_visible_drop([[0.0, 0.2] * 10], 4, 0.05) > one
    assert np.isnan(smallest_visible_drop([[0.1]], 1, 0.05))
    assert np.isnan(smallest_visible_drop([[0.0, 0.0]], 1, 0.05))


def test_the_interval_of_one_query_that_changed_among_many_is_that_of_student():
    low, high = bootstrap_interval([0.0] * 84 + [-0.5])
    # Mean -.00588, error .00588, t of 84 degrees of freedom 1.989.
    assert (low, high) == (pytest.approx(-0.01758, abs=1e-4), pytest.approx(0.00582, abs=1e-4))


def test_the_least_p_is_that_of_losses_alone():
    # Zeros say nothing: two changed, of which both may have fallen.
    assert min_loss_p([0.2, 0.0, -0.1]) == 1 / 4
    assert min_loss_p([]) == 1


def test_tests_that_cannot_reject_are_left_out_and_the_others_adjusted_for_their_number():
    # One test may have .05: a, b and c do. Two may have .025: a and b do, which are no more than two.
    assert find_testable({"a": 0.01, "b": 0.02, "c": 0.04, "d": 0.06}, 0.05) == {"a", "b"}
    assert find_testable({"d": 0.06}, 0.05) == frozenset()


def test_the_mean_of_clusters_is_the_mean_of_all():
    # Two of a sum to .3, b is .3: .2 in the mean of three, which as means of two clusters are .2 each.
    assert cluster_differences([0.1, 0.3, 0.2], ["a", "b", "a"]) == pytest.approx([0.2, 0.2])
