"""Gains on queries that settings were not chosen on."""

from collections import Counter

import numpy as np
import pytest

from relevance.tuning.crossvalidation import (
    FoldChoice,
    held_out_gains,
    interval_over_sets,
    make_folds,
    mean_over_sets,
)
from relevance.tuning.parameters import Setting
from relevance.tuning.selection import QueryScores

SETS = ["a"] * 10 + ["b"] * 5


def test_each_shuffle_holds_every_query_out_once_and_spreads_each_set_evenly() -> None:
    folds = make_folds(SETS, folds=5, shuffles=3)
    assert [shuffle for shuffle, _ in folds] == [0] * 5 + [1] * 5 + [2] * 5
    for shuffle in range(3):
        of_shuffle = [held_out for number, held_out in folds if number == shuffle]
        assert np.sum(of_shuffle, axis=0).tolist() == [1] * 15
        for held_out in of_shuffle:
            assert Counter(np.array(SETS)[held_out].tolist()) == {"a": 2, "b": 1}
    assert any(
        (first != second).any() for (_, first), (_, second) in zip(folds[:5], folds[5:10], strict=True)
    )


def test_a_query_gains_what_the_setting_that_was_chosen_without_it_gains() -> None:
    scores: dict[Setting, QueryScores] = {
        ("old",): np.array([0.0, 0.5]),
        ("x",): np.array([0.1, 0.6]),
        ("y",): np.array([0.9, 0.4]),
    }
    chosen = [
        FoldChoice(0, np.array([True, False]), ("x",)),
        FoldChoice(0, np.array([False, True]), ("y",)),
        FoldChoice(1, np.array([True, False]), ("old",)),
        FoldChoice(1, np.array([False, True]), ("x",)),
    ]
    gains = held_out_gains(chosen, scores.__getitem__, ("old",))
    assert gains == pytest.approx(np.array([[0.1, -0.1], [0.0, 0.1]]))


def test_the_mean_is_over_sets() -> None:
    assert mean_over_sets(np.array([1.0] * 10 + [0.0] * 5), SETS) == pytest.approx(0.5)


def test_the_interval_is_that_of_the_mean_over_sets() -> None:
    # No query of a set differs from the others: whatever is drawn, the mean is the same.
    assert interval_over_sets(np.array([0.3] * 10 + [0.1] * 5), SETS) == pytest.approx((0.2, 0.2))
    # Ten heads and tails: the mean of ten has a standard error of .5 / sqrt(10) = .158, and 1.96 of it are
    # .31; half of that where the other set is always the same.
    low, high = interval_over_sets(np.array([0.0, 1.0] * 5 + [0.5] * 5), SETS)
    assert (low, high) == pytest.approx((0.5 - 0.155, 0.5 + 0.155), abs=0.03)
