"""The tuner: recommended changes to the ranking recipe, with their measured gain."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from relevance.comparison import SIGNIFICANCE_LEVEL
from relevance.significance import randomization_p
from relevance.tuning.crossvalidation import (
    choose_by_fold,
    held_out_gains,
    interval_over_sets,
    make_folds,
    mean_over_sets,
)
from relevance.tuning.evaluator import SettingEvaluator
from relevance.tuning.parameters import Parameter, Setting, Value
from relevance.tuning.selection import QueryScores, select, set_weights
from shangsou.errors import UnusableInput

# The usual minimum for comparing two systems: with 50 topics, a difference of 5 to 6 % in the measure has the
# opposite sign on 50 others one time in twenty (Voorhees and Buckley, 2002).
MIN_QUERIES = 50
# With five folds 25 settings are chosen, each without a fifth of the queries: enough to see the spread.
SHUFFLES = 5


@dataclass(frozen=True, slots=True)
class Change:
    """A change of one number of the recipe."""

    parameter: Parameter
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class Gain:
    """The mean gain of queries in the measure, with its 95 % interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class SetGain:
    """The gain of the queries of one set."""

    queries: int
    before: float
    after: float
    held_out: float
    regressed: bool
    """Whether the held-out loss is significant."""


@dataclass(frozen=True, slots=True)
class TuningResult:
    """The result of tuning. All gains are measured by real searches."""

    measure: str
    queries: int
    changes: tuple[Change, ...]
    """In the order of the parameters. Empty if no change pays off."""
    before: float
    after: float
    gain: Gain
    """On the queries that the changes were chosen on: too optimistic."""
    held_out: Gain
    """The gain of settings chosen in the same way without the queries that they are measured on."""
    spread: tuple[float, float]
    """The lowest and highest held-out mean of a shuffle."""
    sets: dict[str, SetGain]
    chosen: tuple[tuple[tuple[Change, ...], int], ...]
    """The changes chosen without a fold, with their frequency, most frequent first."""
    replayed_after: float
    """The replay's estimate of `after`."""
    replay_count: int
    """The number of settings replayed."""
    search_count: int
    """The number of settings measured by real searches."""
    generation: str

    @property
    def is_significant(self) -> bool:
        """Whether the gain on held-out queries is significant, and no set falls."""
        return (
            bool(self.changes)
            and self.held_out.low > 0
            and not any(set_gain.regressed for set_gain in self.sets.values())
        )

    @property
    def needs_reindex(self) -> bool:
        """Whether a change only takes effect with the next `shangsou index`."""
        return any(change.parameter.group == "bm25" for change in self.changes)


def tune(
    evaluator: SettingEvaluator,
    folds: int,
    with_progress: Callable[[Sequence[int]], Iterable[int]] = lambda steps: steps,
) -> TuningResult:
    """Return the changes chosen on all queries, and their gain by cross-validation.

    Parameters
    ----------
    evaluator
        Evaluates settings on the judged queries.
    folds
        The number of folds of the cross-validation, which is repeated `SHUFFLES` times.
    with_progress
        Iterates over the steps of the selection with a progress bar.

    Raises
    ------
    UnusableInput
        If there are too few queries.
    """
    queries, parameters = evaluator.target.queries, evaluator.parameters
    if len(queries) < MIN_QUERIES:
        raise UnusableInput(
            f"{len(queries)} queries have a relevant product; on fewer than {MIN_QUERIES} tuning finds "
            "what chance put there: judge more"
        )
    sets = [query.set for query in queries]
    all_queries = np.ones(len(queries), bool)
    parts = make_folds(sets, folds, SHUFFLES)
    final, chosen = evaluator.start, []
    for step in with_progress(range(len(parts) + 1)):
        if step == len(parts):
            final = select(
                evaluator.replay_scores, evaluator.start, parameters, set_weights(sets, all_queries)
            )
        else:
            chosen += choose_by_fold(
                evaluator.replay_scores, evaluator.start, parameters, sets, parts[step : step + 1]
            )

    # The replay was only for choosing. In the order of k1 and b, so that each trial index is built once.
    settings = dict.fromkeys([evaluator.start, *(choice.setting for choice in chosen), final])
    for setting in sorted(
        settings, key=lambda setting: (evaluator.recipe(setting).k1, evaluator.recipe(setting).b)
    ):
        evaluator.search_scores(setting)
    before, after = evaluator.search_scores(evaluator.start), evaluator.search_scores(final)
    by_shuffle = held_out_gains(chosen, evaluator.search_scores, evaluator.start)
    held_out = by_shuffle.mean(axis=0)
    means = [mean_over_sets(gains, sets) for gains in by_shuffle]
    times = Counter(choice.setting for choice in chosen)
    return TuningResult(
        measure=evaluator.target.measure,
        queries=len(queries),
        changes=_changes(evaluator.start, final, parameters),
        before=mean_over_sets(before, sets),
        after=mean_over_sets(after, sets),
        gain=_gain(after - before, sets),
        held_out=_gain(held_out, sets),
        spread=(min(means), max(means)),
        sets=_by_set(before, after, held_out, sets),
        chosen=tuple(
            (_changes(evaluator.start, setting, parameters), count) for setting, count in times.most_common()
        ),
        replayed_after=mean_over_sets(evaluator.replay_scores(final), sets),
        replay_count=evaluator.replay_count,
        search_count=len(settings),
        generation=evaluator.generation.name,
    )


def _changes(start: Setting, setting: Setting, parameters: Sequence[Parameter]) -> tuple[Change, ...]:
    return tuple(
        Change(parameter, before, after)
        for parameter, before, after in zip(parameters, start, setting, strict=True)
        if before != after
    )


def _gain(gains: QueryScores, sets: Sequence[str]) -> Gain:
    return Gain(mean_over_sets(gains, sets), *interval_over_sets(gains, sets))


def _by_set(
    before: QueryScores, after: QueryScores, held_out: QueryScores, sets: Sequence[str]
) -> dict[str, SetGain]:
    names = np.array(sets)
    return {
        name: SetGain(
            queries=int((names == name).sum()),
            before=float(before[names == name].mean()),
            after=float(after[names == name].mean()),
            held_out=float(held_out[names == name].mean()),
            regressed=bool(held_out[names == name].mean() < 0)
            and randomization_p(held_out[names == name].tolist()) < SIGNIFICANCE_LEVEL,
        )
        for name in dict.fromkeys(sets)
    }
