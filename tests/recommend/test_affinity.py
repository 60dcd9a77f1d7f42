"""Item-item affinities, worked by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangsou.recommend.affinity import Basket, affinity_scores, cosine_affinities, fit_affinities

A, B, C = 0, 1, 2
# a occurs three times, b three times, c once: 7/3 on the average, so that the penalty is 35/3.
BASKETS = [Basket([A, B]), Basket([B, A]), Basket([A]), Basket([B, C])]


def row(affinities, item):
    partners, weights = affinities.row(item)
    return dict(zip(partners.tolist(), weights.tolist(), strict=True))


def test_weights_are_those_of_ridge_regression_worked_by_hand():
    affinities = fit_affinities(BASKETS, 3)
    # a from b alone: 2 / (3 + 35/3). c from b alone: 1 / (3 + 35/3).
    assert row(affinities, B) == pytest.approx({A: 6 / 44, C: 3 / 44})
    # b from a and c, which never occur together: 2 / (3 + 35/3) and 1 / (1 + 35/3).
    assert row(affinities, A) == pytest.approx({B: 6 / 44})
    assert row(affinities, C) == pytest.approx({B: 3 / 38})


def test_with_few_things_they_are_those_of_the_closed_form_of_ease():
    rng = np.random.default_rng(7)
    membership = (rng.random((40, 6)) < 0.4).astype(float)
    gram = membership.T @ membership
    inverse = np.linalg.inv(gram + 5 * np.diag(gram).mean() * np.eye(6))
    expected = -inverse / np.diag(inverse)
    np.fill_diagonal(expected, 0)
    affinities = fit_affinities([Basket(np.flatnonzero(row_).tolist()) for row_ in membership], 6)
    fitted = np.zeros((6, 6))
    for item in range(6):
        partners, weights = affinities.row(item)
        fitted[item, partners] = weights
    # Things that never meet are left out of each other's regressions: here all do.
    assert np.all(gram > 0)
    assert fitted == pytest.approx(expected, abs=1e-6)


def test_cosines_are_those_of_sarwar():
    # a and b meet twice of three times each, b and c once.
    assert row(cosine_affinities(BASKETS, 3), B) == pytest.approx({A: 2 / 3, C: 1 / 3**0.5})


def test_the_strongest_partner_comes_first():
    partners, weights = fit_affinities(BASKETS, 3).row(B)
    assert partners.tolist() == [A, C]
    assert weights[0] > weights[1]


def test_a_thing_that_comes_twice_in_a_basket_counts_once():
    assert row(fit_affinities([Basket([A, B, A, B, B])], 2), A) == row(fit_affinities([Basket([A, B])], 2), A)


def test_half_a_basket_counts_half():
    full, half = (fit_affinities([Basket([A, B], weight), Basket([A])], 2) for weight in (1.0, 0.5))
    # 1 / (2 + 7.5) against .5 / (1.5 + 5): b is told from a, the penalty being five times the mean.
    assert row(full, A) == pytest.approx({B: 1 / 9.5})
    assert row(half, A) == pytest.approx({B: 0.5 / 6.5})


def test_no_baskets_have_no_affinities():
    assert fit_affinities([], 2).row(1)[0].tolist() == []
    assert fit_affinities([Basket([])], 1).row(0)[0].tolist() == []


def test_a_history_adds_up():
    affinities = fit_affinities(BASKETS, 3)
    scores = affinity_scores(affinities, {A: 1.0, C: 2.0})
    assert scores.tolist() == pytest.approx([0, 6 / 44 + 2 * 3 / 38, 0])


@given(st.lists(st.lists(st.integers(0, 5), max_size=70), max_size=20))
def test_any_baskets_give_finite_weights_between_things_that_met(baskets):
    affinities = fit_affinities([Basket(basket) for basket in baskets], 6)
    for item in range(6):
        partners, weights = affinities.row(item)
        assert np.all(np.isfinite(weights))
        assert all(any({item, partner} <= set(basket) for basket in baskets) for partner in partners.tolist())
