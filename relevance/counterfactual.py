"""Counterfactual clicks: what another ranking would have got from the clicks that a log has."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relevance.judging.search_sessions import SearchSession
from shangsou.errors import UnusableInput

# Resampled sets of queries for the intervals, and a fixed seed, as in `relevance.significance`.
_RESAMPLES = 10_000
_SEED = 20261123
# Numbers drawn at once: 8 MB of them.
_MAX_DRAWS_AT_ONCE = 1_000_000
# Sums of the same shares in another order differ by rounding.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure of a ranking, of the ranking in the log, and their difference, with 95 % intervals."""

    value: float
    interval: tuple[float, float] | None
    """None for a single query, which cannot be resampled."""
    logged: float
    """By the same weights: a click whose weight was cut down counts by what is left of it."""
    difference: float
    difference_interval: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class CounterfactualClicks:
    """What a ranking would have got from the clicks in a log, and what that rests on."""

    ips: Estimate
    """Clicks per search on the first k places."""
    snips: Estimate
    """The same as a share of the clicks that everything shown would get if it were looked at, 0 to 1."""
    queries: int
    sessions: int
    """Sessions of queries in the run; others are left out."""
    sessions_without_run: int
    clicks: int
    """Clicks on products among the first k of the ranking: what the figures rest on."""
    effective_clicks: float
    """As many clicks of one weight would vary as much (Kish, 1965)."""
    clipped: float
    """The share of the clicks on the first k places, of the ranking or of the log, whose weight was cut down
    to the limit."""
    never_shown: float
    """The share of first places, by sessions, with a product that the log never showed for the query."""


@dataclass(slots=True)
class _QuerySums:
    """Sums over the sessions of a query."""

    sessions: int = 0
    value: float = 0.0
    """Weights of clicks x examination of the place in the ranking."""
    logged: float = 0.0
    """Clicks on the first k places, each by the share of its weight that the limit leaves."""
    weights: float = 0.0
    """Weights of all clicks."""

    def difference(self) -> float:
        """Return the value less the logged one; exactly 0 for a ranking like the logged one."""
        return 0.0 if math.isclose(self.value, self.logged, rel_tol=_ROUNDING) else self.value - self.logged


def counterfactual_clicks(
    search_sessions: Iterable[SearchSession],
    run: Mapping[str, Sequence[str]],
    examination: Sequence[float | None],
    *,
    k: int = 10,
    clip: float | None = None,
) -> CounterfactualClicks:
    """Return what a ranking would have got from the clicks in a log.

    Inverse propensity scoring (Joachims, Swaminathan and Schnabel, 2017): a click on a product counts by how
    often the ranking would have it looked at, over how often the log had (Li et al., 2018, for the
    position-based model). How often the log had is the mean examination over all sessions of the query, 0 in
    those without the product (Oosterhuis and de Rijke, 2020): so products that only some sessions showed
    count in full. It is unbiased where the position-based model holds and the log showed, now and then,
    whatever the ranking has on its first k places; what the log never showed gets nothing, so the figure is
    then too low. A limit on weights makes it lower, never higher. The clicks that the logged ranking got are
    cut down alike, so that it never differs from itself.

    The self-normalized estimate (Swaminathan and Joachims, 2015) divides by the sum of the weights of all
    clicks: a share, which varies less, since days and queries with many clicks raise both sums. The limit
    cuts down both sums, as theirs does, so it may make the share lower or higher.

    Parameters
    ----------
    search_sessions
        The log, with what each session was shown.
    run
        The ranking: ids of products by normalized query, best first.
    examination
        How often each position is looked at, relative to the first; None where unknown. What is clicked at an
        unknown position takes no part.
    k
        Places of the ranking that count.
    clip
        The highest weight of a click (1 over how often the log had it looked at); by default the root of the
        number of sessions of the query (Ionides, 2008).

    Raises
    ------
    UnusableInput
        If no session is of a query of the run, or none of these has a click.
    """
    looked_at = np.array([share or 0.0 for share in examination], float)
    by_query: dict[str, list[SearchSession]] = defaultdict(list)
    sessions_without_run = 0
    for session in search_sessions:
        if session.query in run:
            by_query[session.query].append(session)
        else:
            sessions_without_run += 1
    sums = [_QuerySums() for _ in by_query]
    weights: list[float] = []
    clipped, counted = 0, 0
    never_shown, places = 0, 0
    for query_sums, (query, sessions) in zip(sums, by_query.items(), strict=True):
        gains = _gains(run[query], looked_at, k)
        weight_of = _weights(sessions, looked_at)
        limit = math.sqrt(len(sessions)) if clip is None else clip
        query_sums.sessions = len(sessions)
        logged_clicks = _clicks(sessions, looked_at, k)
        for product_id, clicks in _clicks(sessions, looked_at).items():
            weight = min(weight_of[product_id], limit)
            query_sums.weights += clicks * weight
            query_sums.logged += logged_clicks[product_id] * weight / weight_of[product_id]
            gain = gains.get(product_id, 0.0)
            if gain:
                query_sums.value += clicks * weight * gain
                weights += [weight * gain] * clicks
            on_first_places = clicks if gain else logged_clicks[product_id]
            counted += on_first_places
            clipped += on_first_places * (weight_of[product_id] > limit)
        never_shown += len(sessions) * sum(product_id not in weight_of for product_id in run[query][:k])
        places += len(sessions) * len(run[query][:k])
    if not any(one.weights for one in sums):
        raise UnusableInput(
            f"no click in {sum(one.sessions for one in sums):,} sessions of queries in the run "
            f"({sessions_without_run:,} sessions are of others); give a log and a run of the same queries"
        )
    ips, snips = _estimates(sums)
    squares = sum(weight**2 for weight in weights)
    return CounterfactualClicks(
        ips,
        snips,
        len(sums),
        sum(one.sessions for one in sums),
        sessions_without_run,
        len(weights),
        sum(weights) ** 2 / squares if squares else 0.0,
        clipped / counted if counted else 0.0,
        never_shown / places if places else 0.0,
    )


def _gains(product_ids: Sequence[str], looked_at: NDArray[np.float64], k: int) -> dict[str, float]:
    """Return how often each product would be looked at; places beyond those of the log have nothing."""
    return dict(zip(product_ids[:k], looked_at.tolist(), strict=False))


def _weights(sessions: Sequence[SearchSession], looked_at: NDArray[np.float64]) -> dict[str, float]:
    """Return sessions over expected examinations of each product that was shown; infinite without any."""
    examinations: dict[str, float] = defaultdict(float)
    for session in sessions:
        for product_id, position in session.positions.items():
            examinations[product_id] += _examined(position, looked_at)
    return {
        product_id: len(sessions) / count if count else math.inf for product_id, count in examinations.items()
    }


def _clicks(
    sessions: Sequence[SearchSession], looked_at: NDArray[np.float64], k: int | None = None
) -> Counter[str]:
    """Return the clicks on each product at known positions, those up to k alone if k is given."""
    clicks: Counter[str] = Counter()
    for session in sessions:
        for product_id in session.clicked:
            position = session.positions.get(product_id, 0)
            if _examined(position, looked_at) and (k is None or position <= k):
                clicks[product_id] += 1
    return clicks


def _examined(position: int, looked_at: NDArray[np.float64]) -> float:
    return float(looked_at[position - 1]) if 1 <= position <= len(looked_at) else 0.0


def _estimates(sums: Sequence[_QuerySums]) -> tuple[Estimate, Estimate]:
    """Return the estimates per session and per weight of a click, over resampled queries."""
    columns = np.array(
        [(one.value, one.logged, one.difference(), one.sessions, one.weights) for one in sums], float
    )
    totals = columns.sum(axis=0)
    resampled = _resampled_totals(columns) if len(sums) > 1 else None
    return _estimate(totals, resampled, 3), _estimate(totals, resampled, 4)


def _estimate(totals: NDArray[np.float64], resampled: NDArray[np.float64] | None, divisor: int) -> Estimate:
    value, logged, difference = (totals[:3] / totals[divisor]).tolist()
    if resampled is None:
        return Estimate(value, None, logged, difference, None)
    ratios = resampled[:, :3] / np.maximum(resampled[:, divisor], 1e-12)[:, None]
    return Estimate(value, _interval(ratios[:, 0]), logged, difference, _interval(ratios[:, 2]))


def _resampled_totals(columns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the totals of resampled queries (Efron, 1979), each query with all its sessions."""
    rng = np.random.default_rng(_SEED)
    size = len(columns)
    rounds = max(1, _MAX_DRAWS_AT_ONCE // size)
    parts = []
    for first in range(0, _RESAMPLES, rounds):
        drawn = rng.multinomial(size, np.full(size, 1 / size), min(rounds, _RESAMPLES - first))
        parts.append(drawn @ columns)
    return np.concatenate(parts)


def _interval(values: NDArray[np.float64]) -> tuple[float, float]:
    low, high = np.percentile(values, (2.5, 97.5))
    return float(low), float(high)
