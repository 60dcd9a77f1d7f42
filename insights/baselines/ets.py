"""Exponential smoothing with additive errors, the form of each series chosen by AICc."""

from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from insights.baselines.ets_states import InitialStates, SmoothingStates, initial_states
from insights.baselines.series import WEEK, DemandSeries, SeriesForecast

Values = NDArray[np.float64]


class _Form(NamedTuple):
    """What a model has besides a level."""

    trend: bool
    damped: bool
    season: bool

    @property
    def parameters(self) -> int:
        """The number of what is estimated: smoothing parameters, first states, and the variance."""
        return 3 + 2 * self.trend + self.damped + WEEK * self.season


class Candidates(NamedTuple):
    """Smoothing parameters; each of shape (candidates,), or (items, candidates)."""

    alpha: Values
    beta: Values
    gamma: Values
    phi: Values


_FORMS = tuple(
    _Form(trend, damped, season)
    for trend, damped, season in product((False, True), repeat=3)
    if trend or not damped
)
# Grids of the first pass, denser where demand lies: its level moves slowly.
_ALPHAS = (0.01, 0.03, 0.06, 0.1, 0.15, 0.22, 0.3, 0.4, 0.55, 0.75, 0.95)
_ALPHAS_WITH_OTHERS = (0.03, 0.08, 0.16, 0.3, 0.5, 0.8)
_BETA_SHARES = (0.01, 0.05, 0.25)
_GAMMAS = (0.01, 0.05, 0.15, 0.3)
_PHIS = (0.85, 0.95)
"""Within the bounds of Hyndman et al. (2008), .8 and .98."""
# Around the best of the grid, by rounds: factors on alpha, beta and gamma.
_REFINEMENTS = ((0.7, 1.0, 1.4), (0.85, 1.0, 1.18))
_MAX_ALPHA = 0.99


def ets(series: DemandSeries, horizon: int) -> SeriesForecast:
    """Return the forecast of the model with the lowest AICc for each series.

    The models are those of Hyndman et al. (2008) with additive errors: no, a linear or a damped trend, and
    no or an additive weekly season. Smoothing parameters are those with the least squared error on a grid,
    refined around the best; first states come from the first four weeks. On days that are not observed the
    states move on as forecast.
    """
    # By first day, so that the series that have begun are the first rows.
    order = np.argsort(series.first_days, kind="stable")
    ordered = DemandSeries(series.quantity[order], series.is_observed[order])
    first = initial_states(ordered)
    form, chosen = _choose(ordered, first)
    for factors in _REFINEMENTS:
        chosen = _refine(ordered, first, form, chosen, factors)
    states = SmoothingStates(first, *_features(form), ordered)
    fitted = states.run(chosen, keep_fitted=True).fitted
    mean = np.maximum(states.forecast(chosen.phi, horizon)[:, 0], 0.0)
    back = np.argsort(order)
    return SeriesForecast(mean[back], fitted[back])


def _choose(series: DemandSeries, first: InitialStates) -> tuple[NDArray[np.intp], Candidates]:
    """Return the form of each series, an index of `_FORMS`, and its best parameters, shape (items, 1)."""
    count = series.is_observed.sum(axis=1)
    best_criterion = np.full(len(count), np.inf)
    best_form = np.zeros(len(count), np.intp)
    best = [np.zeros((len(count), 1)) for _ in Candidates._fields]
    rows = np.arange(len(count))
    for number, form in enumerate(_FORMS):
        candidates = _grid(form)
        forms = np.full(len(count), number)
        squares = SmoothingStates(first, *_features(forms), series).run(candidates).squares
        position = np.argmin(squares, axis=1)
        criterion = _aicc(squares[rows, position], count, form.parameters)
        better = criterion < best_criterion
        best_criterion[better], best_form[better] = criterion[better], number
        for kept, values in zip(best, candidates, strict=True):
            kept[better, 0] = values[position[better]]
    return best_form, Candidates(*best)


def _refine(
    series: DemandSeries,
    first: InitialStates,
    form: NDArray[np.intp],
    chosen: Candidates,
    factors: tuple[float, ...],
) -> Candidates:
    alpha, beta, gamma = (np.array(values) for values in zip(*product(factors, repeat=3), strict=True))
    alphas = np.minimum(chosen.alpha * alpha, _MAX_ALPHA)
    around = Candidates(
        alphas,
        np.minimum(chosen.beta * beta, alphas),
        np.minimum(chosen.gamma * gamma, 1 - alphas),
        np.repeat(chosen.phi, len(alpha), axis=1),
    )
    squares = SmoothingStates(first, *_features(form), series).run(around).squares
    best = np.argmin(squares, axis=1)[:, None]
    return Candidates(*(np.take_along_axis(values, best, axis=1) for values in around))


def _features(form: NDArray[np.intp]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which series have a trend, and which a season."""
    trends = np.array([one.trend for one in _FORMS])
    seasons = np.array([one.season for one in _FORMS])
    return trends[form], seasons[form]


def _grid(form: _Form) -> Candidates:
    alphas = _ALPHAS_WITH_OTHERS if form.trend or form.season else _ALPHAS
    shares = _BETA_SHARES if form.trend else (0.0,)
    gammas = _GAMMAS if form.season else (0.0,)
    phis = _PHIS if form.damped else (1.0,)
    rows = [
        (alpha, alpha * share, gamma, phi)
        for alpha, share, gamma, phi in product(alphas, shares, gammas, phis)
        # The usual region: beta below alpha, gamma below 1 - alpha.
        if gamma < 1 - alpha
    ]
    return Candidates(*(np.array(values) for values in zip(*rows, strict=True)))


def _aicc(squares: Values, count: NDArray[np.intp], parameters: int) -> Values:
    """Return the corrected information criterion of each series; of exact fits the smaller model wins."""
    # A fit to the ninth digit is exact: squares below that are rounding.
    error = np.maximum(squares / count, 1e-9)
    # Series with fewer days than parameters: the penalty grows with these, so that the smallest is taken.
    rest = np.maximum(count - parameters - 1, 0.5)
    return np.asarray(count * np.log(error) + 2 * parameters + 2 * parameters * (parameters + 1) / rest)
