"""Train the ranker of personal results on the choices that shoppers made among search results."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from relevance.metrics import reciprocal_rank, relevant_only
from relevance.offline.candidates import CandidateCache
from relevance.offline.event_replay import ReplayState, SearchChoice, in_time_order, search_choices
from relevance.significance import bootstrap_interval
from shangsou.behaviour.event import Event
from shangsou.errors import UnusableInput
from shangsou.search.personal.candidates import Floats
from shangsou.search.personal.coverage_tiers import assign_tiers, cap_by_tier
from shangsou.search.personal.features import FEATURE_VERSION
from shangsou.search.personal.history_cache import HistoryFeatures
from shangsou.search.personal.history_items import Attention
from shangsou.search.personal.ranker import Ranker, RankerFile, default_ranker
from shangsou.search.personal.rerank import RerankContext, build_context, compute_features
from shangsou.search.service.searcher import Searcher
from training.attention import AttentionExample, choose_attention
from training.network import Examples, fit
from training.propensity import position_weights

# Searches to train on, evenly over time: more of them fit into neither memory nor 8 minutes on two
# cores (16,000 x 200 candidates and 4,000 x 400, x 32 features in half precision, are 307 MB).
_MAX_SEARCHES = 20_000
# Candidates of each that were not chosen, drawn at random: on 1,800 searches of SIMULATED shoppers 100 and
# 200 gave the same MRR@10 on others (.0818 and .0819), and half as many take half the training time.
_MAX_NEGATIVES = 200
# Searches for choosing the attention.
_ATTENTION_SEARCHES = 1_500
# Minimum number of searches: a model of fewer would be noise.
_MIN_SEARCHES = 200
# Share of shoppers held out for the decision.
_HELD_OUT_SHARE = 0.2
# Seconds for computing the examples for the attention, for choosing it, and for computing the examples to
# train on, of the eight minutes that training may take. If that is not enough, as on a busy machine, searches
# are skipped evenly, so that the latest are not missed.
_ATTENTION_FEATURES_S, _ATTENTION_CHOICE_S, _RANKER_FEATURES_S = 60.0, 90.0, 200.0
_SEED = 20261126
_DEPTH = 10


@dataclass(frozen=True, slots=True)
class TrainingResult:
    """A trained ranker, and whether it is to be made live."""

    file: RankerFile
    is_better: bool
    """Whether it beats the default on held-out shoppers significantly."""


class TrainingSearch(NamedTuple):
    """One search with its outcome."""

    choice: SearchChoice
    context: RerankContext
    rows: NDArray[np.int64]
    """Candidates that the shopper had not interacted with in any variant, as rows of the pool."""
    group_keys: Sequence[str]
    """Of these candidates."""


class FeatureExample(NamedTuple):
    """One search as features; rows are candidates that the shopper had not interacted with."""

    choice: SearchChoice
    features: NDArray[np.float16]
    tiers: NDArray[np.int64]
    """The tiers from `assign_tiers`."""
    group_keys: Sequence[str]


def train_ranker(events: Sequence[Event], searcher: Searcher, log: Callable[[str], None]) -> TrainingResult:
    """Train a ranker on events, and decide whether it beats the default on held-out shoppers.

    Training is listwise, on the choices of shoppers: the softmax over the candidates of a search is to put
    its weight on the products that were newly clicked. Each search sees only earlier events. The attention to
    histories is chosen first, on shoppers who are used for nothing else.

    Raises
    ------
    UnusableInput
        The events hold too few searches by shoppers with a history.
    """
    events = in_time_order(events)
    candidate_cache = CandidateCache(searcher.context())
    click_weights = position_weights(events)
    all_choices = list(search_choices(events, ReplayState(candidate_cache.group_keys(events))))
    shoppers = sorted({choice.shopper for choice in all_choices})
    np.random.default_rng(_SEED).shuffle(shoppers)
    held_out = frozenset(shoppers[: max(1, int(_HELD_OUT_SHARE * len(shoppers)))])
    attention_searches = list(
        _training_searches(events, all_choices, candidate_cache, _ATTENTION_SEARCHES, _ATTENTION_FEATURES_S)
    )
    attention = _choose_attention(
        [search for search in attention_searches if search.choice.shopper not in held_out], click_weights, log
    )
    del attention_searches
    source = np.random.default_rng(_SEED)
    examples = []
    for search in _training_searches(events, all_choices, candidate_cache, _MAX_SEARCHES, _RANKER_FEATURES_S):
        is_training = search.choice.shopper not in held_out
        sampled = (
            _sample_candidates(_target(search, click_weights), source)
            if is_training
            else np.arange(len(search.rows))
        )
        rows, candidates, keys = search.rows[sampled], search.context.overlap.candidates, search.group_keys
        features = compute_features(search.context, attention).matrix[rows].astype(np.float16)
        tiers = assign_tiers(candidates.coverage, candidates.other_type)[rows]
        examples.append(
            FeatureExample(search.choice, features, tiers, [keys[row] for row in sampled.tolist()])
        )
    if len(examples) < _MIN_SEARCHES:
        raise UnusableInput(
            f"the events hold {len(examples)} searches that shoppers with a history clicked in; at least "
            f"{_MIN_SEARCHES} are needed: wait for more, the default ranker serves meanwhile"
        )
    training = [example for example in examples if example.choice.shopper not in held_out]
    validation_examples = [example for example in examples if example.choice.shopper in held_out]
    log(f"learning from {len(training):,} searches, {len(validation_examples):,} held out")
    file = RankerFile(
        features=FEATURE_VERSION,
        model_hash=candidate_cache.context.engine.generation.recipe.model_hash,
        attention=attention,
        origin=f"Trained on {len(training)} searches of {len(shoppers) - len(held_out)} shoppers.",
        **fit(_examples(training, click_weights), seed=_SEED),
    )
    return _judge(file, validation_examples)


def _choose_attention(
    attention_searches: Sequence[TrainingSearch], weights: Mapping[int, float], log: Callable[[str], None]
) -> Attention:
    """Return the attention that suits these searches best; the default's if they are few."""
    source = np.random.default_rng(_SEED)
    examples = []
    for search in attention_searches:
        target = _target(search, weights)
        sampled = _sample_candidates(target, source)
        examples.append(
            AttentionExample(search.choice.shopper, search.context, search.rows[sampled], target[sampled])
        )
    if len(examples) < _MIN_SEARCHES:
        return default_ranker().attention
    log(f"choosing the attention on {len(examples):,} searches")
    return choose_attention(examples, log, seed=_SEED, time_limit_s=_ATTENTION_CHOICE_S)


def _training_searches(
    events: Sequence[Event],
    all_choices: Sequence[SearchChoice],
    candidate_cache: CandidateCache,
    max_searches: int,
    time_limit_s: float,
) -> Iterator[TrainingSearch]:
    """Yield searches of shoppers with a history in which a new product among the candidates was chosen.

    As many as time allows, spread evenly.

    Parameters
    ----------
    all_choices
        All choices, complete.
    """
    count = len(all_choices)
    sampled_numbers = set(np.linspace(0, count - 1, min(count, max_searches)).astype(int).tolist())
    started = time.monotonic()
    state = ReplayState(candidate_cache.group_keys(events))
    personalizer = replace(candidate_cache.personalizer, popularity=state.popularity)
    for number, choice in enumerate(search_choices(events, state)):
        is_late = time.monotonic() - started > time_limit_s * (number + 1) / count
        if number not in sampled_numbers or is_late:
            continue
        history_items = state.history_items(choice.shopper, choice.at)
        query_candidates = candidate_cache.of(choice.query)
        if not history_items or query_candidates.candidates is None:
            continue
        history = HistoryFeatures(history_items, personalizer.reader)
        context = build_context(query_candidates.candidates, query_candidates.vector, history, personalizer)
        already_clicked = state.clicked(choice.shopper)
        keys = personalizer.reader.group_keys(query_candidates.candidates.pool.product_ids)
        rows = [row for row, key in enumerate(keys) if key not in already_clicked]
        new_keys = [keys[row] for row in rows]
        if not all_choices[number].chosen.keys().isdisjoint(new_keys):
            yield TrainingSearch(all_choices[number], context, np.array(rows, np.int64), new_keys)


def _examples(examples: Sequence[FeatureExample], weights: Mapping[int, float]) -> Examples:
    return Examples(
        [example.features for example in examples], [_target(example, weights) for example in examples]
    )


def _target(search: TrainingSearch | FeatureExample, weights: Mapping[int, float]) -> NDArray[np.float32]:
    """Return the target weight of each candidate; sums to 1."""
    target = np.zeros(len(search.group_keys), np.float32)
    for row, key in enumerate(search.group_keys):
        for event in search.choice.chosen.get(key, ())[:1]:
            target[row] = 1.0 if event.position is None else weights.get(event.position, 1.0)
    target /= target.sum()
    return target


def _sample_candidates(target: NDArray[np.float32], source: np.random.Generator) -> NDArray[np.int64]:
    """Return the rows of the chosen candidates and of a sample of the others, ascending."""
    others = source.permutation(np.flatnonzero(target == 0))[:_MAX_NEGATIVES]
    return np.sort(np.concatenate([np.flatnonzero(target), others]))


def _judge(file: RankerFile, validation_examples: Sequence[FeatureExample]) -> TrainingResult:
    """Return the ranker with its scores on held-out shoppers."""
    trained_ranker, default_scorer = Ranker(file, "trained"), default_ranker()
    reached: dict[str, list[float]] = {"plain": [], "default": [], "trained": []}
    for example in validation_examples:
        features = example.features.astype(np.float32)
        plain = -np.arange(len(example.group_keys), dtype=np.float32)
        for name, scores in (
            ("plain", plain),
            ("default", default_scorer.score(features)),
            ("trained", trained_ranker.score(features)),
        ):
            reached[name].append(_reciprocal_rank(example, cap_by_tier(scores, example.tiers)))
    gained = [a - b for a, b in zip(reached["trained"], reached["default"], strict=True)]
    low, high = bootstrap_interval(gained)
    validation = {name: float(np.mean(values)) for name, values in reached.items()}
    validation |= {"searches": float(len(validation_examples)), "low": low, "high": high}
    return TrainingResult(replace(file, validation=validation), is_better=low > 0)


def _reciprocal_rank(example: FeatureExample, scores: Floats) -> float:
    """Return the reciprocal rank of the first new product that was clicked."""
    offered = set(example.group_keys)
    clicked = next(key for key in example.choice.chosen if key in offered)
    # Ties are broken by the plain order.
    best = np.argsort(-scores, kind="stable")[:_DEPTH]
    ranking = [example.group_keys[row] for row in best.tolist()]
    return reciprocal_rank(ranking, relevant_only([clicked]), _DEPTH)
