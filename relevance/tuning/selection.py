"""Forward selection of parameter changes: each step must beat chance, and no veto may stand against it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from relevance.comparison import SIGNIFICANCE_LEVEL
from relevance.tuning.parameters import Parameter, Setting, neighbour_settings, pair_settings
from relevance.tuning.recorded_queries import QueryScores

MeasureSettings = Callable[[Sequence[Setting]], NDArray[np.float64]]
"""The measure of each query under settings, shape (settings, queries)."""
FindVetoes = Callable[[Setting, QueryScores], Sequence[str]]
"""Why a setting must not be chosen, whatever it gains; empty where nothing stands against it. The second
argument are the weights of the queries."""

# Luck may bring a change about once in twenty times, with pairs as without; both have a share of it.
_PAIR_LEVEL = 0.01
_SINGLE_LEVEL = SIGNIFICANCE_LEVEL - _PAIR_LEVEL
# Sign flips in a step: the standard error of the level of single changes is .004, of that of pairs .002.
_FLIPS = 2_000
# An arbitrary fixed seed: the same judgements give the same result.
_SEED = 20261125
# Differences of the measure below this are rounding.
_ROUNDING = 1e-9
# Changes of one step that are vetoed before the step is given up: each takes a run of the suites.
_MAX_VETOED = 10


class Vetoed(NamedTuple):
    """A setting that gains more than chance, and was not chosen."""

    setting: Setting
    gain: float
    """Weighted, over the setting it was to follow."""
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """The setting that was reached, and what was vetoed on the way."""

    setting: Setting
    vetoed: tuple[Vetoed, ...] = ()


@dataclass(frozen=True, slots=True)
class Selector:
    """Selects changes of parameters with a significant gain.

    The threshold accounts for the number of changes: the more are tried, the more the best of them gains by
    luck. So at each step the best gain, in standard errors, is compared with the best gain of all changes
    when the sign of each query's difference is a coin toss (the maximum statistic of Westfall and Young,
    1993). The gains of related values are correlated, which this accounts for. Of the changes that pass, the
    one that gains most and is not vetoed is made.
    """

    measure_settings: MeasureSettings
    parameters: Sequence[Parameter]
    """Those that may be changed."""
    weights: QueryScores
    """The weight of each query in the mean, shape (queries,); 0 for those held out."""
    find_vetoes: FindVetoes

    def select(self, start: Setting) -> Selection:
        """Return the setting reached by single changes: all are tried again after each that was made."""
        setting, vetoed = start, dict[Setting, Vetoed]()
        while True:
            candidates = neighbour_settings(setting, self.parameters)
            step = self._step(setting, candidates, len(candidates), _SINGLE_LEVEL)
            vetoed |= {one.setting: one for one in step.vetoed}
            if step.setting == setting:
                return Selection(setting, tuple(vetoed.values()))
            setting = step.setting

    def select_pair(self, stalled: Setting) -> Selection:
        """Return the setting reached by two changes at once where no single one pays, then by single ones.

        The luck of all pairs and of all single changes counts.
        """
        pairs = pair_settings(stalled, self.parameters)
        candidates = [*pairs, *neighbour_settings(stalled, self.parameters)]
        step = self._step(stalled, candidates, len(pairs), _PAIR_LEVEL)
        if step.setting == stalled:
            return step
        refined = self.select(step.setting)
        return Selection(refined.setting, (*step.vetoed, *refined.vetoed))

    def _step(
        self, setting: Setting, candidates: Sequence[Setting], eligible: int, level: float
    ) -> Selection:
        """Return the best of the first `eligible` candidates that passes, or the setting itself."""
        weighted_queries = np.flatnonzero(self.weights)
        before, *after = self.measure_settings([setting, *candidates])
        gains = (self.weights * (np.array(after) - before))[:, weighted_queries]
        vetoed: list[Vetoed] = []
        for best in _significant(gains, eligible, level):
            if len(vetoed) == _MAX_VETOED:
                break
            reasons = self.find_vetoes(candidates[best], self.weights)
            if not reasons:
                return Selection(candidates[best], tuple(vetoed))
            vetoed.append(Vetoed(candidates[best], float(gains[best].sum()), tuple(reasons)))
        return Selection(setting, tuple(vetoed))


def set_weights(sets: Sequence[str], weighted_queries: NDArray[np.bool_]) -> QueryScores:
    """Return the weight of each query in the mean over sets; 0 for queries that are not selected."""
    names = np.array(sets)
    weights = np.zeros(len(names))
    asked_sets = np.unique(names[weighted_queries])
    for name in asked_sets:
        of_set = weighted_queries & (names == name)
        weights[of_set] = 1 / (len(asked_sets) * of_set.sum())
    return weights


def _significant(gains: QueryScores, eligible: int, level: float) -> list[int]:
    """Return which of the first rows of weighted gains, shape (changes, queries), gain more than chance.

    The largest gain comes first.
    """
    # Independent of the signs: the standard error under the null hypothesis.
    errors = np.sqrt((gains**2).sum(axis=1))
    counted = np.flatnonzero(errors > _ROUNDING)
    if not len(counted):
        return []
    in_errors = gains[counted] / errors[counted, None]
    signs = np.random.default_rng(_SEED).choice((-1.0, 1.0), (_FLIPS, gains.shape[1]))
    threshold = np.quantile((signs @ in_errors.T).max(axis=1), 1 - level)
    # Strictly above: with few queries, all of them gain in some of the tosses.
    passed = counted[in_errors.sum(axis=1) > threshold + _ROUNDING]
    passed = passed[passed < eligible]
    return [int(row) for row in passed[np.argsort(-gains[passed].sum(axis=1), kind="stable")]]
