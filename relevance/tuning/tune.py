"""What to change in the ranking recipe, and what that is worth."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from relevance.comparison import LEVEL
from relevance.significance import randomisation_p
from relevance.tuning.bench import Bench
from relevance.tuning.crossvalidation import (
    choices,
    folds_of,
    held_out_gains,
    interval_over_sets,
    mean_over_sets,
)
from relevance.tuning.parameters import Parameter, Setting, Value
from relevance.tuning.selection import Scores, select, set_weights
from shangsou.errors import UnusableInput

# What is usual for comparing two systems: of 50 topics, a difference of 5 to 6 % in the measure has the
# other sign on 50 others once in twenty times (Voorhees and Buckley, 2002).
MIN_QUERIES = 50
# With five folds 25 settings are chosen, each without a fifth of the queries: enough to see a spread.
SHUFFLES = 5


@dataclass(frozen=True, slots=True)
class Change:
    """One number of the recipe that should be another."""

    parameter: Parameter
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class Gain:
    """What queries gain in the measure, and its 95 % interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class SetGain:
    """What the queries of one set gain."""

    queries: int
    before: float
    after: float
    held_out: float
    fell: bool
    """Whether the held-out loss is more than chance."""


@dataclass(frozen=True, slots=True)
class Tuned:
    """The outcome. All gains are of real searches."""

    measure: str
    queries: int
    changes: tuple[Change, ...]
    """In the order of the parameters. Empty: nothing is worth changing."""
    before: float
    after: float
    gain: Gain
    """On the queries that the changes were chosen on: too good by what choosing adds."""
    held_out: Gain
    """Of settings chosen in the same way without the queries that they are measured on."""
    spread: tuple[float, float]
    """Lowest and highest held-out mean of a shuffle."""
    sets: dict[str, SetGain]
    chosen: tuple[tuple[tuple[Change, ...], int], ...]
    """What was chosen without a fold, and how many times, the most frequent first."""
    replayed_after: float
    """What the replay promised of `after`."""
    tried: int
    """Settings that were replayed."""
    searched: int
    """Settings that were searched for real."""
    generation: str

    @property
    def is_sure(self) -> bool:
        """Whether the changes gain on queries not seen, by more than chance, and no set falls."""
        return (
            bool(self.changes) and self.held_out.low > 0 and not any(one.fell for one in self.sets.values())
        )

    @property
    def needs_index(self) -> bool:
        """Whether a change counts only from the next `shangsou index` on."""
        return any(change.parameter.group == "bm25" for change in self.changes)


def tune(
    bench: Bench, folds: int, watch: Callable[[Sequence[int]], Iterable[int]] = lambda steps: steps
) -> Tuned:
    """Return what to change, chosen on all queries, and what it is worth, by cross-validation.

    Parameters
    ----------
    bench
        Measures settings on the judged queries.
    folds
        In how many parts the queries are held out, one after the other, `SHUFFLES` times.
    watch
        Goes through the steps of choosing while somebody sees how far it is.

    Raises
    ------
    UnusableInput
        When there are too few queries to choose by.
    """
    queries, parameters = bench.judged.queries, bench.parameters
    if len(queries) < MIN_QUERIES:
        raise UnusableInput(
            f"{len(queries)} queries have a relevant product; on fewer than {MIN_QUERIES} tuning finds "
            "what chance put there: judge more"
        )
    sets = [query.set for query in queries]
    everything = np.ones(len(queries), bool)
    parts = folds_of(sets, folds, SHUFFLES)
    final, chosen = bench.start, []
    for step in watch(range(len(parts) + 1)):
        if step == len(parts):
            final = select(bench.replayed, bench.start, parameters, set_weights(sets, everything))
        else:
            chosen += choices(bench.replayed, bench.start, parameters, sets, parts[step : step + 1])

    # The replay only chose. In the order of k1 and b, so that each trial index is made once.
    wanted = dict.fromkeys([bench.start, *(choice.setting for choice in chosen), final])
    for setting in sorted(wanted, key=lambda one: (bench.recipe(one).k1, bench.recipe(one).b)):
        bench.searched(setting)
    before, after = bench.searched(bench.start), bench.searched(final)
    by_shuffle = held_out_gains(chosen, bench.searched, bench.start)
    held_out = by_shuffle.mean(axis=0)
    means = [mean_over_sets(gains, sets) for gains in by_shuffle]
    times = Counter(choice.setting for choice in chosen)
    return Tuned(
        measure=bench.judged.measure,
        queries=len(queries),
        changes=_changes(bench.start, final, parameters),
        before=mean_over_sets(before, sets),
        after=mean_over_sets(after, sets),
        gain=_gain(after - before, sets),
        held_out=_gain(held_out, sets),
        spread=(min(means), max(means)),
        sets=_by_set(before, after, held_out, sets),
        chosen=tuple(
            (_changes(bench.start, setting, parameters), count) for setting, count in times.most_common()
        ),
        replayed_after=mean_over_sets(bench.replayed(final), sets),
        tried=bench.tried,
        searched=len(wanted),
        generation=bench.generation.name,
    )


def _changes(start: Setting, setting: Setting, parameters: Sequence[Parameter]) -> tuple[Change, ...]:
    return tuple(
        Change(parameter, before, after)
        for parameter, before, after in zip(parameters, start, setting, strict=True)
        if before != after
    )


def _gain(gains: Scores, sets: Sequence[str]) -> Gain:
    return Gain(mean_over_sets(gains, sets), *interval_over_sets(gains, sets))


def _by_set(before: Scores, after: Scores, held_out: Scores, sets: Sequence[str]) -> dict[str, SetGain]:
    names = np.array(sets)
    return {
        name: SetGain(
            queries=int((names == name).sum()),
            before=float(before[names == name].mean()),
            after=float(after[names == name].mean()),
            held_out=float(held_out[names == name].mean()),
            fell=bool(held_out[names == name].mean() < 0)
            and randomisation_p(held_out[names == name].tolist()) < LEVEL,
        )
        for name in dict.fromkeys(sets)
    }
