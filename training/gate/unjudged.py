"""Hits that nobody judged, which count as wrong whatever they are: how much of a fall may be theirs."""

from collections.abc import Sequence
from typing import NamedTuple

from relevance.evaluation import qids_by_set, score
from relevance.groups import ProductGroups
from relevance.judgements import Qrels
from relevance.judging.pool import JUDGED_DEPTH, Pair, pool_runs
from relevance.metrics import GATED_MEASURE, parse_measures
from relevance.model_gate import LEG_NAMES, Leg
from relevance.reason import Reason
from relevance.runs import Run
from training.gate.answers import Answers
from training.gate.judged_sets import JudgedSets

# Where fewer of the first hits were judged, too little is left to compare without the others.
_MIN_JUDGED = 0.5
_MEASURES = parse_measures(GATED_MEASURE)


class Unjudged(NamedTuple):
    """First hits that nobody judged, of sets in which the new model has more of them."""

    remarks: Sequence[Reason]
    """One for each of these sets and legs."""
    pairs: Sequence[Pair]
    """To be judged: hits of both models, the most useful first."""


def find_unjudged(
    before: Answers, after: Answers, judged: JudgedSets, groups: ProductGroups, *, graded: bool
) -> Unjudged:
    """Return the first hits that nobody judged, with a remark on what they may hide.

    It says what the figure would be without them, in both rankings (condensed lists). That decides nothing:
    the figures of a new system are too high then, as they are too low with these hits as wrong (Sakai,
    Comparing Metrics across TREC and NTCIR: The Robustness to System Bias, 2008). Only a judge can tell.
    """
    remarks: list[Reason] = []
    runs_to_judge: dict[str, Run] = {}
    sets: set[str] = set()
    for leg, run in before.runs.items():
        runs = (run, after.runs[leg])
        for name, qids in qids_by_set(judged.queries).items():
            found, unjudged = zip(*(_count(one, qids, judged.grades, groups) for one in runs), strict=True)
            if unjudged[1] <= unjudged[0] or found[0] - unjudged[0] < _MIN_JUDGED * found[0]:
                continue
            without = [_mean_without(one, qids, judged, groups, graded=graded) for one in runs]
            remarks.append(_remark(leg, name, found, unjudged, without))
            sets.add(name)
            runs_to_judge |= {f"{leg} before": runs[0], f"{leg} after": runs[1]}
    queries = [query for query in judged.queries if query.set in sets]
    return Unjudged(
        remarks, pool_runs(queries, runs_to_judge, judged.grades, depth=JUDGED_DEPTH) if sets else ()
    )


def _remark(
    leg: Leg, name: str, found: Sequence[int], unjudged: Sequence[int], without: Sequence[float]
) -> Reason:
    """Return what is unjudged of the first hits of a set, each number before and after."""
    return Reason(
        f"{leg}, {name}: of the first ten hits {unjudged[0]} of {found[0]} before and {unjudged[1]} "
        f"of {found[1]} after were judged by nobody and count as wrong; without them nDCG@10 would "
        f"be {without[0]:.3f} → {without[1]:.3f}, which flatters a new model. Judge these hits "
        "(--to-judge FILE) and measure again",
        f"{LEG_NAMES[leg]}，{name}：前十位里没有人评过、按不相关计的，原来 {found[0]} 件中有 "
        f"{unjudged[0]} 件，现在 {found[1]} 件中有 {unjudged[1]} 件；去掉它们 nDCG@10 为 "
        f"{without[0]:.3f} → {without[1]:.3f}，这个数偏向新模型。请用 --to-judge FILE 评完这些商品再测一次",
    )


def _count(run: Run, qids: Sequence[str], qrels: Qrels, groups: ProductGroups) -> tuple[int, int]:
    """Return how many first hits there are, and how many of them nobody judged."""
    found = unjudged = 0
    for qid in qids:
        known = groups.grades(qrels.get(qid, {}))
        first = groups.distinct(hit.product_id for hit in run.get(qid, ()))[:JUDGED_DEPTH]
        found += len(first)
        unjudged += sum(name not in known for name in first)
    return found, unjudged


def _mean_without(
    run: Run, qids: Sequence[str], judged: JudgedSets, groups: ProductGroups, *, graded: bool
) -> float:
    """Return the mean figure of the queries of a set without the hits that nobody judged."""
    condensed = {
        qid: [hit for hit in run.get(qid, ()) if groups.name(hit.product_id) in known]
        for qid in qids
        for known in [groups.grades(judged.grades.get(qid, {}))]
    }
    queries = [query for query in judged.queries if query.qid in condensed]
    scores = score(condensed, queries, judged.grades, measures=_MEASURES, graded=graded, groups=groups)
    return scores.mean.get(GATED_MEASURE, 0.0)
