"""Train the ranker of personal results on what shoppers chose among what their searches found."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from relevance.offers import Offers
from relevance.replay import Decision, World, decisions, in_time_order
from relevance.significance import bootstrap_interval
from shangsou.behaviour.event import Event
from shangsou.errors import UnusableInput
from shangsou.search.personal.features import FEATURE_VERSION
from shangsou.search.personal.ranker import Ranker, RankerFile, default_ranker
from shangsou.search.personal.recall import Recalled
from shangsou.search.personal.rerank import Personaliser, examine
from shangsou.search.searcher import Searcher
from training.network import Examples, fit
from training.propensity import position_weights

# Searches that are learnt from, evenly over time: more of them fit into neither memory nor 8 minutes on two
# cores (10,000 x 400 candidates x 29 features in half precision are 232 MB).
_MOST_SEARCHES = 10_000
# So few are no more than anecdotes: what comes of them would be noise.
_LEAST_SEARCHES = 200
# Shoppers held apart, to decide.
_HELD_APART = 0.2
# Seconds for looking at searches, of the eight minutes that training may take. Where that is not enough for
# all, as on a busy machine, searches are left out all along, so that the latest are not missed.
_LOOKING_S = 240.0
_SEED = 20261126
_DEPTH = 10


@dataclass(frozen=True, slots=True)
class Trained:
    """A ranker and whether it is to serve."""

    file: RankerFile
    better: bool
    """Than the default, on shoppers held apart, by more than chance."""


class _Look(NamedTuple):
    """One search as the ranker sees it; rows are candidates that the shopper had not dealt with."""

    decision: Decision
    features: NDArray[np.float16]
    product_ids: Sequence[str]


def train_ranker(events: Sequence[Event], searcher: Searcher, say: Callable[[str], None]) -> Trained:
    """Return a ranker trained on events, and whether it beats the default on shoppers held apart.

    It learns, listwise, the choices of shoppers: the softmax over all candidates of a search is to give
    its weight to what was newly clicked there. Each search sees only what happened before it.

    Raises
    ------
    UnusableInput
        The events hold too few searches by shoppers with a history.
    """
    events = in_time_order(events)
    offers = Offers(searcher.parts())
    looks = _look(events, offers, say)
    weights = position_weights(events)
    if len(looks) < _LEAST_SEARCHES:
        raise UnusableInput(
            f"the events hold {len(looks)} searches that shoppers with a history clicked in; at least "
            f"{_LEAST_SEARCHES} are needed: wait for more, the default ranker serves meanwhile"
        )
    shoppers = sorted({look.decision.shopper for look in looks})
    np.random.default_rng(_SEED).shuffle(shoppers)
    apart = set(shoppers[: max(1, int(_HELD_APART * len(shoppers)))])
    learnt = [look for look in looks if look.decision.shopper not in apart]
    judged = [look for look in looks if look.decision.shopper in apart]
    say(f"learning from {len(learnt):,} searches, {len(judged):,} held apart")
    model_hash = offers.parts.engine.generation.recipe.model_hash
    origin = f"Trained on {len(learnt)} searches of {len(shoppers) - len(apart)} shoppers."
    file = RankerFile(
        features=FEATURE_VERSION,
        model_hash=model_hash,
        attention=default_ranker().attention,
        origin=origin,
        **fit(_examples(learnt, weights), seed=_SEED),
    )
    return _judge(file, judged)


def _look(events: Sequence[Event], offers: Offers, say: Callable[[str], None]) -> list[_Look]:
    """Return searches of shoppers with a history, as many as there is time for, evenly over all."""
    made = sum(1 for _ in decisions(events, World()))
    chosen = set(np.linspace(0, made - 1, min(made, _MOST_SEARCHES)).astype(int).tolist())
    started = time.monotonic()
    world, looks = World(), []
    # The attention is the default's, whatever serves.
    personaliser = Personaliser(default_ranker(), world.popularity, offers.parts.personaliser.reader)
    for number, decision in enumerate(decisions(events, world)):
        late = time.monotonic() - started > _LOOKING_S * (number + 1) / made
        if number not in chosen or late:
            continue
        past = world.past(decision.shopper)
        searched = offers.of(decision.query)
        if not past or searched.offer is None:
            continue
        recalled = Recalled(past, personaliser.reader)
        examined = examine(searched.offer, searched.vector, recalled, personaliser)
        dealt_with = world.clicked(decision.shopper)
        ids = searched.offer.pool.product_ids
        rows = [place for place, product_id in enumerate(ids) if product_id not in dealt_with]
        looks.append(
            _Look(decision, examined.features[rows].astype(np.float16), [ids[place] for place in rows])
        )
        if len(looks) % 2000 == 0:
            say(f"looked at {len(looks):,} searches")
    return [look for look in looks if set(look.decision.chosen) & set(look.product_ids)]


def _examples(looks: Sequence[_Look], weights: Any) -> Examples:
    targets = []
    for look in looks:
        target = np.zeros(len(look.product_ids), np.float32)
        for place, product_id in enumerate(look.product_ids):
            for event in look.decision.chosen.get(product_id, ())[:1]:
                target[place] = weights.get(event.position, 1.0)
        targets.append(target / target.sum())
    return Examples([look.features for look in looks], targets)


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
            reached[name].append(_reciprocal_rank(look, scores))
    gained = [a - b for a, b in zip(reached["trained"], reached["default"], strict=True)]
    low, high = bootstrap_interval(gained)
    validation = {name: float(np.mean(values)) for name, values in reached.items()}
    validation |= {"searches": float(len(judged)), "low": low, "high": high}
    return Trained(replace(file, validation=validation), better=low > 0)


def _reciprocal_rank(look: _Look, scores: NDArray[np.float32]) -> float:
    """Return that of the first new product that was clicked, which a search is judged by."""
    wanted = next(one for one in look.decision.chosen if one in set(look.product_ids))
    place = list(look.product_ids).index(wanted)
    rank = 1 + int((scores > scores[place]).sum())
    return 1 / rank if rank <= _DEPTH else 0.0
