"""Cross-validation: the gain of a tuning procedure on queries that it has not seen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relevance.significance import RESAMPLES
from relevance.tuning.parameters import Setting
from relevance.tuning.recorded_queries import QueryScores
from relevance.tuning.selection import set_weights

# An arbitrary fixed seed: the same judgements give the same folds.
_SEED = 20261125


@dataclass(frozen=True, slots=True)
class FoldChoice:
    """The setting chosen without some queries."""

    shuffle: int
    held_out: NDArray[np.bool_]
    """Shape (queries,); in each shuffle every query is held out once."""
    setting: Setting


def make_folds(sets: Sequence[str], folds: int, shuffles: int) -> list[tuple[int, NDArray[np.bool_]]]:
    """Return the held-out queries, by shuffle and fold. Each set is spread evenly over the folds."""
    rng = np.random.default_rng(_SEED)
    names = np.array(sets)
    held_out_masks = []
    for shuffle in range(shuffles):
        fold_of = np.empty(len(names), int)
        for name in np.unique(names):
            of_set = np.flatnonzero(names == name)
            # Begin at a random fold, so that small sets do not all fill the first ones.
            fold_of[rng.permutation(of_set)] = (np.arange(len(of_set)) + rng.integers(folds)) % folds
        held_out_masks += [(shuffle, fold_of == fold) for fold in range(folds)]
    # A fold without queries is skipped.
    return [(shuffle, held_out) for shuffle, held_out in held_out_masks if held_out.any()]


def held_out_gains(
    chosen: Sequence[FoldChoice], measure_setting: Callable[[Setting], QueryScores], start: Setting
) -> QueryScores:
    """Return the gain of each query under settings chosen without it, shape (shuffles, queries)."""
    before = measure_setting(start)
    gains = np.zeros((1 + max(choice.shuffle for choice in chosen), len(before)))
    for choice in chosen:
        gains[choice.shuffle, choice.held_out] = (measure_setting(choice.setting) - before)[choice.held_out]
    return gains


def mean_over_sets(values: QueryScores, sets: Sequence[str]) -> float:
    """Return the mean over sets of the means over their queries."""
    return float(values @ set_weights(sets, np.ones(len(sets), bool)))


def interval_over_sets(gains: QueryScores, sets: Sequence[str]) -> tuple[float, float]:
    """Return the 95 % interval of the mean over sets, with queries resampled within sets (Efron, 1979)."""
    rng = np.random.default_rng(_SEED)
    names = np.array(sets)
    means = np.zeros(RESAMPLES)
    unique = np.unique(names)
    for name in unique:
        of_set = gains[names == name]
        drawn = rng.integers(len(of_set), size=(RESAMPLES, len(of_set)))
        means += of_set[drawn].mean(axis=1) / len(unique)
    low, high = np.percentile(means, (2.5, 97.5))
    return float(low), float(high)
