"""The gate of a release: whether a ranking may take the place of another, and if not, why.

Tests say what chance hardly explains, and guards what must not happen to a single query.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor

from relevance.comparison import SIGNIFICANCE_LEVEL, Comparison, Difference
from relevance.errors import RankingRegressed
from relevance.evaluation import qids_by_set
from relevance.graded_measures import EXACT_GRADE
from relevance.groups import ProductGroups
from relevance.judgements import Qrels, Query
from relevance.metrics import GATED_MEASURE
from relevance.rank_overlap import rank_biased_overlap
from relevance.reason import Reason
from relevance.runs import Run
from relevance.significance import holm, loss_p, smallest_visible_drop
from shangsou.text.plurals import quantity

MEAN = "mean of sets"
"""The name of the mean among those of the sets."""
CHANGED_PAGES = "changed pages"
"""The name of the test of losses that count by how much the answer changed: some queries that broke, among
many that did not, hardly move a mean."""
HEAD_TAG = "head"
"""The tag of the queries that are searched most."""
LOST_DEPTH = 100
"""Where the best answers of a query are looked for: as deep as runs are."""
# Of queries without the tag of the head, those that may lose their best answers: some do by chance.
_LOST_SHARE = 0.02
_MAX_NAMED = 3
_CHINESE_NAMES: Mapping[str, str] = {MEAN: "各集平均", CHANGED_PAGES: "结果变动大的查询"}
# How steeply a loss counts by how much the answer changed: half as much of it counts 1/256. Of 2, 4 and 8 the
# one that saw most of what `python -m benchmarks gating` breaks.
_CHANGE_POWER = 8
# The tests of sets and mean, and that of changed pages, each have half of the level.
_FAMILIES = 2


@dataclass(frozen=True, slots=True)
class Limits:
    """How many queries may break at most."""

    emptied: int = 0
    """Queries that found something and now find nothing."""
    lost: int | None = None
    """Queries that lost their last best answer; None: none of the head, and 2 % of the others."""
    drop: float | None = None
    """By how much a set may fall, whatever chance explains; None: as much as chance explains."""
    depth: int = LOST_DEPTH
    """How deep the ranking after is, where that is less."""


@dataclass(frozen=True, slots=True)
class BrokenQueries:
    """The queries that broke, whatever the means say."""

    emptied: tuple[Query, ...]
    lost: tuple[Query, ...]
    reasons: tuple[Reason, ...]
    """Where there are more of them than may be."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a gate found."""

    adjusted_p: Mapping[str, float]
    """One-sided, of each set, the mean and changed pages, adjusted for their number (Holm, Bonferroni)."""
    visible_drop: Mapping[str, float]
    """The drop of each that the gate would have seen four times in five; NaN where that is unknown."""
    emptied: tuple[Query, ...]
    lost: tuple[Query, ...]
    reasons: tuple[Reason, ...]
    """Why the ranking is refused; empty where it may be released."""

    @property
    def fell(self) -> list[str]:
        """The sets, and the mean, that fell by more than chance explains."""
        return [name for name, p in self.adjusted_p.items() if p < SIGNIFICANCE_LEVEL]

    def check(self, where: str) -> None:
        """Raise `RankingRegressed` where the ranking is refused; `where` as `from before.trec to present`."""
        if self.reasons:
            raise RankingRegressed(f"{'; '.join(reason.text for reason in self.reasons)} ({where})")


def judge(  # noqa: PLR0913, PLR0917 - what was found before and after, and what was wanted
    comparison: Comparison,
    before: Run,
    after: Run,
    queries: Sequence[Query],
    qrels: Qrels,
    groups: ProductGroups,
    limits: Limits,
) -> Verdict:
    """Return whether the ranking after may take the place of the one before."""
    gated = {
        **{name: differences[GATED_MEASURE] for name, differences in comparison.sets.items()},
        MEAN: comparison.mean[GATED_MEASURE],
    }
    # One set is its own mean.
    tested = {name: gated[name] for name in gated if name != MEAN or len(gated) > 2}
    ps = {name: difference.loss_p for name, difference in tested.items()}
    by_level = holm(ps) | {CHANGED_PAGES: loss_p(_gains_by_change(comparison, before, after, groups))}
    adjusted = {name: min(1.0, _FAMILIES * p) for name, p in by_level.items()}
    broken = find_broken(before, after, queries, qrels, groups, limits)
    reasons = [*fall_reasons(adjusted), *_dropped(tested, limits.drop), *broken.reasons]
    drops = _visible_drops(comparison, _FAMILIES * len(ps))
    return Verdict(adjusted, drops, broken.emptied, broken.lost, tuple(reasons))


def find_broken(  # noqa: PLR0913, PLR0917 - as `judge`
    before: Run,
    after: Run,
    queries: Sequence[Query],
    qrels: Qrels,
    groups: ProductGroups,
    limits: Limits,
) -> BrokenQueries:
    """Return the queries that find nothing any more, and those that lost their best answers."""
    emptied = tuple(query for query in queries if before.get(query.qid) and not after.get(query.qid))
    best = _best_grade(qrels)
    depth = min(limits.depth, LOST_DEPTH)

    def has_best(query: Query, run: Run) -> bool:
        grades = groups.grades(qrels.get(query.qid, {}))
        hits = run.get(query.qid, ())[:depth]
        return any(grades.get(groups.name(hit.product_id), 0) >= best for hit in hits)

    with_best = [query for query in queries if has_best(query, before)]
    lost = tuple(query for query in with_best if not has_best(query, after))
    return BrokenQueries(
        emptied,
        lost,
        (
            *_too_many(
                emptied,
                limits.emptied,
                ("found something and now finds nothing", "found something and now find nothing"),
                "原来有结果，现在没有",
            ),
            *_lost_too_many(lost, with_best, limits.lost, depth),
        ),
    )


def verdict_to_json(verdict: Verdict) -> dict[str, object]:
    """Return a verdict as plain JSON values; a drop that is not known is null."""
    return {
        "passed": not verdict.reasons,
        "reasons": [reason.text for reason in verdict.reasons],
        "fell": verdict.fell,
        "p": dict(verdict.adjusted_p),
        "visible_drop": {
            name: drop if drop == drop else None  # noqa: PLR0124 - NaN
            for name, drop in verdict.visible_drop.items()
        },
        "emptied": [query.qid for query in verdict.emptied],
        "lost": [query.qid for query in verdict.lost],
    }


def describe_drops(verdict: Verdict) -> str:
    """Return in a line which drops the gate would have seen, for people."""
    drops = [
        f"{name} {'unknown' if drop != drop else f'{drop:.3f}'}"  # noqa: PLR0124 - NaN
        for name, drop in verdict.visible_drop.items()
    ]
    return f"smallest drop that the gate sees four times in five: {', '.join(drops)}"


def _gains_by_change(comparison: Comparison, before: Run, after: Run, groups: ProductGroups) -> list[float]:
    """Return each query's gain, weighted by how much its answer changed; each set has the same weight.

    What changed is the same in either direction, so that between equal systems signs are still coin tosses.
    """
    by_set = qids_by_set([change.query for change in comparison.queries])

    def changed(qid: str) -> float:
        first, second = (
            groups.distinct(hit.product_id for hit in run.get(qid, ())) for run in (before, after)
        )
        return 1 - rank_biased_overlap(first, second)

    return [
        change.gain * changed(change.query.qid) ** _CHANGE_POWER / len(by_set[change.query.set])
        for change in comparison.queries
    ]


def _best_grade(qrels: Qrels) -> int:
    """Return the grade of the best answers: 3, or the highest where none has it."""
    highest = max((grade for grades in qrels.values() for grade in grades.values()), default=EXACT_GRADE)
    return min(highest, EXACT_GRADE)


def fall_reasons(
    adjusted: Mapping[str, float],
    measure: str = GATED_MEASURE,
    chinese_names: Mapping[str, str] | None = None,
) -> list[Reason]:
    """Return the reason for what fell by more than chance, if anything did, by the adjusted p of tests."""
    names = _CHINESE_NAMES if chinese_names is None else chinese_names
    fell = [name for name, p in adjusted.items() if p < SIGNIFICANCE_LEVEL]
    if not fell:
        return []
    return [
        Reason(
            f"{', '.join(fell)} fell by more than chance ({measure}, one-sided, p adjusted for "
            f"{len(adjusted)} tests < {SIGNIFICANCE_LEVEL:g})",
            f"{'、'.join(names.get(name, name) for name in fell)}明显变差",
        )
    ]


def _dropped(tested: Mapping[str, Difference], limit: float | None) -> list[Reason]:
    if limit is None:
        return []
    return [
        Reason(
            f"{name} fell by {-difference.mean:.3f} in {GATED_MEASURE}, more than {limit:g}",
            f"{_chinese_name(name)}下降 {-difference.mean:.3f}，超过上限 {limit:g}",
        )
        for name, difference in tested.items()
        if -difference.mean > limit
    ]


def _lost_too_many(
    lost: Sequence[Query], with_best: Sequence[Query], limit: int | None, depth: int
) -> list[Reason]:
    missing = f"no best answer left among the first {depth}"
    what = (f"has {missing}", f"have {missing}")
    chinese = f"前 {depth} 位不再有最佳商品"
    if limit is not None:
        return _too_many(lost, limit, what, chinese)
    head = [query for query in lost if HEAD_TAG in query.tags]
    others = [query for query in lost if HEAD_TAG not in query.tags]
    of_others = sum(HEAD_TAG not in query.tags for query in with_best)
    return [
        *_too_many(head, 0, (f"of the head {what[0]}", f"of the head {what[1]}"), f"（热门查询）{chinese}"),
        *_too_many(others, floor(_LOST_SHARE * of_others), what, chinese),
    ]


def _too_many(queries: Sequence[Query], limit: int, what: tuple[str, str], chinese: str) -> list[Reason]:
    """Return the reason for more queries than the limit; `what` they do of one, and of several."""
    if len(queries) <= limit:
        return []
    named = [query.text for query in queries[:_MAX_NAMED]] + ["…"] * (len(queries) > _MAX_NAMED)
    count = quantity(len(queries), "query")
    return [
        Reason(
            f"{count} {what[len(queries) > 1]}, at most {limit} may ({', '.join(named)})",
            f"{len(queries)} 条查询{chinese}，最多允许 {limit} 条（{'、'.join(named)}）",
        )
    ]


def _chinese_name(name: str) -> str:
    return _CHINESE_NAMES.get(name, name)


def _visible_drops(comparison: Comparison, tests: int) -> dict[str, float]:
    by_qid = {change.query.qid: change.gain for change in comparison.queries}
    by_set = qids_by_set([change.query for change in comparison.queries])
    groups = {name: [by_qid[qid] for qid in qids] for name, qids in by_set.items()}
    ordered = {name: groups[name] for name in comparison.sets}
    drops = {
        name: smallest_visible_drop([group], tests, SIGNIFICANCE_LEVEL) for name, group in ordered.items()
    }
    if len(ordered) > 1:
        drops[MEAN] = smallest_visible_drop(list(ordered.values()), tests, SIGNIFICANCE_LEVEL)
    return drops
