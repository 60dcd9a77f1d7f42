"""Offline evaluation of personalization: plain, popular and personal order, replayed in time."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

import numpy as np

from relevance.lines import numbered_lines
from relevance.metrics import Measure, measure, parse_measures
from relevance.offline.candidates import CandidateCache
from relevance.offline.event_replay import ReplayState, search_choices
from relevance.significance import bootstrap_interval
from shangsou.behaviour.event import Event
from shangsou.engines.query import Hit
from shangsou.errors import UnusableInput
from shangsou.search.personal.candidates import CandidateFeatures, Floats
from shangsou.search.personal.cold_start import rank_cold_start
from shangsou.search.personal.history_cache import HistoryFeatures
from shangsou.search.personal.product_traits import TraitReader
from shangsou.search.personal.rerank import Personalizer, features_for, load_candidates, rank

ORDERS = ("plain", "popular", "personal")
MEASURES = parse_measures("mrr@10,recall@10,ndcg@10")
_SELECTION_MEASURE = MEASURES[0]
SEGMENTS = ("taste", "indifferent", "all")
DEPTH = 10
# Candidate weights of log1p of popularity, relative to a fused score of 0 to 1.
_POPULARITY_WEIGHTS = (0.0, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5)
# Searches for choosing that weight, spread evenly over the second half, when popularity has built up.
_MAX_SELECTION_SEARCHES = 1500
_COLUMNS = ("user_id", "timestamp", "user_query", "product_id")


class Target(NamedTuple):
    """A search that ended in the purchase of a product that the shopper had not clicked before."""

    user_id: str
    at: datetime
    query: str
    product_id: str
    indifferent: bool

    @property
    def qid(self) -> str:
        """The query id in runs."""
        return f"{self.user_id}@{int(self.at.timestamp())}"


@dataclass(frozen=True, slots=True)
class PersonalEvaluation:
    """The scores of each order."""

    values: Mapping[str, Mapping[str, Sequence[Mapping[str, float]]]]
    """By segment and order, the values of `MEASURES` for each target."""
    runs: Mapping[str, Mapping[str, Sequence[Hit]]]
    """By order."""
    popular_weight: float
    ranker: str
    targets: Sequence[Target] = ()
    """Those that were measured, in the order of `values`."""


def read_targets(path: Path) -> list[Target]:
    """Read the targets of a TSV with a header, plain or gzip, in time order.

    Raises `UnusableInput` that names the line of an invalid target.
    """
    lines = (line for _, line in numbered_lines(path))
    rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    missing = [name for name in _COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        raise UnusableInput(
            f"{path}:1: the header names no column {', '.join(missing)}; targets are TSV with a header "
            f"`{' '.join(_COLUMNS)} indifferent`"
        )
    targets = [_target(row, f"{path}:{number}") for number, row in enumerate(rows, start=2)]
    if not targets:
        raise UnusableInput(f"{path}: holds no target below its header")
    return sorted(targets, key=lambda target: target.at)


def choose_popularity_weight(events: Sequence[Event], candidate_cache: CandidateCache) -> float:
    """Return the weight of popularity relative to the plain score that ranks past clicks best."""
    state = ReplayState(candidate_cache.group_keys(events))
    choice_count = sum(1 for _ in search_choices(events, ReplayState()))
    step = max(1, choice_count // 2 // _MAX_SELECTION_SEARCHES)
    examples = []
    for number, choice in enumerate(search_choices(events, state)):
        if number < choice_count // 2 or number % step:
            continue
        candidates = candidate_cache.of(choice.query).candidates
        if candidates is not None:
            keys = candidate_cache.personalizer.reader.group_keys(candidates.pool.product_ids)
            popular = state.popularity.of(keys)
            examples.append((choice, keys, candidates.pool.score, popular, state.clicked(choice.shopper)))

    def mean_mrr(weight: float) -> float:
        values = []
        for choice, keys, score, popular, clicked in examples:
            chosen = next(iter(choice.chosen), None)
            if chosen is not None:
                ranking = [key for key in _by_popularity(keys, score, popular, weight) if key not in clicked]
                values.append(measure(ranking, {chosen: 1}, [_SELECTION_MEASURE])[_SELECTION_MEASURE.name])
        return fmean(values) if values else 0.0

    # The first of equal weights, which is the smallest.
    return max(_POPULARITY_WEIGHTS, key=mean_mrr)


def evaluate_personal(  # noqa: PLR0913 - what to search, and how to measure it
    events: Sequence[Event],
    targets: Iterable[Target],
    candidate_cache: CandidateCache,
    *,
    weight: float,
    measures: Sequence[Measure] = MEASURES,
    depth: int = DEPTH,
) -> PersonalEvaluation:
    """Return the scores of each order, using only events strictly before each target.

    A target is found where any variant of its group is. Left out are targets of which the shopper had clicked
    another variant before: the product is not new.

    Parameters
    ----------
    events, targets
        In time order.
    weight
        The weight of popularity, from `choose_popularity_weight`.
    measures, depth
        What to measure, and of how many products of each order.
    """
    state = ReplayState(candidate_cache.group_keys(events))
    personalizer = replace(candidate_cache.personalizer, popularity=state.popularity)
    impact = candidate_cache.context.recipe.personal_impact
    scores = _OrderScores(measures, depth)
    next_event = 0
    for target in targets:
        while next_event < len(events) and events[next_event].at < target.at:
            state.add(events[next_event])
            next_event += 1
        clicked, target_key = state.clicked(target.user_id), _target_key(target, personalizer.reader)
        if target_key != target.product_id and target_key in clicked:
            continue
        query_candidates = candidate_cache.of(target.query)
        lists: dict[str, Sequence[str]] = dict.fromkeys(ORDERS, ())
        keys: dict[str, str] = {}
        if query_candidates.candidates is not None:
            pool = query_candidates.candidates.pool
            keys = dict(zip(pool.product_ids, personalizer.reader.group_keys(pool.product_ids), strict=True))
            popular = state.popularity.of(list(keys.values()))
            history_items = state.history_items(target.user_id, target.at)
            if history_items:
                history = HistoryFeatures(history_items, personalizer.reader)
                rerank_features = features_for(
                    query_candidates.candidates, query_candidates.vector, history, personalizer
                )
                personal: Sequence[str] = rank(rerank_features, personalizer.ranker, impact)
            else:
                personal = _cold_start_order(query_candidates.candidates, personalizer, impact)
            orders = (
                pool.product_ids,
                _by_popularity(pool.product_ids, pool.score, popular, weight),
                personal,
            )
            lists = {
                name: [product_id for product_id in order if keys[product_id] not in clicked][:depth]
                for name, order in zip(ORDERS, orders, strict=True)
            }
        scores.add(target, target_key, lists, keys)
    return PersonalEvaluation(scores.values, scores.runs, weight, personalizer.ranker.name, scores.targets)


def evaluation_to_json(evaluation: PersonalEvaluation) -> dict[str, object]:
    """Return means by segment and order, and paired differences with their 95 % intervals, as JSON values."""
    payload: dict[str, object] = {
        segment: {
            order: {metric.name: fmean(row[metric.name] for row in rows) for metric in MEASURES}
            for order, rows in orders.items()
        }
        for segment, orders in evaluation.values.items()
        if orders["plain"]
    }
    differences = {
        segment: {
            f"personal-{order}": _difference(orders["personal"], orders[order])
            for order in ("plain", "popular")
        }
        for segment, orders in evaluation.values.items()
        if orders["plain"]
    }
    return payload | {
        "differences": differences,
        "targets": {segment: len(orders["plain"]) for segment, orders in evaluation.values.items()},
        "popular_weight": evaluation.popular_weight,
        "ranker": evaluation.ranker,
    }


@dataclass(slots=True)
class _OrderScores:
    measures: Sequence[Measure]
    depth: int
    targets: list[Target] = field(default_factory=list)
    values: dict[str, dict[str, list[Mapping[str, float]]]] = field(
        default_factory=lambda: {segment: {order: [] for order in ORDERS} for segment in SEGMENTS}
    )
    runs: dict[str, dict[str, list[Hit]]] = field(default_factory=lambda: {order: {} for order in ORDERS})

    def add(
        self, target: Target, target_key: str, lists: Mapping[str, Sequence[str]], keys: Mapping[str, str]
    ) -> None:
        self.targets.append(target)
        for order in ORDERS:
            top = lists[order]
            measured = measure([keys[product_id] for product_id in top], {target_key: 1}, self.measures)
            for segment in ("indifferent" if target.indifferent else "taste", "all"):
                self.values[segment][order].append(measured)
            self.runs[order][target.qid] = [
                Hit(product_id, float(self.depth - position)) for position, product_id in enumerate(top)
            ]


def _cold_start_order(
    candidates: CandidateFeatures, personalizer: Personalizer, impact: float
) -> Sequence[str]:
    """Return the order of a search for a shopper without a history."""
    pool = candidates.pool
    fused = int((pool.score > 0).sum())
    narrow = load_candidates(pool.at(range(fused)), candidates.query_text, personalizer.reader)
    order = rank_cold_start(narrow, personalizer, impact) if narrow is not None else None
    if order is None:
        return pool.product_ids
    return [*(pool.product_ids[row] for row in order), *pool.product_ids[fused:]]


def _by_popularity(ids: Sequence[str], score: Floats, popular: Floats, weight: float) -> Sequence[str]:
    return [ids[row] for row in np.argsort(-(score + weight * popular), kind="stable")]


def _target_key(target: Target, reader: TraitReader) -> str:
    reader.read([target.product_id])
    return reader.group_keys([target.product_id])[0]


def _difference(
    better: Sequence[Mapping[str, float]], worse: Sequence[Mapping[str, float]]
) -> dict[str, object]:
    values = [
        better_values["mrr@10"] - worse_values["mrr@10"]
        for better_values, worse_values in zip(better, worse, strict=True)
    ]
    low, high = bootstrap_interval(values)
    return {"mrr@10": fmean(values), "low": low, "high": high}


def _target(row: Mapping[str, str | None], where: str) -> Target:
    user_id, timestamp, query, product_id = (row.get(name) or "" for name in _COLUMNS)
    try:
        at = datetime.fromtimestamp(float(timestamp), UTC)
    except (ValueError, OverflowError, OSError):
        raise UnusableInput(f"{where}: timestamp {timestamp!r} is no epoch seconds; fix the line") from None
    if not (user_id and query and product_id):
        raise UnusableInput(f"{where}: a target needs user_id, user_query and product_id; fix the line")
    return Target(user_id, at, query, product_id, (row.get("indifferent") or "0") not in ("0", "false"))
