"""Train the ranker of personal results on what shoppers chose among what their searches found."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from relevance.offers import Offers
from relevance.replay import Decision, World, decisions, in_time_order
from relevance.significance import bootstrap_interval
from shangsou.behaviour.event import Event
from shangsou.errors import UnusableInput
from shangsou.search.personal.features import FEATURE_VERSION
from shangsou.search.personal.fit import kept_behind, shortfalls
from shangsou.search.personal.offer import Floats
from shangsou.search.personal.past import Attention
from shangsou.search.personal.ranker import Ranker, RankerFile, default_ranker
from shangsou.search.personal.recall import Recalled
from shangsou.search.personal.rerank import Scene, bring_together, see
from shangsou.search.searcher import Searcher
from training.attention import Sight, choose_attention
from training.network import Examples, fit
from training.propensity import position_weights

# Searches that are learnt from, evenly over time: more of them fit into neither memory nor 8 minutes on two
# cores (16,000 x 200 candidates and 4,000 x 400, x 32 features in half precision, are 307 MB).
_MOST_SEARCHES = 20_000
# Candidates of each that nobody chose, drawn at random: on 1,800 searches of SIMULATED shoppers 100 and 200
# gave the same MRR@10 on others (.0818 and .0819), and half of them take half the time to learn from.
_MOST_OTHERS = 200
# Searches on which the attention is chosen.
_CHOOSING = 1_500
# So few are no more than anecdotes: what comes of them would be noise.
_LEAST_SEARCHES = 200
# Shoppers held apart, to decide.
_HELD_APART = 0.2
# Seconds for looking at searches to choose the attention, for choosing it, and for looking at those that
# are learnt from, of the eight minutes that training may take. Where that is not enough for all, as on a busy
# machine, searches are left out all along, so that the latest are not missed.
_GLANCING_S, _CHOOSING_S, _LOOKING_S = 60.0, 90.0, 200.0
_SEED = 20261126
_DEPTH = 10


@dataclass(frozen=True, slots=True)
class Trained:
    """A ranker and whether it is to serve."""

    file: RankerFile
    better: bool
    """Than the default, on shoppers held apart, by more than chance."""


class _Seen(NamedTuple):
    """One search, with what came of it."""

    decision: Decision
    scene: Scene
    rows: NDArray[np.int64]
    """Candidates that the shopper had not dealt with, as places in the pool."""

    @property
    def product_ids(self) -> list[str]:
        """Those candidates."""
        ids = self.scene.meeting.offer.pool.product_ids
        return [ids[row] for row in self.rows.tolist()]


class _Look(NamedTuple):
    """One search as the ranker sees it; rows are candidates that the shopper had not dealt with."""

    decision: Decision
    features: NDArray[np.float16]
    short: NDArray[np.int64]
    """As `shortfalls`."""
    product_ids: Sequence[str]


def train_ranker(events: Sequence[Event], searcher: Searcher, say: Callable[[str], None]) -> Trained:
    """Return a ranker trained on events, and whether it beats the default on shoppers held apart.

    It learns, listwise, the choices of shoppers: the softmax over the candidates of a search is to give
    its weight to what was newly clicked there. Each search sees only what happened before it. How it attends
    to histories is chosen first, by shoppers who decide nothing else.

    Raises
    ------
    UnusableInput
        The events hold too few searches by shoppers with a history.
    """
    events = in_time_order(events)
    offers = Offers(searcher.parts())
    weights = position_weights(events)
    made = list(decisions(events, World()))
    shoppers = sorted({decision.shopper for decision in made})
    np.random.default_rng(_SEED).shuffle(shoppers)
    apart = frozenset(shoppers[: max(1, int(_HELD_APART * len(shoppers)))])
    glanced = list(_see(events, made, offers, _CHOOSING, _GLANCING_S))
    attention = _attention([one for one in glanced if one.decision.shopper not in apart], weights, say)
    del glanced
    source = np.random.default_rng(_SEED)
    looks = []
    for seen in _see(events, made, offers, _MOST_SEARCHES, _LOOKING_S):
        learnt_from = seen.decision.shopper not in apart
        kept = _drawn(_target(seen, weights), source) if learnt_from else np.arange(len(seen.rows))
        rows, offer, ids = seen.rows[kept], seen.scene.meeting.offer, seen.product_ids
        features = see(seen.scene, attention).features[rows].astype(np.float16)
        short = shortfalls(offer.coverage, offer.elsewhere)[rows]
        looks.append(_Look(seen.decision, features, short, [ids[place] for place in kept.tolist()]))
    if len(looks) < _LEAST_SEARCHES:
        raise UnusableInput(
            f"the events hold {len(looks)} searches that shoppers with a history clicked in; at least "
            f"{_LEAST_SEARCHES} are needed: wait for more, the default ranker serves meanwhile"
        )
    learnt = [look for look in looks if look.decision.shopper not in apart]
    judged = [look for look in looks if look.decision.shopper in apart]
    say(f"learning from {len(learnt):,} searches, {len(judged):,} held apart")
    file = RankerFile(
        features=FEATURE_VERSION,
        model_hash=offers.parts.engine.generation.recipe.model_hash,
        attention=attention,
        origin=f"Trained on {len(learnt)} searches of {len(shoppers) - len(apart)} shoppers.",
        **fit(_examples(learnt, weights), seed=_SEED),
    )
    return _judge(file, judged)


def _attention(
    glanced: Sequence[_Seen], weights: Mapping[int, float], say: Callable[[str], None]
) -> Attention:
    """Return the attention that suits these searches; the default's where they are few."""
    source = np.random.default_rng(_SEED)
    sights = []
    for seen in glanced:
        target = _target(seen, weights)
        kept = _drawn(target, source)
        sights.append(Sight(seen.decision.shopper, seen.scene, seen.rows[kept], target[kept]))
    if len(sights) < _LEAST_SEARCHES:
        return default_ranker().attention
    say(f"choosing the attention on {len(sights):,} searches")
    return choose_attention(sights, say, seed=_SEED, within_s=_CHOOSING_S)


def _see(
    events: Sequence[Event], made: Sequence[Decision], offers: Offers, most: int, within_s: float
) -> Iterator[_Seen]:
    """Yield searches of shoppers with a history in which something new was chosen that the search offered.

    As many as there is time for, evenly over all.

    Parameters
    ----------
    made
        All decisions, complete.
    """
    count = len(made)
    wanted = set(np.linspace(0, count - 1, min(count, most)).astype(int).tolist())
    started = time.monotonic()
    world = World()
    personaliser = replace(offers.parts.personaliser, popularity=world.popularity)
    for number, decision in enumerate(decisions(events, world)):
        late = time.monotonic() - started > within_s * (number + 1) / count
        if number not in wanted or late:
            continue
        past = world.past(decision.shopper)
        searched = offers.of(decision.query)
        if not past or searched.offer is None:
            continue
        recalled = Recalled(past, personaliser.reader)
        scene = bring_together(searched.offer, searched.vector, recalled, personaliser)
        dealt_with = world.clicked(decision.shopper)
        ids = searched.offer.pool.product_ids
        rows = [place for place, product_id in enumerate(ids) if product_id not in dealt_with]
        seen = _Seen(made[number], scene, np.array(rows, np.int64))
        if not made[number].chosen.keys().isdisjoint(seen.product_ids):
            yield seen


def _examples(looks: Sequence[_Look], weights: Mapping[int, float]) -> Examples:
    return Examples([look.features for look in looks], [_target(look, weights) for look in looks])


def _target(search: _Seen | _Look, weights: Mapping[int, float]) -> NDArray[np.float32]:
    """Return what of the choice belongs to each candidate; sums to 1."""
    target = np.zeros(len(search.product_ids), np.float32)
    for place, product_id in enumerate(search.product_ids):
        for event in search.decision.chosen.get(product_id, ())[:1]:
            target[place] = 1.0 if event.position is None else weights.get(event.position, 1.0)
    target /= target.sum()
    return target


def _drawn(target: NDArray[np.float32], source: np.random.Generator) -> NDArray[np.int64]:
    """Return the places of what was chosen and of some of the others, rising."""
    others = source.permutation(np.flatnonzero(target == 0))[:_MOST_OTHERS]
    return np.sort(np.concatenate([np.flatnonzero(target), others]))


def _judge(file: RankerFile, judged: Sequence[_Look]) -> Trained:
    """Return the ranker with what it reached on shoppers held apart."""
    trained, default = Ranker(file, "trained"), default_ranker()
    reached: dict[str, list[float]] = {"plain": [], "default": [], "trained": []}
    for look in judged:
        features = look.features.astype(np.float32)
        plain = -np.arange(len(look.product_ids), dtype=np.float32)
        for name, scores in (
            ("plain", plain),
            ("default", default.score(features)),
            ("trained", trained.score(features)),
        ):
            reached[name].append(_reciprocal_rank(look, kept_behind(scores, look.short)))
    gained = [a - b for a, b in zip(reached["trained"], reached["default"], strict=True)]
    low, high = bootstrap_interval(gained)
    validation = {name: float(np.mean(values)) for name, values in reached.items()}
    validation |= {"searches": float(len(judged)), "low": low, "high": high}
    return Trained(replace(file, validation=validation), better=low > 0)


def _reciprocal_rank(look: _Look, scores: Floats) -> float:
    """Return that of the first new product that was clicked, which a search is judged by."""
    wanted = next(one for one in look.decision.chosen if one in set(look.product_ids))
    place = list(look.product_ids).index(wanted)
    # Of equal scores the plain order decides.
    rank = 1 + int((scores > scores[place]).sum() + (scores[:place] == scores[place]).sum())
    return 1 / rank if rank <= _DEPTH else 0.0
