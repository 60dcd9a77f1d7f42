"""Forward selection of parameter changes."""

import numpy as np
import pytest

from relevance.tuning.parameters import Parameter, Setting
from relevance.tuning.selection import MeasureSetting, QueryScores, select, set_weights

FIRST = Parameter("fusion", "first", tuple(range(1, 11)))
SECOND = Parameter("fusion", "second", tuple(range(1, 11)))
BOTH = (FIRST, SECOND)
START = (0.0, 0.0)
QUERIES = 60
ALL = np.full(QUERIES, 1 / QUERIES)


def planted_gains(gains: dict[Setting, float], seed: int = 1) -> MeasureSetting:
    """Settings gain what they are said to, and luck of .05 a query; others gain luck alone."""
    luck: dict[Setting, QueryScores] = {START: np.zeros(QUERIES)}
    source = np.random.default_rng(seed)

    def measure_setting(setting: Setting) -> QueryScores:
        if setting not in luck:
            luck[setting] = gains.get(setting, 0.0) + source.normal(0, 0.05, QUERIES)
        return luck[setting]

    return measure_setting


def test_among_many_changes_that_are_all_luck_none_is_made_but_once_in_twenty_times() -> None:
    changed = sum(select(planted_gains({}, seed), START, BOTH, ALL) != START for seed in range(100))
    # Of 100 tosses of .05 more than 12 come up once in 700 times.
    assert changed <= 12


def test_a_change_that_gains_more_than_luck_is_made() -> None:
    # Ten times the standard error of .05 / sqrt(60) = .0065.
    assert select(planted_gains({(3.0, 0.0): 0.065}), START, BOTH, ALL) == (3.0, 0.0)


def test_of_changes_that_pay_the_one_that_gains_most_is_made_and_then_the_next() -> None:
    gains = {(3.0, 0.0): 0.065, (0.0, 4.0): 0.08, (3.0, 4.0): 0.2}
    assert select(planted_gains(gains), START, BOTH, ALL) == (3.0, 4.0)


def test_few_queries_that_gain_much_are_no_proof() -> None:
    def measure_setting(setting: Setting) -> QueryScores:
        # Two of sixty: heads twice, which one toss in four brings.
        return np.where(np.arange(QUERIES) < 2, float(setting[0] == 5), 0.0)

    assert select(measure_setting, START, BOTH, ALL) == START


def test_queries_that_are_held_out_have_no_say() -> None:
    included = np.arange(QUERIES) < 30

    def measure_setting(setting: Setting) -> QueryScores:
        return np.where(included, 0.0, float(setting[0] == 5))

    assert select(measure_setting, START, BOTH, set_weights(["all"] * QUERIES, included)) == START
    assert select(measure_setting, START, BOTH, ALL) == (5, 0)


def test_each_set_weighs_the_same_however_many_queries_it_has() -> None:
    weights = set_weights(["a", "a", "a", "b"], np.array([True, True, False, True]))
    assert weights.tolist() == pytest.approx([1 / 4, 1 / 4, 0, 1 / 2])
