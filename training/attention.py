"""How a ranker attends to histories, chosen by what it then foretells."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shangsou.search.personal.features import FEATURE_VERSION
from shangsou.search.personal.past import Attention
from shangsou.search.personal.ranker import Ranker, RankerFile
from shangsou.search.personal.rerank import Scene, see
from training.network import Examples, fit, losses

# At which cosine of query and past title half of it is attended to, how steeply that rises, and how much of a
# cosine it counts that the same query found it. The first of each is the default's. Wide steps: what lies
# between them was told apart by no more than chance on 3,000 SIMULATED searches (docs/personal.md).
_HALF_AT = (0.55, 0.4, 0.7, 0.85)
_SIMILARITY = (20.0, 10.0, 40.0)
_SAME_QUERY = (0.7, 0.3)
# Another way to attend takes its place only where so many standard errors speak for it, and where it takes so
# much off the loss (of some 4.7) that anybody would notice. Set by hand.
_STANDARD_ERRORS, _LEAST_GAIN = 2.0, 0.001


class Sight(NamedTuple):
    """A search before any attention is paid."""

    shopper: str
    scene: Scene
    rows: NDArray[np.int64]
    """Candidates that are learnt from."""
    target: NDArray[np.float32]
    """What of the choice belongs to each of them; sums to 1."""


class _Gate(NamedTuple):
    half_at: float
    similarity: float
    same_query: float

    @property
    def attention(self) -> Attention:
        return Attention(self.similarity, self.similarity * self.same_query, self.similarity * self.half_at)


def choose_attention(
    sights: Sequence[Sight], say: Callable[[str], None], *, seed: int, within_s: float
) -> Attention:
    """Return the attention with which a ranker foretells best what shoppers choose.

    A ranker is trained for each way to attend, on half of the shoppers, and judged by its cross entropy on
    the others, both ways round. One number is changed at a time, from the default's on, and stays changed
    where that is better by more than chance. How high the threshold is decides how often nothing is
    attended to (as the zero vector of Ai et al. 2019 does, which is learnt too).

    Parameters
    ----------
    sights
        Of shoppers who judge nothing else.
    within_s
        No other way is tried after so many seconds.
    """
    started = time.monotonic()
    shoppers = sorted({sight.shopper for sight in sights})
    half = set(np.random.default_rng(seed).permutation(shoppers)[::2].tolist())
    in_half = np.array([sight.shopper in half for sight in sights])
    best = _Gate(_HALF_AT[0], _SIMILARITY[0], _SAME_QUERY[0])
    reached = _losses(sights, in_half, best.attention, seed)
    for name, values in (("half_at", _HALF_AT), ("similarity", _SIMILARITY), ("same_query", _SAME_QUERY)):
        for gate, found in _others(best, name, values, lambda gate: _losses(sights, in_half, gate, seed)):
            gained = reached - found
            error = float(gained.std() / np.sqrt(len(gained)))
            say(f"attention {name} {getattr(gate, name):g}: loss {-gained.mean():+.4f} (s.e. {error:.4f})")
            if gained.mean() > max(_STANDARD_ERRORS * error, _LEAST_GAIN):
                best, reached = gate, found
            if time.monotonic() - started > within_s:
                return best.attention
    return best.attention


def _others(
    best: _Gate, name: str, values: Sequence[float], judge: Callable[[Attention], NDArray[np.float64]]
) -> Iterator[tuple[_Gate, NDArray[np.float64]]]:
    for value in values:
        if value != getattr(best, name):
            gate = best._replace(**{name: value})
            yield gate, judge(gate.attention)


def _losses(
    sights: Sequence[Sight], in_half: NDArray[np.bool_], attention: Attention, seed: int
) -> NDArray[np.float64]:
    """Return the cross entropy of each search by a ranker that has learnt from the other half's."""
    features = [see(sight.scene, attention).features[sight.rows].astype(np.float16) for sight in sights]
    found = np.empty(len(sights))
    for learns in (True, False):
        halves = [np.flatnonzero(in_half == side).tolist() for side in (learns, not learns)]
        learnt, judged = (
            Examples([features[one] for one in half], [sights[one].target for one in half]) for half in halves
        )
        numbers = fit(learnt, seed=seed)
        file = RankerFile(features=FEATURE_VERSION, model_hash="", attention=attention, **numbers)
        found[halves[1]] = losses(Ranker(file, "tried"), judged)
    return found
