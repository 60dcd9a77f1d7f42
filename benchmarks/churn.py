"""Scores of who buys again on CDNOW and on simulated shoppers, and whether their reasons are true."""

import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from benchmarks.churn_false_reasons import false_reasons
from insights.churn.circumstances import circumstances
from insights.churn.evaluation.measures import auc, calibration_error, errors
from insights.churn.score import score_customers
from insights.churn.scores import Scores
from insights.customers.orders import Orders, days_bought
from insights.simulation.shop import SimulatedShop, simulate_shop
from tests.insights.customers.cdnow import CALIBRATION_END, END, HOLDOUT_START, read_cdnow

Numbers = NDArray[np.float64]
HORIZONS = (30, 90)
# Seeds that no setting was chosen on.
SEEDS = (101, 102, 103, 104, 105)
SHOPPERS, DAYS = 5_000, 400


@dataclass(frozen=True, slots=True)
class _ScoredShop:
    """A simulated shop with its scores as of a day, and what is true of its customers then."""

    orders: Orders
    shop: SimulatedShop
    scores: Scores
    without_activity: Scores
    has_bought: NDArray[np.bool_]
    probability: Numbers
    """That is true, of each customer."""


def measure(_data: Path, _elastic_url: str) -> dict[str, object]:
    """Return how scores do on CDNOW and on simulated shops, and how true the reasons are there."""
    results: dict[str, object] = {f"CDNOW, {part}": _cdnow(part) for part in ("sample", "master")}
    for horizon in HORIZONS:
        shops = list(_scored_shops(horizon))
        results[f"simulated, {horizon} days"] = {
            "scores": [_measures(one) for one in shops],
            "reasons": _truth_of_reasons(shops),
        }
    return results | {"simulated, false reasons": false_reasons()}


def _cdnow(part: str) -> dict[str, object]:
    with TemporaryDirectory() as folder:
        orders = read_cdnow(Path(folder), part)
    known = orders.until(CALIBRATION_END)
    started = time.perf_counter()
    scores = score_customers(known, (END - CALIBRATION_END).days)
    took_s = time.perf_counter() - started
    bought = days_bought(orders, known.customers, HOLDOUT_START, END)
    off = errors(bought.astype(np.float64), scores.expected_purchases)
    return {
        "customers": len(known.customers),
        "method": scores.method,
        "auc": round(auc(bought > 0, scores.probability), 4),
        "calibration_error": round(calibration_error(bought > 0, scores.probability), 4),
        "rmse": round(off.rmse, 3) if off else None,
        "sum": round(off.bias, 3) if off else None,
        "took_s": round(took_s, 1),
    }


def _scored_shops(horizon: int) -> Iterator[_ScoredShop]:
    for seed in SEEDS:
        shop = simulate_shop(seed, SHOPPERS, DAYS + horizon)
        as_of = shop.orders.last_day - timedelta(days=horizon)
        orders = shop.orders.until(as_of)
        first_day = as_of + timedelta(days=1)
        bought = days_bought(shop.orders, orders.customers, first_day, shop.orders.last_day)
        yield _ScoredShop(
            orders,
            shop,
            score_customers(orders, horizon, shop.activity),
            score_customers(orders, horizon),
            bought > 0,
            shop.truth(as_of, horizon).probability[shop.positions(orders.customers)],
        )


def _measures(one: _ScoredShop) -> dict[str, object]:
    bought = one.has_bought
    return {
        "with activity": round(auc(bought, one.scores.probability), 4),
        "without": round(auc(bought, one.without_activity.probability), 4),
        "true probability": round(auc(bought, one.probability), 4),
        "calibration_error": round(calibration_error(bought, one.scores.probability), 4),
        "methods": [one.scores.method, one.without_activity.method],
    }


def _truth_of_reasons(shops: Sequence[_ScoredShop]) -> dict[str, object]:
    """Return by code in how many shops it is a reason, in how many rightly, and the mean difference.

    Rightly: customers in the circumstance have, by the true probability, a lower one than customers who are
    the same in all other circumstances where it is given as a risk, else a higher one.
    """
    right: Counter[str] = Counter()
    differences: dict[str, list[float]] = defaultdict(list)
    for one in shops:
        claims = {reason.code: reason.is_risk for reasons in one.scores.reasons for reason in reasons}
        found = circumstances(one.orders, one.shop.activity)
        holds = np.column_stack([each.holds for each in found])
        for at, circumstance in enumerate(found):
            if circumstance.code in claims:
                difference = _matched_difference(holds, at, one.probability)
                differences[circumstance.code].append(difference)
                right[circumstance.code] += (difference < 0) == claims[circumstance.code]
    return {
        code: {"shops": len(own), "right": right[code], "difference": round(float(np.mean(own)), 3)}
        for code, own in sorted(differences.items())
    }


def _matched_difference(holds: NDArray[np.bool_], column: int, probability: Numbers) -> float:
    """Return the mean difference to customers who are the same in all other columns.

    Groups count by their customers in whom the column holds; those that have only one kind do not.
    """
    others = np.delete(holds, column, axis=1)
    _, group = np.unique(others, axis=0, return_inverse=True)
    group, is_in = group.reshape(-1), holds[:, column]
    count_in, count_out = np.bincount(group, is_in), np.bincount(group, ~is_in)
    mean_in = np.bincount(group, is_in * probability) / np.maximum(count_in, 1)
    mean_out = np.bincount(group, ~is_in * probability) / np.maximum(count_out, 1)
    weight = np.where(count_out > 0, count_in, 0.0)
    return float(weight @ (mean_in - mean_out) / weight.sum())
