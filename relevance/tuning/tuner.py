"""The tuner: recommended changes to the ranking recipe, with their measured gain."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from relevance.comparison import SIGNIFICANCE_LEVEL
from relevance.significance import randomization_p
from relevance.suites.suite import Suite
from relevance.tuning.crossvalidation import (
    FoldChoice,
    held_out_gains,
    interval_over_sets,
    make_folds,
    mean_over_sets,
)
from relevance.tuning.evaluator import SettingEvaluator
from relevance.tuning.exact_facts import FactShares
from relevance.tuning.parameters import Parameter, Setting, pair_settings
from relevance.tuning.recorded_queries import QueryScores
from relevance.tuning.result import Change, Gain, Guards, SetGain, TuningResult, VetoedChange
from relevance.tuning.selection import Selection, Selector, set_weights
from relevance.tuning.vetoes import Vetoes
from shangsou.errors import UnusableInput

# The usual minimum for comparing two systems: with 50 topics, a difference of 5 to 6 % in the measure has the
# opposite sign on 50 others one time in twenty (Voorhees and Buckley, 2002).
MIN_QUERIES = 50
# With five folds 25 settings are chosen, each without a fifth of the queries: enough to see the spread.
SHUFFLES = 5
# Rankings of pairs: for 256 queries the pairs of all parameters around one setting, or those of fusion and
# fields around two. A hundred thousand take some two minutes on two cores.
_MAX_PAIR_RANKINGS = 300_000


def tune(
    evaluator: SettingEvaluator,
    folds: int,
    suites: Mapping[str, Suite] | None = None,
    *,
    guards_facts: bool = True,
    with_progress: Callable[[Sequence[int]], Iterable[int]] = lambda steps: steps,
) -> TuningResult:
    """Return the changes chosen on all queries, and their gain by cross-validation.

    Parameters
    ----------
    evaluator
        Evaluates settings on the judged queries.
    folds
        The number of folds of the cross-validation, which is repeated `SHUFFLES` times.
    suites
        Cases that must not break, by file.
    guards_facts
        Whether first pages must not lose what queries state exactly.
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
    parts = make_folds(sets, folds, SHUFFLES)
    vetoes = Vetoes(evaluator, suites or {}, guards_facts=guards_facts)
    masks = [np.ones(len(queries), bool), *(~held_out for _, held_out in parts)]
    selections, pairs_tried = _select(evaluator, vetoes, masks, sets, with_progress)
    final = selections[0].setting
    chosen = [
        FoldChoice(shuffle, held_out, selection.setting)
        for (shuffle, held_out), selection in zip(parts, selections[1:], strict=True)
    ]

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
        vetoed=tuple(
            VetoedChange(_changes(evaluator.start, one.setting, parameters), one.gain, one.reasons)
            for one in selections[0].vetoed
        ),
        guards=_guards(
            len(vetoes.guarded), evaluator.search_facts(evaluator.start), evaluator.search_facts(final)
        ),
        pairs_tried=pairs_tried,
    )


def _select(
    evaluator: SettingEvaluator,
    vetoes: Vetoes,
    masks: Sequence[NDArray[np.bool_]],
    sets: Sequence[str],
    with_progress: Callable[[Sequence[int]], Iterable[int]],
) -> tuple[list[Selection], int]:
    """Return what is selected on each part of the queries, and in how many pairs were tried.

    Pairs are tried around the setting where single changes on the first part stall, and around those where
    most others do, as far as `_MAX_PAIR_RANKINGS` goes; what stalls elsewhere stays there.
    """
    selectors = [
        Selector(
            lambda settings: np.array([one.measure for one in evaluator.replay(settings)]),
            evaluator.parameters,
            set_weights(sets, mask),
            vetoes.find,
        )
        for mask in masks
    ]
    start = evaluator.start
    selections = [selectors[number].select(start) for number in with_progress(range(len(masks)))]
    centres = _pair_centres(selections, evaluator)
    tried = [number for number, selection in enumerate(selections) if selection.setting in centres]
    for number in with_progress(tried):
        stalled = selections[number]
        reached = selectors[number].select_pair(stalled.setting)
        vetoed = {one.setting: one for one in (*stalled.vetoed, *reached.vetoed)}
        selections[number] = Selection(reached.setting, tuple(vetoed.values()))
    return selections, len(tried)


def _pair_centres(selections: Sequence[Selection], evaluator: SettingEvaluator) -> list[Setting]:
    """Return the settings around which pairs are tried."""
    rankings = len(evaluator.target.queries) * len(pair_settings(evaluator.start, evaluator.parameters))
    if not rankings:
        return []
    frequent = [setting for setting, _ in Counter(one.setting for one in selections).most_common()]
    centres = list(dict.fromkeys([selections[0].setting, *frequent]))
    return centres[: max(1, _MAX_PAIR_RANKINGS // rankings)]


def _guards(cases: int, before: FactShares, after: FactShares) -> Guards:
    stated = ~np.isnan(before)
    if not stated.any():
        return Guards(cases)
    return Guards(cases, int(stated.sum()), float(before[stated].mean()), float(after[stated].mean()))


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
