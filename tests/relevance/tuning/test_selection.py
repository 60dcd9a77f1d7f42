"""Forward selection of parameter changes."""

from collections.abc import Callable

import numpy as np
import pytest

from relevance.tuning.parameters import Parameter, Setting
from relevance.tuning.recorded_queries import QueryScores
from relevance.tuning.selection import FindVetoes, Selector, set_weights

FIRST = Parameter("fusion", "first", tuple(range(1, 11)))
SECOND = Parameter("fusion", "second", tuple(range(1, 11)))
BOTH = (FIRST, SECOND)
START = (0.0, 0.0)
QUERIES = 60
ALL = np.full(QUERIES, 1 / QUERIES)
MeasureSetting = Callable[[Setting], QueryScores]


def selector(
    measure_setting: MeasureSetting, weights: QueryScores = ALL, find_vetoes: FindVetoes = lambda *_: ()
) -> Selector:
    return Selector(
        lambda settings: np.array(list(map(measure_setting, settings))), BOTH, weights, find_vetoes
    )


def select(measure_setting: MeasureSetting, weights: QueryScores = ALL) -> Setting:
    return selector(measure_setting, weights).select(START).setting


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
    changed = sum(select(planted_gains({}, seed)) != START for seed in range(100))
    # Of 100 tosses of .05 more than 12 come up once in 700 times.
    assert changed <= 12


def test_a_change_that_gains_more_than_luck_is_made() -> None:
    # Ten times the standard error of .05 / sqrt(60) = .0065.
    assert select(planted_gains({(3.0, 0.0): 0.065})) == (3.0, 0.0)


def test_of_changes_that_pay_the_one_that_gains_most_is_made_and_then_the_next() -> None:
    gains = {(3.0, 0.0): 0.065, (0.0, 4.0): 0.08, (3.0, 4.0): 0.2}
    assert select(planted_gains(gains)) == (3.0, 4.0)


def test_few_queries_that_gain_much_are_no_proof() -> None:
    def measure_setting(setting: Setting) -> QueryScores:
        # Two of sixty: heads twice, which one toss in four brings.
        return np.where(np.arange(QUERIES) < 2, float(setting[0] == 5), 0.0)

    assert select(measure_setting) == START


def test_queries_that_are_held_out_have_no_say() -> None:
    included = np.arange(QUERIES) < 30

    def measure_setting(setting: Setting) -> QueryScores:
        return np.where(included, 0.0, float(setting[0] == 5))

    assert select(measure_setting, set_weights(["all"] * QUERIES, included)) == START
    assert select(measure_setting) == (5, 0)


def test_each_set_weighs_the_same_however_many_queries_it_has() -> None:
    weights = set_weights(["a", "a", "a", "b"], np.array([True, True, False, True]))
    assert weights.tolist() == pytest.approx([1 / 4, 1 / 4, 0, 1 / 2])


def test_two_faults_that_hide_each_other_are_missed_by_single_changes_and_found_by_a_pair() -> None:
    def measure_setting(setting: Setting) -> QueryScores:
        # Each of the two alone harms every query by .1 a step; only both together gain.
        first, second = setting
        both_changed = first > 0 and second > 0
        value = 0.5 + 0.05 * min(first, second) if both_changed else 0.5 - 0.1 * max(first, second)
        return np.full(QUERIES, value) + np.linspace(0, 0.01, QUERIES) * first

    assert select(measure_setting) == START
    # The quarter points of 1 to 10 are 3 and 8, and from there single changes go to the top.
    assert selector(measure_setting).select_pair(START).setting == (10, 10)


def test_among_many_pairs_that_are_all_luck_none_is_made_but_rarely() -> None:
    changed = 0
    for seed in range(100):
        one = selector(planted_gains({}, seed))
        single = one.select(START)
        changed += single.setting != START or one.select_pair(START).setting != START
    # Of 100 tosses of .05, shared out over single changes and pairs, more than 12 come up once in 700 times.
    assert changed <= 12


def test_a_change_that_is_vetoed_is_reported_and_the_next_best_is_made() -> None:
    gains = {(3.0, 0.0): 0.065, (0.0, 4.0): 0.08}
    chosen = selector(
        planted_gains(gains), find_vetoes=lambda setting, _: ["case 3"] if setting[1] else []
    ).select(START)
    assert chosen.setting == (3.0, 0.0)
    vetoed = {one.setting: one for one in chosen.vetoed}
    assert vetoed[0.0, 4.0].reasons == ("case 3",)
    assert vetoed[0.0, 4.0].gain == pytest.approx(0.08, abs=0.02)


def test_where_every_change_is_vetoed_nothing_is_changed() -> None:
    chosen = selector(planted_gains({(3.0, 0.0): 0.1}), find_vetoes=lambda *_: ["case 3"]).select(START)
    assert chosen.setting == START
    assert [one.setting for one in chosen.vetoed] == [(3.0, 0.0)]
