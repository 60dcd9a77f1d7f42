"""Offline evaluation of recommendations: methods compared on the products that shoppers chose next."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from statistics import fmean
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from relevance.metrics import hit, ndcg, recall, relevant_only
from relevance.significance import bootstrap_interval, randomization_p
from shangsou.behaviour.event import Event
from shangsou.recommend.affinity import Basket, affinity_scores, cosine_affinities, fit_affinities
from shangsou.recommend.model import compute_demand, session_baskets

K = 10
OURS = "shangsou"
# The share of events before the split: the usual 80 % for training and 20 % for evaluation.
TRAINING_SHARE = 0.8
FOLDS = 5
# An arbitrary fixed seed: the same file gives the same figures.
_SEED = 20261125

ItemScores = NDArray[np.floating]
Method = Callable[[Sequence[int]], ItemScores]
"""A function from a shopper's history, as numbers of items, to a score for each item."""


class RecommendationCase(NamedTuple):
    """One list to evaluate."""

    history: tuple[int, ...]
    relevant: frozenset[int]
    """The items that followed, none of them in the history."""


class CaseScores(NamedTuple):
    """The scores of one list."""

    hit: float
    recall: float
    ndcg: float


@dataclass(frozen=True, slots=True)
class MethodResult:
    """The scores of a method over all cases."""

    outcomes: tuple[CaseScores, ...]
    coverage: float
    """The share of the known items that are in any list."""
    novelty: float
    """Mean self-information of the items shown, in bits: -log2 of the share of shoppers or baskets that had
    it (Vargas and Castells, 2011)."""

    def mean(self, measure: str) -> float:
        """Return the mean over cases of `hit`, `recall` or `ndcg`."""
        return fmean(getattr(outcome, measure) for outcome in self.outcomes)


class PairedDifference(NamedTuple):
    """The gain of our lists over another method's, in paired cases."""

    mean: float
    low: float
    high: float
    p: float


@dataclass(frozen=True, slots=True)
class MethodComparison:
    """All methods over the same cases."""

    cases: int
    items: int
    methods: Mapping[str, MethodResult]
    split_at: datetime | None = None

    def difference(self, other: str, measure: str) -> PairedDifference:
        """Return the gain of ours over another method, with its 95 % interval and the p of a paired test."""
        gains = [
            getattr(ours, measure) - getattr(theirs, measure)
            for ours, theirs in zip(self.methods[OURS].outcomes, self.methods[other].outcomes, strict=True)
        ]
        low, high = bootstrap_interval(gains)
        return PairedDifference(fmean(gains), low, high, randomization_p(gains))


def compare_by_time(events: Sequence[Event]) -> MethodComparison | None:
    """Evaluate methods by a split in time: events before it predict those after it, for all shoppers.

    All methods know only events before the split. A case is a shopper with events on both sides; wanted are
    the products that the shopper chose for the first time after it. None if there is no such case.

    Parameters
    ----------
    events
        As `select_preference_events` returns them.
    """
    if not events:
        return None
    split_at = events[min(len(events) - 1, int(TRAINING_SHARE * len(events)))].at
    known = [event for event in events if event.at < split_at]
    number = _numbers(known)
    before, after = _by_shopper(known), _by_shopper([event for event in events if event.at >= split_at])
    cases = []
    for shopper, products in before.items():
        history = tuple(number[product] for product in products)
        # No method can recommend products without events before the split, but they are wanted all the same.
        new = [product for product in after.get(shopper, ()) if product not in products]
        relevant = frozenset(number.get(product, -1 - position) for position, product in enumerate(new))
        if relevant:
            cases.append(RecommendationCase(history, relevant))
    if not cases:
        return None
    shoppers = [Basket([number[product] for product in products]) for products in before.values()]
    sessions = session_baskets(known, number, split_at)
    plain_sessions = [basket._replace(weight=1.0) for basket in sessions]
    methods = {
        "popular": _popularity(shoppers, len(number)),
        "trending": _constant(compute_demand(known, number, split_at)),
        "item-kNN": _item_knn(shoppers, len(number)),
        "item-kNN, sessions": _item_knn(plain_sessions, len(number)),
        OURS: _ridge(sessions, len(number)),
    }
    item_counts = _popularity(shoppers, len(number))(())
    measured = {
        name: measure([(method, cases)], item_counts / len(shoppers)) for name, method in methods.items()
    }
    return MethodComparison(len(cases), len(number), measured, split_at)


def compare_by_basket(baskets: Sequence[Sequence[str]]) -> MethodComparison | None:
    """Evaluate methods on baskets: the rest of a basket predicts one item taken out of it.

    Five-fold cross-validation over shuffled baskets: each of two items or more is a case once, and
    all methods know only the other folds. None if no basket has two items.
    """
    shuffled = [list(dict.fromkeys(basket)) for basket in baskets]
    rng = Random(_SEED)
    rng.shuffle(shuffled)
    items = sorted({item for basket in shuffled for item in basket})
    number = {item: position for position, item in enumerate(items)}
    numbered = [[number[item] for item in basket] for basket in shuffled]
    fits = {"popular": _popularity, "item-kNN": _item_knn, OURS: _ridge}
    folds: dict[str, list[tuple[Method, list[RecommendationCase]]]] = {name: [] for name in fits}
    count = 0
    for fold in range(FOLDS):
        cases = [
            _leave_one_out(basket, rng)
            for position, basket in enumerate(numbered)
            if position % FOLDS == fold and len(basket) > 1
        ]
        count += len(cases)
        known = [Basket(basket) for position, basket in enumerate(numbered) if position % FOLDS != fold]
        for name, fit in fits.items():
            folds[name].append((fit(known, len(items)), cases))
    if not count:
        return None
    item_counts = _popularity([Basket(basket) for basket in numbered], len(items))(()) / len(numbered)
    return MethodComparison(
        count, len(items), {name: measure(parts, item_counts) for name, parts in folds.items()}
    )


def measure(
    folds: Sequence[tuple[Method, Sequence[RecommendationCase]]], popularity: ItemScores
) -> MethodResult:
    """Compare methods over their cases; `popularity` is the share of each item."""
    outcomes: list[CaseScores] = []
    shown_items: set[int] = set()
    self_information: list[float] = []
    bits = -np.log2(np.maximum(popularity, 1 / max(1, len(popularity)) ** 2))
    for method, cases in folds:
        for case in cases:
            top_items = top(method(case.history), case.history)
            outcomes.append(outcome(top_items, case.relevant))
            shown_items.update(top_items)
            self_information.extend(bits[top_items].tolist())
    return MethodResult(
        tuple(outcomes),
        len(shown_items) / len(popularity),
        fmean(self_information) if self_information else 0.0,
    )


def top(scores: ItemScores, history: Sequence[int]) -> list[int]:
    """Return the items with the highest scores that are new to a history, ties by number."""
    remaining = np.asarray(scores, np.float64).copy()
    remaining[list(history)] = -np.inf
    depth = min(len(remaining), K + 1)
    # Keep all that tie with the last one, so that the number decides among them.
    contenders = np.flatnonzero(remaining >= np.partition(remaining, -depth)[-depth])
    best = contenders[np.argsort(-remaining[contenders], kind="stable")][:K]
    return [int(item) for item in best if remaining[item] > -np.inf]


def outcome(best: Sequence[int], relevant: frozenset[int]) -> CaseScores:
    """Return the hit rate, recall and nDCG (binary gains) of one list of `K`."""
    judgements = relevant_only(map(str, relevant))
    ranking = [str(item) for item in best]
    return CaseScores(
        hit(ranking, judgements, K), recall(ranking, judgements, K), ndcg(ranking, judgements, K)
    )


def _popularity(baskets: Sequence[Basket], items: int) -> Method:
    item_counts = [item for basket in baskets for item in set(basket.items)]
    return _constant(np.bincount(item_counts, minlength=items).astype(np.float64))


def _item_knn(baskets: Sequence[Basket], items: int) -> Method:
    cosines = cosine_affinities(baskets, items)
    return lambda history: affinity_scores(cosines, dict.fromkeys(history, 1.0))


def _ridge(baskets: Sequence[Basket], items: int) -> Method:
    affinities = fit_affinities(baskets, items)
    return lambda history: affinity_scores(affinities, dict.fromkeys(history, 1.0))


def _constant(scores: ItemScores) -> Method:
    return lambda _: scores


def _leave_one_out(basket: Sequence[int], rng: Random) -> RecommendationCase:
    removed = rng.randrange(len(basket))
    return RecommendationCase(
        tuple(item for position, item in enumerate(basket) if position != removed),
        frozenset({basket[removed]}),
    )


def _by_shopper(events: Sequence[Event]) -> dict[str, list[str]]:
    """Return the distinct products of each shopper, in order of first occurrence."""
    products: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for event in events:
        products[event.user_id or event.session_id][event.product_id] = None
    return {shopper: list(product_ids) for shopper, product_ids in products.items()}


def _numbers(events: Sequence[Event]) -> dict[str, int]:
    """Return the numbers of products, the most popular first, so that they win ties."""
    shoppers: defaultdict[str, set[str]] = defaultdict(set)
    for event in events:
        shoppers[event.product_id].add(event.user_id or event.session_id)
    ordered = sorted(shoppers, key=lambda product: (-len(shoppers[product]), product))
    return {product: number for number, product in enumerate(ordered)}
