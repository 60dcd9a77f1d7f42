"""Summary of an evaluation: measures of all methods, over all and by groups of item days."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from insights.demand.classes import CLASSES
from insights.evaluation.backtest import MODEL, Backtest, OriginForecasts, QuantileForecast
from insights.evaluation.measures import Scores, score

MethodScores = Mapping[str, Scores]
"""By method, the model first."""

_MIN_ORIGINS = 5
"""For an interval: fewer do not tell how much origins differ."""
_RESAMPLES = 10_000
_SEED = 0


@dataclass(frozen=True, slots=True)
class Difference:
    """The WAPE of the model less that of the baseline with the lowest."""

    baseline: str
    mean: float
    interval: tuple[float, float] | None
    """95 %, by resampling origins (Efron, 1979); None for fewer than 5 origins."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Measures of all methods."""

    total: MethodScores
    by_class: Mapping[str, MethodScores]
    """Classes of demand that some item had at some origin, as of that."""
    by_week: Mapping[int, MethodScores]
    """Weeks after the origin, from 1; the last may be shorter."""
    by_origin: Mapping[str, MethodScores]
    """By the last day known, first to last."""
    difference: Difference
    unobserved: int
    """Item days left out since their quantity does not tell the demand."""


def summarize(backtest: Backtest) -> Summary:
    """Return the measures of a backtest."""
    origins = backtest.origins
    everything = [origin.is_scored for origin in origins]
    total = _score_all(origins, everything)
    by_class: dict[str, MethodScores] = {
        name: _score_all(
            origins,
            [
                mask & (np.array(origin.classes) == name)[:, None]
                for origin, mask in zip(origins, everything, strict=True)
            ],
        )
        for name in CLASSES
        if any(name in origin.classes for origin in origins)
    }
    week = np.arange(backtest.horizon) // 7 + 1
    by_week = {
        number: _score_all(origins, [mask & (week == number) for mask in everything])
        for number in range(1, int(week[-1]) + 1)
    }
    by_origin = {str(origin.origin): _score_all([origin], [origin.is_scored]) for origin in origins}
    return Summary(
        total,
        by_class,
        by_week,
        by_origin,
        _difference(total, list(by_origin.values())),
        sum(origin.unobserved for origin in origins),
    )


def _score_all(origins: Sequence[OriginForecasts], masks: Sequence[NDArray[np.bool_]]) -> MethodScores:
    """Return the measures of the item days in the masks, one of shape (items, horizon) for each origin."""
    sold = np.concatenate([origin.sold[mask] for origin, mask in zip(origins, masks, strict=True)])
    scores = {}
    for method in origins[0].forecasts:
        parts = [
            (one.mean[mask], one.q10[mask], one.q50[mask], one.q90[mask])
            for one, mask in zip((origin.forecasts[method] for origin in origins), masks, strict=True)
        ]
        joined = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
        scores[method] = score(sold, QuantileForecast(*joined))
    return scores


def _difference(total: MethodScores, by_origin: Sequence[MethodScores]) -> Difference:
    baselines = [name for name in total if name != MODEL]
    best = min(baselines, key=lambda name: total[name].wape)
    mean = total[MODEL].wape - total[best].wape
    sold = np.array([scores[MODEL].sold for scores in by_origin])
    if len(by_origin) < _MIN_ORIGINS or math.isnan(mean):
        return Difference(best, mean, None)
    errors = np.array([(scores[MODEL].wape - scores[best].wape) * scores[MODEL].sold for scores in by_origin])
    # Of an origin at which nothing was sold the WAPE is not known; it has no share in the sums.
    known = sold > 0
    sold, errors = sold[known], errors[known]
    drawn = np.random.default_rng(_SEED).integers(0, len(sold), (_RESAMPLES, len(sold)))
    differences = errors[drawn].sum(axis=1) / sold[drawn].sum(axis=1)
    low, high = np.quantile(differences, (0.025, 0.975))
    return Difference(best, mean, (float(low), float(high)))
