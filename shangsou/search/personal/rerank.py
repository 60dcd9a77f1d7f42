"""One search re-ranked: pool, features, score, and one brand not everywhere."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shangsou.engines.query import Hit, Vector
from shangsou.search.fuse import Candidate
from shangsou.search.personal.features import features
from shangsou.search.personal.fit import kept_behind, shortfalls
from shangsou.search.personal.offer import Floats, Offer, Pool
from shangsou.search.personal.past import Attention
from shangsou.search.personal.popularity import Popularity
from shangsou.search.personal.ranker import Ranker
from shangsou.search.personal.recall import Recalled, Recollection
from shangsou.search.personal.taste import Meeting, Taste
from shangsou.search.personal.traits import UNKNOWN, TraitReader

# Of so many places in a row one brand may take at most so many, as long as others are left: half a page of
# ten. Set by hand.
_WINDOW, _MOST_OF_A_BRAND = 10, 5
# How far down the diverse order is looked after: what hardly anybody sees may stay as it is.
_DIVERSE_PLACES = 50


@dataclass(frozen=True, slots=True)
class Personaliser:
    """What re-ranking works with, besides the shopper."""

    ranker: Ranker
    popularity: Popularity
    reader: TraitReader
    """Of the generation that is searched."""
    recollection: Recollection = field(default_factory=Recollection)


class Scene(NamedTuple):
    """A shopper before an offer, whatever of the history is attended to."""

    meeting: Meeting
    popularity: tuple[Floats, Floats]
    """As `Popularity.of` and `Popularity.within`, shape (candidates,)."""
    cosines: Vector | None
    """Of the past titles with the query, shape (past,); None where there are none."""


class Examined(NamedTuple):
    """A pool with its features for a shopper, before any ranker has its say."""

    meeting: Meeting
    features: NDArray[np.float32]
    taste: Taste


def make_pool(fused: Sequence[Candidate], strict: Sequence[Hit], depth: int) -> Pool:
    """Return the first `depth` products that a search found, in plain order.

    These are the fused candidates, and behind them what else matches strictly, by BM25: as the pages of
    the plain search show them. So re-ranking adds nothing to what was found and takes nothing away.

    Parameters
    ----------
    strict
        The first `depth` of them, best first.
    """
    known = {candidate.product_id for candidate in fused}
    beyond = [hit for hit in strict if hit.product_id not in known][: max(0, depth - len(fused))]
    # BM25 of the best, by which the parts of the fused ones were divided.
    best = max([hit.score for hit in strict] + [c.lexical.score for c in fused if c.lexical], default=1.0)
    fused = fused[:depth]
    count, rest = len(fused) + len(beyond), (0.0,) * len(beyond)
    scored = [one.lexical.score if one.lexical else 0.0 for one in fused] + [hit.score for hit in beyond]
    near = [one.semantic.score if one.semantic else 0.0 for one in fused]
    return Pool(
        (*(one.product_id for one in fused), *(hit.product_id for hit in beyond)),
        score=np.fromiter((*(one.score for one in fused), *rest), np.float64, count),
        lexical=np.fromiter(scored, np.float64, count) / best,
        cosine=np.fromiter((*near, *rest), np.float64, count),
        elsewhere=np.array([*(one.damping < 1 for one in fused), *(False for _ in beyond)], np.bool_),
    )


def look_at(pool: Pool, query_text: str, reader: TraitReader) -> Offer | None:
    """Return what a pool has to offer; None where no product of it is there any more."""
    places, traits = reader.read(pool.product_ids)
    if not len(places):
        return None
    if len(places) < len(pool.product_ids):
        pool = pool.at(places.tolist())
    return Offer(pool, traits, query_text)


def examine(offer: Offer, vector: Vector | None, past: Recalled, personaliser: Personaliser) -> Examined:
    """Return the features of an offer for a shopper."""
    return see(bring_together(offer, vector, past, personaliser), personaliser.ranker.attention)


def bring_together(offer: Offer, vector: Vector | None, past: Recalled, personaliser: Personaliser) -> Scene:
    """Return what the features for a shopper are made of; raises `EngineUnavailable`."""
    cosines = None if vector is None else personaliser.reader.cosines(vector, past.product_ids)
    popularity, ids = personaliser.popularity, offer.pool.product_ids
    popular = popularity.of(ids), popularity.within(offer.query_text, ids)
    return Scene(Meeting(offer, past), popular, cosines)


def see(scene: Scene, attention: Attention) -> Examined:
    """Return the features of a scene under one way to attend to the history."""
    meeting = scene.meeting
    attended = meeting.past.attended(meeting.offer.query_text, scene.cosines, attention)
    return Examined(meeting, *features(meeting, scene.popularity, attended))


def rank(examined: Examined, ranker: Ranker, impact: float) -> tuple[str, ...]:
    """Return the product ids of a pool, best first, one brand not everywhere.

    Parameters
    ----------
    impact
        0 leaves the plain order as it is, byte by byte; 1 is the ranker's own order. Between them, both
        as places in the pool, mixed.
    """
    offer = examined.meeting.offer
    ids = offer.pool.product_ids
    if impact <= 0:
        return ids
    short = shortfalls(offer.coverage, offer.elsewhere)
    scores = kept_behind(ranker.score(examined.features), short)
    order = np.argsort(-scores, kind="stable")
    if impact < 1:
        places = np.empty(len(ids))
        places[order] = np.arange(len(ids))
        mixed = impact * np.log1p(places) + (1 - impact) * np.log1p(np.arange(len(ids)))
        order = np.argsort(mixed, kind="stable")
    return tuple(ids[place] for place in _diverse(order.tolist(), offer.brands, short))


def _diverse(order: list[int], brands: NDArray[np.int64], short: NDArray[np.int64]) -> list[int]:
    """Return an order in which no brand takes more than its share of any page's length of places.

    The best that may come next comes next; where only the brand itself is left, or what falls shorter of the
    query than it, as other brands do where one was asked for, it goes on.
    """
    counts = Counter(brands[order[:_DIVERSE_PLACES]].tolist())
    counts.pop(UNKNOWN, None)
    if max(counts.values(), default=0) <= _MOST_OF_A_BRAND:
        return order
    head: list[int] = []
    waiting = order.copy()
    codes, falls_short = brands.tolist(), short.tolist()
    while waiting and len(head) < _DIVERSE_PLACES:
        recent = [codes[place] for place in head[-(_WINDOW - 1) :]]
        full = {code for code in set(recent) if code != UNKNOWN and recent.count(code) >= _MOST_OF_A_BRAND}
        most = falls_short[waiting[0]]
        may_come = (codes[place] not in full and falls_short[place] <= most for place in waiting)
        chosen = next((at for at, may in enumerate(may_come) if may), 0)
        head.append(waiting.pop(chosen))
    return head + waiting
