"""Errors that belong together."""

import numpy as np
import pytest

from insights.demand.correlation import ErrorShares, correlated_scores, error_shares

ITEMS, HORIZON = 20, 7
SHAPE = ITEMS, HORIZON


def shares_of(scores):
    """The shares of scores of shape (origins, items, horizon)."""
    origin, item, day = np.indices(scores.shape).reshape(3, -1)
    return error_shares(scores.ravel().astype(float), item, day + 100 * origin, origin)


@pytest.mark.parametrize(
    "known",
    [
        ErrorShares(0.2, 0.1, 0.3, 0.4),
        ErrorShares(0.0, 0.0, 0.6, 0.4),
        ErrorShares(0.0, 0.5, 0.0, 0.5),
        ErrorShares(0.5, 0.0, 0.0, 0.5),
        ErrorShares(0.0, 0.0, 0.0, 1.0),
    ],
)
def test_shares_are_found_again_in_scores_drawn_by_them(known):
    found = shares_of(correlated_scores(known, 1000, *SHAPE, np.random.default_rng(4)))
    # One effect of the shop at each of 1000 origins: a standard error of its variance of .5 * sqrt(2 / 1000).
    for name in ("shop", "day", "item", "rest"):
        assert getattr(found, name) == pytest.approx(getattr(known, name), abs=0.07), name


def test_shares_add_up_to_1():
    found = shares_of(np.random.default_rng(5).normal(size=(3, *SHAPE)).cumsum(axis=2))
    assert found.shop + found.day + found.item + found.rest == pytest.approx(1)
    assert min(found.shop, found.day, found.item) >= 0


def test_errors_are_never_wholly_in_common():
    common = np.random.default_rng(6).normal(size=(50, 1, 1)) * np.ones((50, *SHAPE))
    assert shares_of(common).rest == pytest.approx(0.1)


@pytest.mark.parametrize("shape", [(1, 1, 1), (2, 1, 3), (2, 3, 1)])
def test_scores_all_alike_or_alone_have_shares(shape):
    found = shares_of(np.zeros(shape))
    assert (found.shop, found.day, found.item, found.rest) == (0, 0, 0, 1)


def test_scores_are_standard_normal_and_belong_together_as_shares_say():
    scores = correlated_scores(ErrorShares(0.2, 0.1, 0.3, 0.4), 20_000, 2, 2, np.random.default_rng(7))
    assert scores.mean() == pytest.approx(0, abs=0.03)
    assert scores.var() == pytest.approx(1, abs=0.03)
    products = [scores[:, 0, 0] * scores[:, item, day] for item, day in ((1, 1), (1, 0), (0, 1))]
    # Of another item on another day, of another item on this day, of this item on another day.
    assert [float(product.mean()) for product in products] == pytest.approx([0.2, 0.3, 0.5], abs=0.04)
