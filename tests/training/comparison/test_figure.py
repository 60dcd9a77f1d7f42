"""Figures with intervals, and gains over baselines on the same cases."""

import pytest

from relevance.offline.traffic import wilson
from training.comparison.figure import Gain, clustered, paired_figures, ratio_values, share_interval


def test_a_model_is_beside_the_baselines_and_a_baseline_beside_those_before_it():
    values = {name: {"mrr": [[0.5, 0.25]]} for name in ("words", "bigrams", "ours")}
    figures = paired_figures("encoder", "set", values, ("words", "bigrams"))
    assert [[gain.baseline for gain in figure.gains] for figure in figures] == [
        [],
        ["words"],
        ["words", "bigrams"],
    ]


def test_a_gain_is_that_of_the_same_case():
    # .1 more in each case, whatever the case is like: the interval has no width.
    values = {"words": {"mrr": [[0.2, 0.8, 0.5]]}, "ours": {"mrr": [[0.3, 0.9, 0.6]]}}
    (gain,) = paired_figures("encoder", "set", values, ("words",))[1].gains
    assert (gain.mean, gain.low, gain.high) == pytest.approx((0.1, 0.1, 0.1))
    assert gain.sign == 1


def test_sets_have_equal_weight_however_many_queries_they_have():
    figure = paired_figures("encoder", "mean", {"ours": {"mrr": [[1.0, 1.0, 1.0], [0.0]]}})[0]
    assert (figure.value, figure.n) == (0.5, 4)


def test_a_measure_that_the_baseline_lacks_has_no_gain():
    values = {"words": {"recall": [[0.5, 0.5]]}, "ours": {"precision": [[0.5, 0.5]]}}
    assert paired_figures("encoder", "set", values, ("words",))[1].gains == ()


def test_one_case_has_no_interval_and_no_mark():
    figures = paired_figures(
        "shelf", "set", {"words": {"mrr": [[0.0]]}, "ours": {"mrr": [[1.0]]}}, ("words",)
    )
    assert (figures[1].low, figures[1].high) == (None, None)
    assert figures[1].gains == (Gain("words", 1.0, None, None),)
    assert figures[1].gains[0].sign == 0


def test_cases_that_are_all_right_still_have_an_interval():
    rate = wilson(8, 8)
    assert share_interval([[1.0] * 8]) == (rate.low, rate.high)
    assert rate.low < 0.7


def test_an_interval_stays_between_0_and_1():
    low, high = share_interval([[0.0] * 9 + [1.0]])
    assert 0 <= low < 0.1 < high <= 1


@pytest.mark.parametrize(
    ("low", "high", "is_lower_bound", "sign"),
    [
        (0.01, 0.2, False, 1),
        (-0.01, 0.2, False, 0),
        (-0.2, -0.01, False, -1),
        # What is too low may not be worse, and what is higher all the same is better.
        (-0.2, -0.01, True, 0),
        (0.01, 0.2, True, 1),
        (0.0, 0.0, False, 0),
    ],
)
def test_a_difference_is_marked_where_its_interval_leaves_0_out(low, high, is_lower_bound, sign):
    assert Gain("words", 0.0, low, high, is_lower_bound).sign == sign


def test_the_mean_of_ratio_values_is_the_ratio_of_the_sums():
    # 3 of 4 pairs of one query, 1 of 1 and 0 of 3 of others: 4 of 8, where the mean of shares would be .58.
    values = ratio_values([3, 1, 0], [4, 1, 3])
    assert sum(values) / 3 == pytest.approx(0.5)
    # (3 - .5 x 4) / (8 / 3) above it, and so on.
    assert values == pytest.approx([0.5 + 0.375, 0.5 + 0.1875, 0.5 - 0.5625])


def test_ratio_values_of_nothing_are_0():
    assert ratio_values([0, 0], [0, 0]) == [0.0, 0.0]


def test_a_query_of_many_shoppers_is_one_case():
    values = clustered([1.0, 0.0, 0.5], ["红裙", "红裙", "杯"])
    assert len(values) == 2
    assert sum(values) / 2 == pytest.approx(0.5)
