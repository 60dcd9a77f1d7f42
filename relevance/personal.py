"""How good the order is for the shopper who searched: plain, popular and personal, replayed in time."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

import numpy as np

from relevance.lines import numbered_lines
from relevance.metrics import measure, parse_measures
from relevance.offers import Offers
from relevance.replay import World, decisions
from relevance.significance import bootstrap_interval
from shangsou.behaviour.event import Event
from shangsou.engines.query import Hit
from shangsou.errors import UnusableInput
from shangsou.search.personal.newcomers import newcomers_order
from shangsou.search.personal.offer import Floats, Offer
from shangsou.search.personal.recall import Recalled
from shangsou.search.personal.rerank import Personaliser, examine, look_at, rank

ORDERS = ("plain", "popular", "personal")
MEASURES = parse_measures("mrr@10,recall@10,ndcg@10")
_CHOSEN_BY = MEASURES[0]
SEGMENTS = ("taste", "indifferent", "all")
DEPTH = 10
# What log1p of popularity may weigh beside a fused score of 0 to 1.
_WEIGHTS = (0.0, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5)
# Searches on which that weight is chosen, evenly over the second half of all, when popularity has built up.
_CHOOSING = 1500
_COLUMNS = ("user_id", "timestamp", "user_query", "product_id")


class Target(NamedTuple):
    """A search that is known to have ended in a purchase of a product that the shopper had not clicked."""

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
    """What each order reached."""

    values: Mapping[str, Mapping[str, Sequence[Mapping[str, float]]]]
    """By segment and order, for each target in turn each of `MEASURES`."""
    runs: Mapping[str, Mapping[str, Sequence[Hit]]]
    """By order."""
    popular_weight: float
    ranker: str


def read_targets(path: Path) -> list[Target]:
    """Return the targets of a TSV with a header, plain or gzip, in time order.

    Raises `UnusableInput` that names the line for one that cannot be used.
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


def choose_weight(events: Sequence[Event], offers: Offers) -> float:
    """Return the weight of popularity beside the plain score that ranks past clicks best."""
    world = World()
    made = sum(1 for _ in decisions(events, World()))
    step = max(1, made // 2 // _CHOOSING)
    looked_at = []
    for number, decision in enumerate(decisions(events, world)):
        if number < made // 2 or number % step:
            continue
        offer = offers.of(decision.query).offer
        if offer is not None:
            popular = world.popularity.of(offer.pool.product_ids)
            looked_at.append((decision, offer, popular, world.clicked(decision.shopper)))

    def mean_mrr(weight: float) -> float:
        values = []
        for decision, offer, popular, clicked in looked_at:
            wanted = next(iter(decision.chosen), None)
            if wanted is not None:
                ids = _by_popularity(offer.pool.product_ids, offer.pool.score, popular, weight)
                values.append(measure(_unclicked(ids, clicked), {wanted: 1}, [_CHOSEN_BY])[_CHOSEN_BY.name])
        return fmean(values) if values else 0.0

    # The first of equal ones: the smallest.
    return max(_WEIGHTS, key=mean_mrr)


def evaluate_personal(
    events: Sequence[Event], targets: Iterable[Target], offers: Offers, *, weight: float
) -> PersonalEvaluation:
    """Return what each order reached, with strictly what happened before each target.

    Parameters
    ----------
    events, targets
        In time order.
    weight
        Of popularity, as `choose_weight`.
    """
    world = World()
    personaliser = replace(offers.parts.personaliser, popularity=world.popularity)
    impact = offers.parts.recipe.personal_impact
    tally = _Tally()
    place = 0
    for target in targets:
        while place < len(events) and events[place].at < target.at:
            world.add(events[place])
            place += 1
        searched = offers.of(target.query)
        lists: dict[str, Sequence[str]] = dict.fromkeys(ORDERS, ())
        if searched.offer is not None:
            pool, clicked = searched.offer.pool, world.clicked(target.user_id)
            popular = world.popularity.of(pool.product_ids)
            past = world.past(target.user_id)
            if past:
                recalled = Recalled(past, personaliser.reader)
                examined = examine(searched.offer, searched.vector, recalled, personaliser)
                personal: Sequence[str] = rank(examined, personaliser.ranker, impact)
            else:
                personal = _for_newcomer(searched.offer, personaliser, impact)
            orders = (
                pool.product_ids,
                _by_popularity(pool.product_ids, pool.score, popular, weight),
                personal,
            )
            lists = {name: _unclicked(order, clicked) for name, order in zip(ORDERS, orders, strict=True)}
        tally.add(target, lists)
    return PersonalEvaluation(tally.values, tally.runs, weight, personaliser.ranker.name)


def evaluation_to_json(evaluation: PersonalEvaluation) -> dict[str, object]:
    """Return means by segment and order, and paired differences with their 95 % intervals, as JSON values."""
    plain: dict[str, object] = {
        segment: {
            order: {one.name: fmean(row[one.name] for row in rows) for one in MEASURES}
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
    return plain | {
        "differences": differences,
        "targets": {segment: len(orders["plain"]) for segment, orders in evaluation.values.items()},
        "popular_weight": evaluation.popular_weight,
        "ranker": evaluation.ranker,
    }


@dataclass(slots=True)
class _Tally:
    values: dict[str, dict[str, list[Mapping[str, float]]]] = field(
        default_factory=lambda: {segment: {order: [] for order in ORDERS} for segment in SEGMENTS}
    )
    runs: dict[str, dict[str, list[Hit]]] = field(default_factory=lambda: {order: {} for order in ORDERS})

    def add(self, target: Target, lists: Mapping[str, Sequence[str]]) -> None:
        gains = {target.product_id: 1}
        for order in ORDERS:
            top = lists[order][:DEPTH]
            found = measure(top, gains, MEASURES)
            for segment in ("indifferent" if target.indifferent else "taste", "all"):
                self.values[segment][order].append(found)
            self.runs[order][target.qid] = [
                Hit(product_id, float(DEPTH - place)) for place, product_id in enumerate(top)
            ]


def _for_newcomer(offer: Offer, personaliser: Personaliser, impact: float) -> Sequence[str]:
    """Return the order of a search by who has done nothing: the fused candidates, which score, re-ranked."""
    pool = offer.pool
    fused = int((pool.score > 0).sum())
    narrow = look_at(pool.at(range(fused)), offer.query_text, personaliser.reader)
    order = newcomers_order(narrow, personaliser, impact) if narrow is not None else None
    if order is None:
        return pool.product_ids
    return [*(pool.product_ids[place] for place in order), *pool.product_ids[fused:]]


def _by_popularity(ids: Sequence[str], score: Floats, popular: Floats, weight: float) -> Sequence[str]:
    return [ids[place] for place in np.argsort(-(score + weight * popular), kind="stable")]


def _unclicked(ids: Sequence[str], clicked: frozenset[str]) -> Sequence[str]:
    return [product_id for product_id in ids if product_id not in clicked]


def _difference(
    better: Sequence[Mapping[str, float]], worse: Sequence[Mapping[str, float]]
) -> dict[str, object]:
    values = [one["mrr@10"] - other["mrr@10"] for one, other in zip(better, worse, strict=True)]
    low, high = bootstrap_interval(values)
    return {"mrr@10": fmean(values), "low": low, "high": high}


def _target(row: Mapping[str, str | None], where: str) -> Target:
    user_id, timestamp, query, product_id = (row.get(name) or "" for name in _COLUMNS)
    try:
        at = datetime.fromtimestamp(float(timestamp), UTC)
    except (ValueError, OverflowError, OSError):
        raise UnusableInput(f"{where}: timestamp {timestamp!r} is no epoch seconds; mend the line") from None
    if not (user_id and query and product_id):
        raise UnusableInput(f"{where}: a target needs user_id, user_query and product_id; mend the line")
    return Target(user_id, at, query, product_id, (row.get("indifferent") or "0") not in ("0", "false"))
