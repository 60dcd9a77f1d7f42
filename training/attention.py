"""Choose how a ranker attends to histories, by how well it then predicts."""

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

# The cosine of query and past title at which half of it is attended to, the steepness around it, and the
# bonus in cosine for a product found by the same query. The default's value comes first. Wide steps: values
# between them did not differ by more than chance on 3,000 SIMULATED searches (docs/personal.md).
_HALF_AT_COSINES = (0.55, 0.4, 0.7, 0.85)
_SIMILARITIES = (20.0, 10.0, 40.0)
_SAME_QUERY_FACTORS = (0.7, 0.3)
# Other parameters replace the default only if the gain is at least so many standard errors and takes a
# noticeable amount off the loss (of about 4.7). Chosen by judgement.
_STANDARD_ERRORS, _MIN_GAIN = 2.0, 0.001


class AttentionExample(NamedTuple):
    """A search as an example for choosing the attention."""

    shopper: str
    context: RerankContext
    rows: NDArray[np.int64]
    """The candidates to train on."""
    target: NDArray[np.float32]
    """The target weight of each of them; sums to 1."""


class GateParameters(NamedTuple):
    """The parameters by which a ranker attends to past products."""

    half_at: float
    similarity: float
    same_query: float

    @property
    def attention(self) -> Attention:
        """The attention with these parameters, as used in serving."""
        return Attention(self.similarity, self.similarity * self.same_query, self.similarity * self.half_at)


def choose_attention(
    examples: Sequence[AttentionExample], log: Callable[[str], None], *, seed: int, time_limit_s: float
) -> Attention:
    """Return the attention with which a ranker best predicts the choices of shoppers.

    A ranker is trained for each setting on half of the shoppers and judged by its cross entropy on the other
    half, both ways round. One parameter is changed at a time, beginning with the default's, and the change is
    kept if it is better by more than chance. The threshold decides how often nothing is attended to (as the
    zero vector of Ai et al. 2019 does, which is learned too).

    Parameters
    ----------
    examples
        Of shoppers who are not used for any other evaluation.
    time_limit_s
        No further setting is tried after this many seconds.
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
    """Return the cross entropy of each search under a ranker trained on the other half."""
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
