"""Measures by groups of item days, and the comparison with the best simple forecast."""

import numpy as np
import pytest

from insights.evaluation.backtest import MODEL
from insights.evaluation.item_errors import item_errors
from insights.evaluation.summary import summarize
from tests.insights.evaluation.backtests import constant_model, evaluated
from tests.insights.histories import history_of


def two_items(days=98):
    """One sells 4 every day, the other 2 every second."""
    return history_of([[4] * days, [2, 0] * (days // 2)])


def test_measures_are_of_all_item_days_together():
    summary = summarize(evaluated(two_items(), constant_model(3)))
    # A day: errors of 1 and of 1 or 3, on average 3; sold 4 and on average 1.
    assert summary.total[MODEL].item_days == 3 * 2 * 14
    assert summary.total[MODEL].wape == pytest.approx(3 / 5)
    assert summary.total[MODEL].bias == pytest.approx(1 / 5)


def test_classes_weeks_and_origins_are_measured_apart():
    summary = summarize(evaluated(two_items(), constant_model(3), horizon=10))
    assert {name: scores[MODEL].item_days for name, scores in summary.by_class.items()} == {
        "smooth": 30,
        "intermittent": 30,
    }
    assert summary.by_class["smooth"][MODEL].wape == pytest.approx(1 / 4)
    # Errors of 1 and 3 on sales of 2 and 0.
    assert summary.by_class["intermittent"][MODEL].wape == pytest.approx(2)
    # Seven days and three, of two items at three origins.
    assert {week: scores[MODEL].item_days for week, scores in summary.by_week.items()} == {1: 42, 2: 18}
    assert list(summary.by_origin) == ["2024-02-29", "2024-03-14", "2024-03-28"]


def test_the_model_is_compared_with_the_best_of_the_others():
    history = history_of([[4] * 126])
    difference = summarize(evaluated(history, constant_model(5))).difference
    # All but Croston's method know the level; the first of them is named.
    assert difference.baseline == "seasonal naive"
    assert difference.mean == pytest.approx(1 / 4)
    # It is the same at each of five origins.
    assert difference.interval == pytest.approx((1 / 4, 1 / 4))


def test_few_origins_tell_no_interval():
    assert summarize(evaluated(two_items(), constant_model(3))).difference.interval is None


def test_the_interval_spans_origins_that_differ():
    rng = np.random.default_rng(5)
    quantity = np.repeat(rng.integers(1, 9, 18), 7)[None].astype(float)
    low, high = summarize(evaluated(history_of(quantity), constant_model(4))).difference.interval
    assert low < high


def test_items_are_listed_by_the_sum_of_their_errors():
    rows = item_errors(evaluated(two_items(), constant_model(3), origins=1))
    assert [(row.item.id, row.sold, row.forecast, row.error) for row in rows] == [
        ("A1", 14, 42, 28),
        ("A0", 56, 42, 14),
    ]
    assert rows[0].share == pytest.approx(2 / 3)
