"""The gate: a generation is built beside the live one with a new model, and both are measured."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from indexer.model_switch import build_with_model, find_beside
from relevance.gate import BrokenQueries, Limits, find_broken
from relevance.groups import ProductGroups, products_to_judge, read_groups
from relevance.judging.pool import Pair
from relevance.model_gate import FIGURES, ModelVerdict, Part, judge_model
from relevance.offline.personal import Target
from relevance.reason import Reason
from relevance.reports.scores import absent_remark, check_absent
from relevance.runs import ids_of_run
from relevance.searchers import open_full_searcher, tag_queries
from shangsou.encoding.encoders import open_encoder
from shangsou.encoding.model_card import parse_moment
from shangsou.encoding.registry import RegisteredModel
from shangsou.engines.engine import Generation
from shangsou.engines.generations import current_generation
from shangsou.engines.stores import open_store
from shangsou.errors import IndexBusy, NoIndex, UnusableInput
from shangsou.search.personal.group_keys import read_group_keys
from shangsou.search.service.searcher import Searcher
from shangsou.settings import Settings
from shangsou.text.facts import facts_to_json
from training.gate.answers import Answers, answer
from training.gate.gate_input import (
    GateInput,
    check_measurable,
    judging_splits,
    remarks_on,
    without_leaked,
)
from training.gate.judged_sets import JudgedSets
from training.gate.pair_outcomes import JudgedPairs, PairOutcomes, judge_pairs
from training.gate.parts import judged_parts, pair_parts, personal_parts, same_targets
from training.gate.personal_targets import LATER_SHARE, find_targets, select_targets
from training.gate.seen import Seen, TrainedPairs, early_products, later_start, read_trained
from training.gate.unjudged import find_unjudged

Log = Callable[[str], None]

_BUILT_OTHERWISE = Reason(
    "the ranking or the facts of the shop were changed since what serves was built, and the new generation "
    'has them as they are now: the figures are not of the model alone; run "shangsou index" first',
    "在用的索引建好之后改过排序设置或属性表，新索引按现在的设置建成，指标的变化不全来自模型："
    "请先运行 shangsou index",
)
_TARGETS_SEEN = Reason(
    "training may have seen all of them: give its --pairs, or later events",
    "这些搜索可能都参与过训练，请用 --pairs 给出训练所用的商品对，或给出更晚的行为",
)
_NO_HISTORIES = Reason(
    "no shopper of the last fifth of the events has a history: give a longer log",
    "最后五分之一的行为里没有顾客有历史，请给出时间更长的日志",
)


@dataclass(frozen=True, slots=True)
class GateResult:
    """What was measured, and whether the model may serve."""

    model: RegisteredModel
    before: Generation
    after: Generation
    built: bool
    """Whether the generation was built now, rather than lying there."""
    parts: Sequence[Part]
    pairs: tuple[PairOutcomes, PairOutcomes] | None
    """Before and after; None where no pairs were given."""
    broken: BrokenQueries
    verdict: ModelVerdict
    remarks: Sequence[Reason]
    """What limits the figures."""
    to_judge: Sequence[Pair]
    """First hits that nobody judged, in sets in which the new model has more of them."""
    took_s: dict[str, float]
    """By stage, in seconds."""


def measure_model(settings: Settings, model: RegisteredModel, wanted: GateInput, log: Log) -> GateResult:
    """Build a generation with a model unless one lies there, measure it and the live one, and judge.

    Nothing is switched. A run that is interrupted finds the generation, and the cached vectors of one that
    was not finished, when it is run again.

    Raises
    ------
    UnusableInput
        There is nothing to measure on, the figure could not be measured, or the model serves already.
    NoIndex
        There are no products yet.
    IndexBusy
        The index was switched while it was measured.
    DegradedSearches, JudgementsOutdated
        The figures would not be those of the models.
    """
    # A process that has SHANGSOU_MODEL opens no generation of another model.
    settings = settings.model_copy(update={"model": None})
    store = open_store(settings)
    before = current_generation(store)
    if before is None:
        raise NoIndex('there is no index yet; run "shangsou index FILE"')
    if before.recipe.model_hash == model.model_hash:
        raise UnusableInput(f"{model.name} serves already, with {before.name}; name another model")
    trained = read_trained(wanted.pairs) if wanted.pairs else None
    judged, leaked = without_leaked(wanted.judged, trained)
    splits = judging_splits(wanted.pairs)
    check_measurable(wanted, judged, splits)
    remarks = [*remarks_on(model, wanted, trained), *leaked]
    clock = _Clock(log)
    after = find_beside(settings, store, before, model.model_hash)
    built = after is None
    if after is None:
        _check_absent_judgements(settings, before, judged, wanted)
        log(f"building a generation with {model.name} beside {before.name}")
        after = build_with_model(settings, model.name, serves=False)
        clock.stop("build")
    with open_full_searcher("hybrid", generation=before.name, settings=settings) as searcher:
        keys = _group_keys(searcher, wanted, judged)
        built_before = _built_with(searcher)
        seen = _what_was_seen(wanted, keys, trained)
        if wanted.auto_tags:
            judged = replace(judged, queries=tag_queries(judged.queries, searcher))
        targets, without_targets = _targets(keys, model, wanted, trained)
        remarks += without_targets
        answers_before = answer(searcher, judged, wanted.events, targets)
    clock.stop(f"search with {before.recipe.model}")
    with open_full_searcher("hybrid", generation=after.name, settings=settings) as searcher:
        answers_after = answer(searcher, judged, wanted.events, targets)
        groups = _groups(searcher, judged, answers_before, answers_after)
        remarks += [_BUILT_OTHERWISE] if _built_with(searcher) != built_before else []
    clock.stop(f"search with {model.name}")
    outcomes = splits and _judge_pairs(settings, before, model, splits)
    if outcomes:
        clock.stop("pairs")
    if store.current() != before.name or not same_targets(answers_before.targets, answers_after.targets):
        raise IndexBusy(
            f"{before.name} was switched or changed while it was measured, so that the figures are not those "
            "of what would serve; run the same command again"
        )
    if judged.queries:
        remarks += absent_remark(groups, judged.grades)
        check_absent(groups, judged.grades, wanted.max_absent_percent)
    parts = [
        *judged_parts(answers_before, answers_after, judged, groups, seen, graded=wanted.graded),
        *personal_parts(answers_before, answers_after, seen),
        *(pair_parts(splits[1], *outcomes) if splits and outcomes else []),
    ]
    unjudged = find_unjudged(answers_before, answers_after, judged, groups, graded=wanted.graded)
    remarks += unjudged.remarks
    remarks += _ranker_remark(answers_before, answers_after)
    broken = _broken(answers_before, answers_after, judged, groups, wanted.limits)
    verdict = judge_model(parts, wanted.figure, broken, figures_named=wanted.figures_named)
    return GateResult(
        model,
        before,
        after,
        built,
        parts,
        outcomes,
        broken,
        verdict,
        remarks,
        unjudged.pairs,
        clock.took_s,
    )


def _check_absent_judgements(
    settings: Settings, before: Generation, judged: JudgedSets, wanted: GateInput
) -> None:
    """Raise `JudgementsOutdated` before minutes are spent on a generation to measure by these judgements."""
    if judged.queries:
        with open_full_searcher("hybrid", generation=before.name, settings=settings) as searcher:
            check_absent(_groups(searcher, judged), judged.grades, wanted.max_absent_percent)


def _built_with(searcher: Searcher) -> tuple[object, ...]:
    """Return what a generation has of the settings of the shop when it was built."""
    recipe, lexicon = searcher.context().engine.generation.recipe, searcher.lexicon()
    facts = lexicon and lexicon.facts
    return recipe.k1, recipe.b, facts and facts_to_json(facts.table)


class _Clock:
    """How long each stage took, in seconds."""

    def __init__(self, log: Log) -> None:
        self.took_s: dict[str, float] = {}
        self._log, self._started = log, time.monotonic()

    def stop(self, stage: str) -> None:
        """Note the end of a stage, which is the beginning of the next."""
        now = time.monotonic()
        self.took_s[stage] = round(now - self._started, 1)
        self._log(f"{stage}: {now - self._started:.0f} s")
        self._started = now


def _group_keys(searcher: Searcher, wanted: GateInput, judged: JudgedSets) -> dict[str, str]:
    """Return the group key of each product that is measured, in the live index; none without events."""
    if not wanted.events:
        return {}
    measured = {
        *(one for grades in judged.grades.values() for one in grades),
        *(event.product_id for event in wanted.events if event.product_id),
        *(target.product_id for target in wanted.targets or ()),
    }
    return read_group_keys(searcher.context().engine, measured)


def _what_was_seen(wanted: GateInput, keys: Mapping[str, str], trained: TrainedPairs | None) -> Seen:
    """Return what training and shoppers saw, products by the groups of the live index."""
    if not wanted.events:
        return Seen(trained)
    early = early_products(wanted.events)
    return Seen(trained, {keys[one] for one in early}, lambda one: keys.get(one, one))


def _targets(
    keys: Mapping[str, str], model: RegisteredModel, wanted: GateInput, trained: TrainedPairs | None
) -> tuple[list[Target], list[Reason]]:
    """Return the personal searches that judge, and remarks on those that do not."""
    since = later_start(wanted.events, LATER_SHARE)
    if since is None:
        return [], []
    if wanted.targets is not None:
        return select_targets(wanted.targets, lambda _: False), []
    found = find_targets(wanted.events, keys, since)
    until = model.card.trained_on_events_until
    trained_until = parse_moment(until) if until else None

    def is_leaked(target: Target) -> bool:
        if trained is not None:
            return trained.knows(target.query, target.product_id)
        return trained_until is not None and target.at <= trained_until

    targets = select_targets(found, is_leaked)
    if targets:
        return targets, []
    reason = _TARGETS_SEEN if found else _NO_HISTORIES
    if FIGURES[wanted.figure][0] == "personal":
        raise UnusableInput(f"--figure {wanted.figure} cannot be measured, since {reason.text}")
    remark = Reason(
        f"no personal searches were measured, since {reason.text}", f"没有测量个性化搜索：{reason.chinese}"
    )
    return [], [remark]


def _judge_pairs(
    settings: Settings,
    before: Generation,
    model: RegisteredModel,
    splits: tuple[JudgedPairs, JudgedPairs],
) -> tuple[PairOutcomes, PairOutcomes]:
    names = before.recipe.model, model.name
    first, second = (judge_pairs(open_encoder(settings, name), *splits) for name in names)
    return first, second


def _groups(searcher: Searcher, judged: JudgedSets, *answers: Answers) -> ProductGroups:
    """Return the groups of what was judged, or found by anybody."""
    found = [ids_of_run(run) for one in answers for run in one.runs.values()]
    return read_groups(searcher, products_to_judge(judged.grades, *found))


def _ranker_remark(before: Answers, after: Answers) -> list[Reason]:
    if before.ranker == after.ranker:
        return []
    remark = Reason(
        f"personal searches were ranked by {before.ranker} before and {after.ranker} after, since a ranker "
        'serves with its own encoder; "shangsou train ranker" makes one',
        f"个性化搜索原来由 {before.ranker} 排序，现在由 {after.ranker} 排序：排序模型只配合训练它时的"
        "编码模型，可用 shangsou train ranker 重新训练",
    )
    return [remark]


def _broken(
    before: Answers, after: Answers, judged: JudgedSets, groups: ProductGroups, limits: Limits
) -> BrokenQueries:
    if not judged.queries:
        return BrokenQueries((), (), ())
    return find_broken(
        before.runs["hybrid"], after.runs["hybrid"], judged.queries, judged.grades, groups, limits
    )
