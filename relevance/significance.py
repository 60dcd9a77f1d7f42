"""Significance of the difference between two runs over the same queries."""

from collections.abc import Callable, Mapping, Sequence
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

# Sign flips and resamples: the standard error of a p near .05 is then .002.
RESAMPLES = 10_000
# Up to this n all 2**n sign flips are enumerated, which is no more than `RESAMPLES`.
_MAX_EXACT_QUERIES = 13
# An arbitrary fixed seed: the same runs give the same figures.
_SEED = 20261123
# Numbers drawn at once: 8 MB of them.
_MAX_DRAWS_AT_ONCE = 1_000_000
# How often a drop is to be seen: what tests are planned for (Cohen, 1988).
_POWER = 0.8
# Sums of the same differences in another order differ by rounding.
_ROUNDING = 1e-12
# Of three digits.
_MIN_SHOWN = 0.0005


def randomization_p(differences: Sequence[float]) -> float:
    """Return the two-sided p of the paired randomization test, 1 if there is no difference.

    Under the null hypothesis the sign of each query's difference is a coin toss (Fisher, 1935; for
    retrieval Smucker, Allan and Carterette, 2007). For up to 13 changed queries all signs are
    enumerated; for more, 10,000 seeded draws and the observed one are counted, so that p is never 0.
    """
    changed = _changed(differences)
    observed = abs(changed.sum()) - _ROUNDING
    return _share_of_signs(changed, lambda sums: np.abs(sums) >= observed)


def loss_p(differences: Sequence[float]) -> float:
    """Return the one-sided p of the same test: how likely so low a sum is where nothing got worse."""
    changed = _changed(differences)
    observed = changed.sum() + _ROUNDING
    return _share_of_signs(changed, lambda sums: sums <= observed)


def p_text(p: float) -> str:
    """Return a p to three digits, after "=" or "<"; it is never 0."""
    return f"= {p:.3f}" if p >= _MIN_SHOWN else "< 0.001"


def holm(ps: Mapping[str, float]) -> dict[str, float]:
    """Return the p of each test, adjusted for there being several (Holm, 1979): none below its own."""
    adjusted: dict[str, float] = {}
    highest = 0.0
    for rank, name in enumerate(sorted(ps, key=ps.__getitem__)):
        highest = max(highest, min(1.0, (len(ps) - rank) * ps[name]))
        adjusted[name] = highest
    return adjusted


def min_loss_p(differences: Sequence[float]) -> float:
    """Return the least p that `loss_p` could give for differences of these sizes: all of them losses."""
    changed = len(_changed(differences))
    return 0.5**changed if changed <= _MAX_EXACT_QUERIES else 1 / (RESAMPLES + 1)


def find_testable(min_ps: Mapping[str, float], level: float) -> frozenset[str]:
    """Return the tests that could reject at all, adjusted for their own number (Tarone, 1990).

    Adjusting for others as well would lower the level for nothing: a slice of three queries rejects never,
    whatever they do.

    Parameters
    ----------
    min_ps
        The least p that each test could give.
    level
        Of all tests together.
    """
    for count in range(1, len(min_ps) + 1):
        testable = frozenset(name for name, p in min_ps.items() if p <= level / count)
        if len(testable) <= count:
            return testable
    return frozenset()


def cluster_differences(differences: Sequence[float], clusters: Sequence[str]) -> list[float]:
    """Return a difference for each cluster, whose mean is the mean of all differences.

    Differences of a cluster, as of one query that many shoppers typed, are not independent: a test and an
    interval take a cluster as one.

    Parameters
    ----------
    differences, clusters
        Of the same length: each with the name of its cluster.
    """
    sums: dict[str, float] = {}
    for difference, cluster in zip(differences, clusters, strict=True):
        sums[cluster] = sums.get(cluster, 0.0) + difference
    return [total * len(sums) / len(differences) for total in sums.values()]


def smallest_visible_drop(groups: Sequence[Sequence[float]], tests: int, level: float) -> float:
    """Return the drop of the mean of group means that a gate would see four times in five; a rise likewise.

    By the normal approximation, for one-sided tests of which the strictest has the level over `tests`; NaN
    where a group has one query, or nothing changed, so that the spread is not known.
    """
    if any(len(group) < 2 for group in groups) or not any(map(any, groups)):
        return float("nan")
    variance = sum(np.var(group, ddof=1) / len(group) for group in groups) / len(groups) ** 2
    quantile = NormalDist().inv_cdf
    return float((quantile(1 - level / tests) + quantile(_POWER)) * np.sqrt(variance))


def bootstrap_interval(differences: Sequence[float]) -> tuple[float, float]:
    """Return the 95 % interval of the mean difference over queries, as `stratified_interval` does.

    Raises
    ------
    ValueError
        If there is no difference to draw from.
    """
    return stratified_interval([differences])


def stratified_interval(groups: Sequence[Sequence[float]]) -> tuple[float, float]:
    """Return the 95 % interval of the mean of group means; each group is resampled separately.

    The studentized bootstrap (Efron, 1981), and no closer than Student's t with Welch's degrees of freedom:
    where a few queries changed, resamples without any of them make the first too close, and where losses are
    skewed the second. At 20 queries percentiles cover the mean in .82 to .93 of trials. Differences of
    measures lie between -1 and 1, and so do the ends.

    Raises
    ------
    ValueError
        If there is no group, or an empty one.
    """
    if not groups or not all(groups):
        raise ValueError("no differences: compare at least one query")
    values = [np.array(group, np.float64) for group in groups]
    mean = float(np.mean([group.mean() for group in values]))
    variances = np.array([_variance_of_mean(group) for group in values])
    error = float(np.sqrt(variances.sum())) / len(values)
    if error < _ROUNDING:
        return mean, mean
    reach = _student_quantile(variances, [len(group) for group in values])
    # Where one query in ten changed, or fewer, many resamples have no spread and lie infinitely far.
    low, high = (end if np.isfinite(end) else 0.0 for end in _studentized_quantiles(values, mean))
    return (
        float(np.clip(mean - max(high, reach) * error, -1, 1)),
        float(np.clip(mean - min(low, -reach) * error, -1, 1)),
    )


def _variance_of_mean(values: NDArray[np.float64]) -> float:
    return float(np.var(values, ddof=1)) / len(values) if len(values) > 1 else 0.0


def _studentized_quantiles(groups: Sequence[NDArray[np.float64]], mean: float) -> tuple[float, float]:
    """Return how many of their standard errors the means of resamples lie from the mean, 2.5 and 97.5 %."""
    rng = np.random.default_rng(_SEED)
    resampled = [_resampled(group, rng) for group in groups]
    offsets = np.mean([means for means, _ in resampled], axis=0) - mean
    errors = np.sqrt(np.sum([variances for _, variances in resampled], axis=0)) / len(groups)
    with np.errstate(divide="ignore", invalid="ignore"):
        distances = np.where(np.abs(offsets) < _ROUNDING, 0.0, offsets / errors)
    low, high = np.quantile(distances, (0.025, 0.975), method="nearest")
    return float(low), float(high)


def _student_quantile(variances: NDArray[np.float64], sizes: Sequence[int]) -> float:
    """Return the 97.5 % quantile of Student's t (Abramowitz and Stegun, 26.7.5)."""
    spread = sum(
        variance**2 / (size - 1) for variance, size in zip(variances, sizes, strict=True) if size > 1
    )
    freedom = float(variances.sum() ** 2 / spread)
    z = NormalDist().inv_cdf(0.975)
    return (
        z
        + (z**3 + z) / (4 * freedom)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
    )


def _resampled(
    values: NDArray[np.float64], rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the mean of each resample, and the variance of that mean."""
    size = len(values)
    if size == 1:
        return np.repeat(values, RESAMPLES), np.zeros(RESAMPLES)
    drawn = [values[rng.integers(0, size, (rounds, size))] for rounds in _batches(size)]
    return (
        np.concatenate([part.mean(axis=1) for part in drawn]),
        np.concatenate([part.var(axis=1, ddof=1) for part in drawn]) / size,
    )


def _changed(differences: Sequence[float]) -> NDArray[np.float64]:
    return np.array([value for value in differences if value], dtype=np.float64)


def _share_of_signs(
    changed: NDArray[np.float64], is_extreme: Callable[[NDArray[np.float64]], NDArray[np.bool_]]
) -> float:
    """Return for which share of signs of the differences their sum is extreme."""
    if len(changed) <= _MAX_EXACT_QUERIES:
        flips = np.arange(2 ** len(changed))[:, None] >> np.arange(len(changed)) & 1
        return float(np.mean(is_extreme((1 - 2 * flips) @ changed)))
    rng = np.random.default_rng(_SEED)
    extreme = sum(
        int(np.sum(is_extreme(rng.choice((-1.0, 1.0), (rounds, len(changed))) @ changed)))
        for rounds in _batches(len(changed))
    )
    return float((extreme + 1) / (RESAMPLES + 1))


def _batches(size: int) -> list[int]:
    """Return the batch sizes of draws that keep memory bounded for any number of queries."""
    max_rounds = max(1, _MAX_DRAWS_AT_ONCE // size)
    return [min(max_rounds, RESAMPLES - drawn) for drawn in range(0, RESAMPLES, max_rounds)]
