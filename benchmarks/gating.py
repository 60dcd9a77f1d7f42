"""Count how often the gate of a release closes: between equal systems with noise, and where queries broke.

A system is what the live index answers to the judged queries of ../shared/data, noise a shake of the scores
that order each answer. Trials are simulated; no search is repeated.
"""

import random
from collections.abc import Callable, Sequence
from pathlib import Path

from relevance.comparison import compare
from relevance.evaluation import evaluate, score
from relevance.gate import Limits, judge
from relevance.groups import ProductGroups
from relevance.judgements import Qrels, Query, read_qrels, read_queries
from relevance.runs import Run
from relevance.searchers import open_full_searcher
from shangsou.engines.query import Hit

TRIALS = 200
NOISE = (0.02, 0.05, 0.1)
# Of the queries, those whose first ten hits are shuffled away: among the hundred.
BROKEN = 0.04
_FIRST = 10


def measure(data: Path, _elastic_url: str) -> dict[str, object]:
    """Return in how many trials the gate closes, by noise and by what was broken."""
    judged = data / "relevance"
    queries, qrels = read_queries(judged / "queries.tsv"), read_qrels(judged / "qrels.tsv")
    with open_full_searcher("hybrid") as searcher:
        evaluation = evaluate(searcher, queries, qrels)
    trials = _Trials(queries, qrels, evaluation.run, evaluation.groups)
    return {
        str(noise): {
            "false_alarms": trials.closed(noise, lambda run, _: run),
            "one_query_emptied": trials.closed(noise, _empty_one),
            "four_percent_shuffled_away": trials.closed(noise, _shuffle_some),
        }
        for noise in NOISE
    }


class _Trials:
    """Compares a run with itself, both with noise of their own."""

    def __init__(self, queries: Sequence[Query], qrels: Qrels, run: Run, groups: ProductGroups) -> None:
        self._queries, self._qrels, self._run, self._groups = queries, qrels, run, groups

    def closed(self, noise: float, break_run: Callable[[Run, random.Random], Run]) -> float:
        """Return the share of trials in which the gate closes after a run was broken."""
        return sum(self._is_closed(seed, noise, break_run) for seed in range(TRIALS)) / TRIALS

    def _is_closed(self, seed: int, noise: float, break_run: Callable[[Run, random.Random], Run]) -> bool:
        rng = random.Random(seed)
        before = _shaken(self._run, noise, rng)
        after = break_run(_shaken(self._run, noise, rng), rng)
        scores = [score(run, self._queries, self._qrels, groups=self._groups) for run in (before, after)]
        comparison = compare(scores[1], scores[0], self._queries)
        verdict = judge(comparison, before, after, self._queries, self._qrels, self._groups, Limits())
        return bool(verdict.reasons)


def _shaken(run: Run, noise: float, rng: random.Random) -> Run:
    return {
        qid: sorted(
            (Hit(hit.product_id, hit.score + rng.gauss(0, noise)) for hit in hits), key=lambda hit: -hit.score
        )
        for qid, hits in run.items()
    }


def _empty_one(run: Run, rng: random.Random) -> Run:
    return {**run, rng.choice([qid for qid, hits in run.items() if hits]): []}


def _shuffle_some(run: Run, rng: random.Random) -> Run:
    chosen = rng.sample(sorted(run), round(BROKEN * len(run)))
    broken = dict(run)
    for qid in chosen:
        hits = list(run[qid])
        rng.shuffle(hits)
        first = {hit.product_id for hit in run[qid][:_FIRST]}
        # Anywhere but among the first ten, where there are others.
        broken[qid] = sorted(hits, key=lambda hit, first=first: hit.product_id in first)
    return broken
