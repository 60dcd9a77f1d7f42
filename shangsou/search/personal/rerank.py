"""One search re-ranked: pool, features, score, and one brand not everywhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shangsou.engines.engine import Engine
from shangsou.engines.query import Filters, Hit, LexicalLeg, Vector
from shangsou.search.fuse import Candidate
from shangsou.search.personal.features import Offer, Pool, Taste, features
from shangsou.search.personal.past import Past, attention_weights
from shangsou.search.personal.popularity import Popularity
from shangsou.search.personal.ranker import Ranker
from shangsou.search.personal.traits import UNKNOWN, TraitReader
from shangsou.search.retrieve import Probe

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


class Examined(NamedTuple):
    """A pool with its features for a shopper, before any ranker has its say."""

    offer: Offer
    features: NDArray[np.float32]
    taste: Taste


def retrieve_pool(
    probe: Probe, filters: Filters, fused: Sequence[Candidate], engine: Engine, depth: int
) -> Pool:
    """Return the first `depth` products that the search found, in plain order.

    These are the fused candidates, and behind them what else matches strictly, by BM25: as the pages of
    the plain search show them. So re-ranking adds nothing to what was found and takes nothing away.
    """
    strict: list[Hit] = []
    if probe.lexical is not None and len(fused) < depth:
        [strict] = engine.retrieve([LexicalLeg(probe.lexical, filters, depth, strict=True)])
    return make_pool(fused, strict, depth)


def make_pool(fused: Sequence[Candidate], strict: Sequence[Hit], depth: int) -> Pool:
    """Return the pool of fused candidates and strict matches, both best first."""
    known = {candidate.product_id: candidate for candidate in fused}
    beyond = [hit for hit in strict if hit.product_id not in known]
    # BM25 of the best, by which the parts of the fused ones were divided.
    best = max([hit.score for hit in strict] + [c.lexical.score for c in fused if c.lexical], default=1.0)
    rows = [
        (
            candidate.product_id,
            candidate.score,
            candidate.lexical.score / best if candidate.lexical else 0.0,
            candidate.semantic.score if candidate.semantic else 0.0,
        )
        for candidate in fused
    ] + [(hit.product_id, 0.0, hit.score / best, 0.0) for hit in beyond]
    rows = rows[:depth]
    numbers = np.array([row[1:] for row in rows], np.float64).reshape(-1, 3)
    return Pool(tuple(row[0] for row in rows), numbers[:, 0], numbers[:, 1], numbers[:, 2])


def look_at(pool: Pool, query_text: str, reader: TraitReader) -> Offer | None:
    """Return what a pool has to offer; None where no product of it is there any more."""
    traits = reader.read(pool.product_ids)
    places = [place for place, product_id in enumerate(pool.product_ids) if product_id in traits]
    if not places:
        return None
    ids = tuple(pool.product_ids[place] for place in places)
    there = Pool(ids, pool.score[places], pool.lexical[places], pool.cosine[places])
    return Offer(there, [traits[product_id] for product_id in ids], query_text)


def examine(
    offer: Offer, vector: Vector | None, past: Sequence[Past], personaliser: Personaliser
) -> Examined:
    """Return the features of an offer for a shopper."""
    reader = personaliser.reader
    traits = reader.read([one.product_id for one in past])
    there = [one for one in past if one.product_id in traits]
    cosines = reader.cosines(vector, [one.product_id for one in there]) if vector is not None else {}
    attended = attention_weights(there, offer.query_text, cosines, personaliser.ranker.attention)
    strengths = np.array([one.strength for one in there], np.float64)
    popularity = personaliser.popularity
    ids = offer.pool.product_ids
    popular = popularity.of(ids), popularity.within(offer.query_text, ids)
    return Examined(
        offer, *features(offer, popular, [traits[one.product_id] for one in there], attended, strengths)
    )


def rank(examined: Examined, ranker: Ranker, impact: float) -> tuple[str, ...]:
    """Return the product ids of a pool, best first, one brand not everywhere.

    Parameters
    ----------
    impact
        0 leaves the plain order as it is, byte by byte; 1 is the ranker's own order. Between them, both
        as places in the pool, mixed.
    """
    ids = examined.offer.pool.product_ids
    if impact <= 0:
        return ids
    scores = ranker.score(examined.features)
    order = np.argsort(-scores, kind="stable")
    if impact < 1:
        places = np.empty(len(ids))
        places[order] = np.arange(len(ids))
        mixed = impact * np.log1p(places) + (1 - impact) * np.log1p(np.arange(len(ids)))
        order = np.argsort(mixed, kind="stable")
    return tuple(ids[place] for place in _diverse(order.tolist(), examined.offer.brands))


def _diverse(order: list[int], brands: NDArray[np.int64]) -> list[int]:
    """Return an order in which no brand takes more than its share of any page's length of places.

    The best that may come next comes next; where only the brand itself is left, it goes on.
    """
    head: list[int] = []
    waiting = order.copy()
    codes = brands.tolist()
    while waiting and len(head) < _DIVERSE_PLACES:
        recent = [codes[place] for place in head[-(_WINDOW - 1) :]]
        full = {code for code in set(recent) if code != UNKNOWN and recent.count(code) >= _MOST_OF_A_BRAND}
        chosen = next((at for at, place in enumerate(waiting) if codes[place] not in full), 0)
        head.append(waiting.pop(chosen))
    return head + waiting
