"""Properties that all methods share."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from insights.baselines.methods import BASELINES
from insights.baselines.series import DemandSeries, demand_series
from tests.insights.histories import history_of

HORIZON = 10
QUANTITIES = st.one_of(st.just(0.0), st.integers(0, 9).map(float), st.floats(0, 1e6, width=32))


@pytest.fixture(params=BASELINES)
def method(request):
    return BASELINES[request.param]


def noisy(days, level):
    return np.random.default_rng(7).gamma(4.0, level / 4, days)


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_forecasts_of_any_sales_are_finite_and_not_negative(data):
    days = data.draw(st.integers(1, 40))
    quantity = data.draw(arrays(np.float32, (2, days), elements=QUANTITIES))
    unobserved = data.draw(st.sets(st.tuples(st.integers(0, 1), st.integers(0, days - 1)), max_size=10))
    series = demand_series(history_of(quantity, unobserved=unobserved), [0, 1])
    for method in BASELINES.values():
        forecast = method(series, HORIZON)
        assert forecast.mean.shape == (2, HORIZON)
        assert np.isfinite(forecast.mean).all()
        assert (forecast.mean >= 0).all()
        assert forecast.fitted.shape == (2, days)
        assert not np.isinf(forecast.fitted).any()


def test_what_sells_the_same_every_day_goes_on_so(method):
    series = DemandSeries(np.full((1, 60), 6.0), np.ones((1, 60), bool))
    # Croston's method is lowered by 5 %, as its ratio is biased where demand is not regular.
    expected = 5.7 if method is BASELINES["Croston SBA"] else 6.0
    assert method(series, HORIZON).mean == pytest.approx(np.full((1, HORIZON), expected))


def test_quantities_of_days_that_are_not_observed_change_nothing(method):
    quantity = np.tile(noisy(60, 5.0), (2, 1))
    quantity[1, [20, 58]] = 999.0
    observed = np.ones(quantity.shape, bool)
    observed[:, [20, 58]] = False
    forecast = method(DemandSeries(quantity, observed), HORIZON)
    assert forecast.mean[0].tolist() == forecast.mean[1].tolist()


def test_a_series_is_forecast_beside_longer_ones_as_it_is_alone(method):
    short, long = noisy(63, 5.0), noisy(84, 9.0)
    beside = np.stack([np.concatenate([np.zeros(21), short]), long])
    observed = np.ones(beside.shape, bool)
    observed[0, :21] = False
    alone = method(DemandSeries(short[None], np.ones((1, 63), bool)), HORIZON)
    assert method(DemandSeries(beside, observed), HORIZON).mean[0] == pytest.approx(alone.mean[0])


def test_what_is_fitted_is_forecast_from_the_days_before(method):
    quantity = noisy(60, 5.0)[None]
    series = DemandSeries(quantity, np.ones((1, 60), bool))
    fitted = method(series, HORIZON).fitted[0]
    errors = (quantity[0] - fitted)[28:]
    assert np.isfinite(errors).all()
    # None knows the day: else errors would be next to nothing beside the spread of the sales.
    assert errors.std() > quantity.std() / 2
