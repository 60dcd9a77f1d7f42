"""How a ranker attends to histories, chosen by what it then predicts."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shangsou.search.personal.features import FEATURE_VERSION
from shangsou.search.personal.history_items import Attention
from shangsou.search.personal.ranker import Ranker, RankerFile
from shangsou.search.personal.rerank import RerankContext, compute_features
from training.network import Examples, fit, losses

# At which cosine of query and past title half of it is attended to, how steeply that rises, and how much of a
# cosine it counts that the same query found it. The first of each is the default's. Wide steps: what lies
# between them was told apart by no more than chance on 3,000 SIMULATED searches (docs/personal.md).
_HALF_AT_COSINES = (0.55, 0.4, 0.7, 0.85)
_SIMILARITIES = (20.0, 10.0, 40.0)
_SAME_QUERY_FACTORS = (0.7, 0.3)
# Another way to attend takes its place only where so many standard errors speak for it, and where it takes so
# much off the loss (of some 4.7) that anybody would notice. Set by hand.
_STANDARD_ERRORS, _MIN_GAIN = 2.0, 0.001


class AttentionExample(NamedTuple):
    """A search before any attention is paid."""

    shopper: str
    context: RerankContext
    rows: NDArray[np.int64]
    """Candidates that are learnt from."""
    target: NDArray[np.float32]
    """What of the choice belongs to each of them; sums to 1."""


class GateParameters(NamedTuple):
    """The parameters by which a ranker attends to past products."""

    half_at: float
    similarity: float
    same_query: float

    @property
    def attention(self) -> Attention:
        """The same, as serving reads them."""
        return Attention(self.similarity, self.similarity * self.same_query, self.similarity * self.half_at)


def choose_attention(
    examples: Sequence[AttentionExample], log: Callable[[str], None], *, seed: int, time_limit_s: float
) -> Attention:
    """Return the attention with which a ranker predicts best what shoppers choose.

    A ranker is trained for each way to attend, on half of the shoppers, and judged by its cross entropy on
    the others, both ways round. One number is changed at a time, from the default's on, and stays changed
    where that is better by more than chance. How high the threshold is decides how often nothing is
    attended to (as the zero vector of Ai et al. 2019 does, which is learnt too).

    Parameters
    ----------
    examples
        Of shoppers who judge nothing else.
    time_limit_s
        No other way is tried after so many seconds.
    """
    started = time.monotonic()
    shoppers = sorted({example.shopper for example in examples})
    half = set(np.random.default_rng(seed).permutation(shoppers)[::2].tolist())
    in_half = np.array([example.shopper in half for example in examples])
    best = GateParameters(_HALF_AT_COSINES[0], _SIMILARITIES[0], _SAME_QUERY_FACTORS[0])
    best_losses = _losses(examples, in_half, best.attention, seed)
    for name, values in (
        ("half_at", _HALF_AT_COSINES),
        ("similarity", _SIMILARITIES),
        ("same_query", _SAME_QUERY_FACTORS),
    ):
        for gate, gate_losses in _other_gates(
            best, name, values, lambda gate: _losses(examples, in_half, gate, seed)
        ):
            gains = best_losses - gate_losses
            error = float(gains.std() / np.sqrt(len(gains)))
            log(f"attention {name} {getattr(gate, name):g}: loss {-gains.mean():+.4f} (s.e. {error:.4f})")
            if gains.mean() > max(_STANDARD_ERRORS * error, _MIN_GAIN):
                best, best_losses = gate, gate_losses
            if time.monotonic() - started > time_limit_s:
                return best.attention
    return best.attention


def _other_gates(
    best: GateParameters,
    name: str,
    values: Sequence[float],
    evaluate: Callable[[Attention], NDArray[np.float64]],
) -> Iterator[tuple[GateParameters, NDArray[np.float64]]]:
    for value in values:
        if value != getattr(best, name):
            gate = best._replace(**{name: value})
            yield gate, evaluate(gate.attention)


def _losses(
    examples: Sequence[AttentionExample], in_half: NDArray[np.bool_], attention: Attention, seed: int
) -> NDArray[np.float64]:
    """Return the cross entropy of each search by a ranker that has learnt from the other half's."""
    features = [
        compute_features(example.context, attention).matrix[example.rows].astype(np.float16)
        for example in examples
    ]
    cross_entropy = np.empty(len(examples))
    for is_training in (True, False):
        halves = [np.flatnonzero(in_half == side).tolist() for side in (is_training, not is_training)]
        training, held_out = (
            Examples([features[index] for index in half], [examples[index].target for index in half])
            for half in halves
        )
        weights = fit(training, seed=seed)
        file = RankerFile(features=FEATURE_VERSION, model_hash="", attention=attention, **weights)
        cross_entropy[halves[1]] = losses(Ranker(file, "tried"), held_out)
    return cross_entropy
