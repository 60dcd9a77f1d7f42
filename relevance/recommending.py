"""Whether recommendations foresee what shoppers turn to next: methods measured side by side."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from statistics import fmean
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from relevance.significance import bootstrap_interval, randomisation_p
from shangsou.behaviour.event import Event
from shangsou.recommend.affinity import Basket, affinity_scores, cosine_affinities, fit_affinities
from shangsou.recommend.model import session_baskets, trend

K = 10
OURS = "shangsou"
# The share of events that lies before the split, as is usual: four parts to learn from, one to be measured.
TRAINING_SHARE = 0.8
FOLDS = 5
# Any fixed number: the same file gives the same figures.
_SEED = 20261125

Scores = NDArray[np.floating]
Method = Callable[[Sequence[int]], Scores]
"""From what a shopper had to do with so far, as numbers of things, to a score for each thing."""


class Case(NamedTuple):
    """One list that is measured."""

    history: tuple[int, ...]
    wanted: frozenset[int]
    """Things that came after, none of them in the history."""


class Outcome(NamedTuple):
    """What one list was worth."""

    hit: float
    recall: float
    ndcg: float


@dataclass(frozen=True, slots=True)
class Measured:
    """A method over all cases."""

    outcomes: tuple[Outcome, ...]
    coverage: float
    """Share of the known things that stand in any list."""
    novelty: float
    """Mean self-information of what is shown, in bits: -log2 of the share of shoppers or baskets that had
    it (Vargas and Castells, 2011)."""

    def mean(self, measure: str) -> float:
        """Return the mean over cases of `hit`, `recall` or `ndcg`."""
        return fmean(getattr(outcome, measure) for outcome in self.outcomes)


class Difference(NamedTuple):
    """What our lists gain over another method's, case by case."""

    mean: float
    low: float
    high: float
    p: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """All methods over the same cases."""

    cases: int
    things: int
    methods: Mapping[str, Measured]
    split_at: datetime | None = None

    def difference(self, other: str, measure: str) -> Difference:
        """Return what ours gains over another method, with the 95 % interval and the p of a paired test."""
        gains = [
            getattr(ours, measure) - getattr(theirs, measure)
            for ours, theirs in zip(self.methods[OURS].outcomes, self.methods[other].outcomes, strict=True)
        ]
        low, high = bootstrap_interval(gains)
        return Difference(fmean(gains), low, high, randomisation_p(gains))


def compare_by_time(telling: Sequence[Event]) -> Comparison | None:
    """Return how well what came before one moment foretells what came after, for all shoppers at once.

    All methods know only events before the split. A case is a shopper with events on both sides; wanted
    is what the shopper turned to for the first time after it. None where there is no such case.

    Parameters
    ----------
    telling
        As `telling_events` returns them.
    """
    if not telling:
        return None
    split_at = telling[min(len(telling) - 1, int(TRAINING_SHARE * len(telling)))].at
    known = [event for event in telling if event.at < split_at]
    number = _numbers(known)
    before, after = _by_shopper(known), _by_shopper([event for event in telling if event.at >= split_at])
    cases = []
    for shopper, products in before.items():
        history = tuple(number[product] for product in products)
        # What nobody had touched before the split no method can name: it is wanted all the same.
        new = [product for product in after.get(shopper, ()) if product not in products]
        wanted = frozenset(number.get(product, -1 - place) for place, product in enumerate(new))
        if wanted:
            cases.append(Case(history, wanted))
    if not cases:
        return None
    shoppers = [Basket([number[product] for product in products]) for products in before.values()]
    sessions = session_baskets(known, number, split_at)
    plain_sessions = [basket._replace(weight=1.0) for basket in sessions]
    methods = {
        "popular": _popularity(shoppers, len(number)),
        "trending": _constant(trend(known, number, split_at)),
        "item-kNN": _item_knn(shoppers, len(number)),
        "item-kNN, sessions": _item_knn(plain_sessions, len(number)),
        OURS: _ridge(sessions, len(number)),
    }
    had = _popularity(shoppers, len(number))(())
    measured = {name: measure([(method, cases)], had / len(shoppers)) for name, method in methods.items()}
    return Comparison(len(cases), len(number), measured, split_at)


def compare_by_basket(baskets: Sequence[Sequence[str]]) -> Comparison | None:
    """Return how well the rest of a basket foretells one thing that was taken out of it.

    Five-fold cross-validation over shuffled baskets: each of two things or more is a case once, and
    all methods know only the other folds. None where no basket holds two things.
    """
    shuffled = [list(dict.fromkeys(basket)) for basket in baskets]
    rng = Random(_SEED)
    rng.shuffle(shuffled)
    things = sorted({thing for basket in shuffled for thing in basket})
    number = {thing: place for place, thing in enumerate(things)}
    numbered = [[number[thing] for thing in basket] for basket in shuffled]
    fits = {"popular": _popularity, "item-kNN": _item_knn, OURS: _ridge}
    folds: dict[str, list[tuple[Method, list[Case]]]] = {name: [] for name in fits}
    count = 0
    for fold in range(FOLDS):
        cases = [
            _without_one(basket, rng)
            for place, basket in enumerate(numbered)
            if place % FOLDS == fold and len(basket) > 1
        ]
        count += len(cases)
        known = [Basket(basket) for place, basket in enumerate(numbered) if place % FOLDS != fold]
        for name, fit in fits.items():
            folds[name].append((fit(known, len(things)), cases))
    if not count:
        return None
    had = _popularity([Basket(basket) for basket in numbered], len(things))(()) / len(numbered)
    return Comparison(count, len(things), {name: measure(parts, had) for name, parts in folds.items()})


def measure(parts: Sequence[tuple[Method, Sequence[Case]]], had: Scores) -> Measured:
    """Return what methods, each with its cases, are worth together; `had` is each thing's share of users."""
    outcomes: list[Outcome] = []
    shown: set[int] = set()
    surprise: list[float] = []
    bits = -np.log2(np.maximum(had, 1 / max(1, len(had)) ** 2))
    for method, cases in parts:
        for case in cases:
            best = top(method(case.history), case.history)
            outcomes.append(outcome(best, case.wanted))
            shown.update(best)
            surprise.extend(bits[best].tolist())
    return Measured(tuple(outcomes), len(shown) / len(had), fmean(surprise) if surprise else 0.0)


def top(scores: Scores, history: Sequence[int]) -> list[int]:
    """Return the things with the highest scores that are new to a history, ties by number."""
    left = np.asarray(scores, np.float64).copy()
    left[list(history)] = -np.inf
    depth = min(len(left), K + 1)
    # All that tie with the last one stay in, so that the number decides among them.
    near = np.flatnonzero(left >= np.partition(left, -depth)[-depth])
    best = near[np.argsort(-left[near], kind="stable")][:K]
    return [int(thing) for thing in best if left[thing] > -np.inf]


def outcome(best: Sequence[int], wanted: frozenset[int]) -> Outcome:
    """Return hit rate, recall and nDCG (binary gains) of one list of `K`."""
    hits = [place for place, thing in enumerate(best) if thing in wanted]
    ideal = sum(1 / np.log2(place + 2) for place in range(min(K, len(wanted))))
    return Outcome(
        float(bool(hits)),
        len(hits) / len(wanted),
        float(sum(1 / np.log2(place + 2) for place in hits) / ideal),
    )


def _popularity(baskets: Sequence[Basket], things: int) -> Method:
    had = [thing for basket in baskets for thing in set(basket.things)]
    return _constant(np.bincount(had, minlength=things).astype(np.float64))


def _item_knn(baskets: Sequence[Basket], things: int) -> Method:
    cosines = cosine_affinities(baskets, things)
    return lambda history: affinity_scores(cosines, dict.fromkeys(history, 1.0))


def _ridge(baskets: Sequence[Basket], things: int) -> Method:
    affinities = fit_affinities(baskets, things)
    return lambda history: affinity_scores(affinities, dict.fromkeys(history, 1.0))


def _constant(scores: Scores) -> Method:
    return lambda _: scores


def _without_one(basket: Sequence[int], rng: Random) -> Case:
    taken = rng.randrange(len(basket))
    return Case(
        tuple(thing for place, thing in enumerate(basket) if place != taken), frozenset({basket[taken]})
    )


def _by_shopper(events: Sequence[Event]) -> dict[str, list[str]]:
    """Return the distinct products of each shopper, the first met first."""
    products: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for event in events:
        products[event.user_id or event.session_id][event.product_id] = None
    return {shopper: list(found) for shopper, found in products.items()}


def _numbers(events: Sequence[Event]) -> dict[str, int]:
    """Return the numbers of products, the most popular first, so that ties go to them."""
    shoppers: defaultdict[str, set[str]] = defaultdict(set)
    for event in events:
        shoppers[event.product_id].add(event.user_id or event.session_id)
    ordered = sorted(shoppers, key=lambda product: (-len(shoppers[product]), product))
    return {product: place for place, product in enumerate(ordered)}
