"""Evaluations of models of who buys again."""

import math
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from insights.churn.evaluation.auc_difference import ComparedOrigin, auc_difference
from insights.churn.evaluation.cut import NoEarlierDay
from insights.churn.evaluation.evaluate import evaluate_churn
from insights.churn.evaluation.origin_evaluation import MODEL
from insights.churn.evaluation.split import rolling_origins
from shangsou.errors import UnusableInput
from tests.insights.churn.evaluation.bg_nbd_scores import bg_nbd_scores, constant_scores
from tests.insights.churn.evaluation.records import orders_of, shop_orders
from tests.insights.customers.cdnow import CALIBRATION_END, needs_cdnow, read_cdnow


@pytest.fixture(scope="module")
def evaluation():
    orders = shop_orders()
    return evaluate_churn(orders, None, bg_nbd_scores, rolling_origins(orders, 30, 2), 30)


def test_a_model_sees_no_order_after_the_origin():
    orders, seen = shop_orders(), []

    def spying(known, horizon_days, activity):
        seen.append((known.last_day, known.day.max()))
        return constant_scores(0.5)(known, horizon_days)

    origins = rolling_origins(orders, 30, 2)
    evaluate_churn(orders, None, spying, origins, 30)
    # The first is scored a horizon earlier too, for its cut.
    assert [day for day, _ in seen] == [origins[0] - timedelta(30), *origins]
    assert all(last <= day.toordinal() for day, last in seen)


def test_a_score_that_tells_customers_apart_has_a_high_auc_and_a_constant_one_half(evaluation):
    # Half of the customers order every ten days, and the others never again.
    assert evaluation.ranks[MODEL].auc > 0.9
    orders = shop_orders()
    constant = evaluate_churn(orders, None, constant_scores(0.5), rolling_origins(orders, 30, 2), 30)
    assert constant.ranks[MODEL].auc == 0.5
    assert constant.difference.mean < 0
    assert constant.difference.interval[1] < 0


def test_the_cut_comes_from_the_horizon_before(evaluation):
    first, second = evaluation.origins
    assert first.cut.chosen_as_of == first.origin - timedelta(30)
    assert first.cut.no_earlier_day is None
    assert second.cut.chosen_as_of == first.origin


def test_where_the_records_begin_too_late_probabilities_choose_the_cut():
    orders = shop_orders(days=70)
    (one,) = evaluate_churn(orders, None, bg_nbd_scores, rolling_origins(orders, 35), 35).origins
    assert (one.cut.chosen_as_of, one.cut.no_earlier_day) == (None, NoEarlierDay.TOO_SHORT)


def test_where_nobody_bought_after_the_earlier_day_probabilities_choose_the_cut():
    # Orders on the first ten days and on the last: none in the 30 days after the earlier day, 59.
    orders = orders_of({f"c{number:02}": [number % 10, 119] for number in range(40)}, last=119)
    (one,) = evaluate_churn(orders, None, constant_scores(0.4), [orders.last_day - timedelta(30)], 30).origins
    assert (one.cut.chosen_as_of, one.cut.no_earlier_day) == (None, NoEarlierDay.NOBODY_BOUGHT)


def test_where_the_earlier_day_cannot_be_scored_probabilities_choose_the_cut():
    orders = shop_orders()
    (origin,) = rolling_origins(orders, 30, 1)

    def failing(known, horizon_days, activity):
        if known.last_day < origin:
            raise UnusableInput("too few")
        return constant_scores(0.2)(known, horizon_days)

    (one,) = evaluate_churn(orders, None, failing, [origin], 30).origins
    assert (one.cut.chosen_as_of, one.cut.no_earlier_day) == (None, NoEarlierDay.NOT_SCORED)


def test_figures_are_means_over_origins_and_counts_are_sums(evaluation):
    first, second = evaluation.origins
    assert evaluation.ranks[MODEL].auc == pytest.approx(
        (first.ranks[MODEL].auc + second.ranks[MODEL].auc) / 2
    )
    assert evaluation.calibration_error == pytest.approx(
        (first.calibration_error + second.calibration_error) / 2
    )
    assert evaluation.confusion.true_positives == (
        first.confusion.true_positives + second.confusion.true_positives
    )
    assert len(evaluation.probability) == len(evaluation.has_bought) == 240


def test_customers_in_another_order_are_the_same_customers(evaluation):
    def backwards(orders, horizon_days, activity):
        scores = bg_nbd_scores(orders, horizon_days)
        return replace(
            scores,
            customers=scores.customers[::-1],
            probability=scores.probability[::-1],
            expected_purchases=scores.expected_purchases[::-1],
            expected_value=scores.expected_value[::-1],
            reasons=scores.reasons[::-1],
        )

    orders = shop_orders()
    again = evaluate_churn(orders, None, backwards, rolling_origins(orders, 30, 2), 30)
    assert again.ranks == evaluation.ranks
    assert again.reasons == evaluation.reasons


def test_a_model_that_leaves_a_customer_out_is_refused_without_naming_anybody():
    def forgetful(orders, horizon_days, activity):
        scores = constant_scores(0.5)(orders, horizon_days)
        return replace(scores, customers=("x", *scores.customers[1:]))

    orders = shop_orders()
    with pytest.raises(ValueError, match="leave out 1 customer of the orders") as raised:
        evaluate_churn(orders, None, forgetful, [date(2026, 4, 1)], 29)
    assert "c0000" not in str(raised.value)


def test_an_origin_that_cannot_be_scored_is_left_out_and_all_of_them_are_unusable():
    orders = shop_orders()
    origins = rolling_origins(orders, 30, 2)

    def failing(known, horizon_days, activity):
        if known.last_day < origins[-1]:
            raise UnusableInput("too few")
        return constant_scores(0.2)(known, horizon_days)

    found = evaluate_churn(orders, None, failing, origins, 30)
    assert found.left_out == {origins[0]: "too few"}
    assert [one.origin for one in found.origins] == origins[1:]
    # There is no score of a day before, from which a cut could be chosen.
    assert found.origins[0].cut.no_earlier_day is NoEarlierDay.NOT_SCORED
    with pytest.raises(UnusableInput, match="nothing can be measured: too few"):
        evaluate_churn(orders, None, failing, origins[:1], 30)


def test_customers_of_one_order_each_have_baselines_without_bg_nbd_and_no_auc():
    orders = orders_of({f"c{number:02}": [number] for number in range(40)}, last=59)
    found = evaluate_churn(orders, None, constant_scores(0.1), [date(2026, 1, 30)], 30)
    assert list(found.ranks) == [MODEL, "frequency", "recency"]
    assert math.isnan(found.ranks[MODEL].auc)
    assert found.difference.interval is None
    # What nobody bought cannot be told to be too much by a share.
    assert math.isnan(found.origins[0].purchases[MODEL].bias)


def test_the_interval_of_a_score_against_itself_is_nothing():
    bought = np.arange(60) % 3 == 0
    score = np.arange(60, dtype=np.float64)
    same = auc_difference("x", [ComparedOrigin(np.arange(60), bought, score, score)])
    assert (same.mean, same.interval) == (0, (0, 0))


def test_the_interval_of_a_difference_holds_it_and_needs_thirty_customers():
    random = np.random.default_rng(2)
    bought = random.random(200) < 0.4
    good, bad = bought + random.normal(0, 1, 200), random.normal(0, 1, 200)
    found = auc_difference("x", [ComparedOrigin(np.arange(200), bought, good, bad)])
    assert 0 < found.interval[0] < found.mean < found.interval[1]
    few = auc_difference("x", [ComparedOrigin(np.arange(29), bought[:29], good[:29], bad[:29])])
    assert few.interval is None


@needs_cdnow
def test_measures_of_bg_nbd_on_cdnow_are_as_published(tmp_path):
    orders = read_cdnow(tmp_path)
    assert rolling_origins(orders, 273) == [CALIBRATION_END]
    found = evaluate_churn(orders, None, bg_nbd_scores, [CALIBRATION_END], 273)
    aucs = {name: round(one.auc, 3) for name, one in found.ranks.items() if name != MODEL}
    assert aucs == {"frequency": 0.758, "recency": 0.771, "BG/NBD": 0.773, "P(alive)": 0.316}
    purchases = found.origins[0].purchases["BG/NBD"]
    assert round(purchases.rmse, 2) == 1.61
    assert round(purchases.bias, 2) == -0.12
