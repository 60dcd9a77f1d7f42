"""Effects of planned prices and promotions on demand, learned from days on which items sold."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from insights.demand.running_totals import RunningTotals, Values, running_totals
from insights.sales.history import PlannedDays, SalesHistory
from insights.sales.known_values import mean_of_known

# The usual price and the usual sales of an item are those of as many days before.
_USUAL_DAYS = 28
# Rows of a category that weigh as much as what the whole shop shows: a few promotions tell little.
_PRIOR_ROWS = 200.0
# Changes of price and promotion that tell an effect at all.
_MIN_CHANGES = 20
# A higher price sells no more, a promotion no less.
_SIGNS = (-1, 1)
# Below it a difference from the usual may be what a day of another price, or of a promotion, leaves in the
# mean of the 28 days after it: a 28th of the change.
_MIN_DIFFERENCE = 0.05
# Effects of categories that differ by less are shown as one.
_MIN_SHOWN = 0.01
# Beyond this a plan is a mistake, or nothing that the sales tell of.
_MIN_FACTOR, _MAX_FACTOR = 0.2, 10.0


@dataclass(frozen=True, slots=True)
class PlannedEffects:
    """How sales answer to price and promotion, by category."""

    elasticity: dict[str, float]
    """The change of the logarithm of sales with that of the price, never above 0: with -2 a tenth off sells
    23 % more."""
    uplift: dict[str, float]
    """The change of the logarithm of sales by a promotion of 1, never below 0."""
    price_rows: int
    """Item days with another price than usual, on which the elasticities rest; without them they are 0."""
    promotion_rows: int
    """Item days with more or less promotion than usual, without which the uplifts are 0."""
    price_range: tuple[float, float]
    """The logarithms of prices over the usual one that were seen: plans beyond count as these."""

    def remarks(self) -> list[str]:
        """Return what plans are taken to do, in sentences."""
        none = "the sales do not tell what a {0} changes: planned {0}s change nothing"
        lines = [none.format("price"), none.format("promotion")]
        if self.price_rows:
            lowered = [0.9**value - 1 for value in self.elasticity.values()]
            low, high = (float(np.exp(value)) - 1 for value in self.price_range)
            lines[0] = (
                f"a price of 10 % less sells {_range(lowered)} (from {self.price_rows:,} item days, with "
                f"prices {low:+.0%} to {high:+.0%} from the usual; plans beyond count as these)"
            )
        if self.promotion_rows:
            raised = [float(np.exp(value)) - 1 for value in self.uplift.values()]
            lines[1] = f"a promotion of 1 sells {_range(raised)} (from {self.promotion_rows:,} item days)"
        return lines


def planned_factor(history: SalesHistory, planned: PlannedDays, items: NDArray[np.intp]) -> Values:
    """Return what plans multiply the demand by, shape (items, horizon); 1 where nothing is planned."""
    effects = estimate_effects(history)
    recent = slice(max(0, history.days - _USUAL_DAYS), history.days)
    usual_price = mean_of_known(history.price[items, recent])
    usual_promotion = np.nan_to_num(mean_of_known(history.promotion[items, recent]))
    categories = [history.items[index].category for index in items]
    elasticity = np.array([effects.elasticity[name] for name in categories])[:, None]
    uplift = np.array([effects.uplift[name] for name in categories])[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.log(planned.price[items] / usual_price[:, None])
    price = elasticity * np.clip(change, *effects.price_range)
    promotion = uplift * (planned.promotion[items] - usual_promotion[:, None])
    effect = np.exp(np.nan_to_num(price, posinf=0, neginf=0) + np.nan_to_num(promotion))
    return np.asarray(np.clip(effect, _MIN_FACTOR, _MAX_FACTOR))


def estimate_effects(history: SalesHistory) -> PlannedEffects:
    """Return the effects: a regression of the logarithm of what an item sold, against its usual sales.

    Only days on which an item sold count, since many tables know a price for no others. What all items of a
    day have in common, such as a holiday, is taken off first. Categories are drawn towards the shop, as a
    ridge regression does (Hoerl & Kennard 1970).
    """
    item, day = np.nonzero((history.quantity > 0) & history.is_observed)
    sold = running_totals(history.quantity, history.is_observed & (history.quantity > 0))
    known_price = np.isfinite(history.price) & (history.price > 0)
    price = running_totals(np.log(np.where(known_price, history.price, 1)), known_price)
    promoted = running_totals(np.nan_to_num(history.promotion), np.isfinite(history.promotion))
    usual_sales, usual_price, usual_promotion = (
        _before(totals, item, day) for totals in (sold, price, promoted)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        target = np.log(history.quantity[item, day]) - np.log(usual_sales)
        own_price = np.where(known_price[item, day], np.log(history.price[item, day]), np.nan)
    changes = np.stack([own_price - usual_price, history.promotion[item, day] - usual_promotion], axis=1)
    changes = np.nan_to_num(changes)
    usable = np.isfinite(target)
    item, day, target, changes = item[usable], day[usable], target[usable], changes[usable]
    rows = [int((np.abs(changes[:, column]) > _MIN_DIFFERENCE).sum()) for column in (0, 1)]
    for column in (0, 1):
        if rows[column] < _MIN_CHANGES:
            changes[:, column] = 0
    seen = np.quantile(changes[:, 0], (0.01, 0.99)) if len(changes) else np.zeros(2)
    target, changes = _within_days(target, day), _within_days(changes, day)
    for column, sign in enumerate(_SIGNS):
        # Where prices and promotions come together, or prices follow demand, one may get the wrong sign: it
        # cannot be told from these sales, and the other is estimated alone.
        if _slopes(changes, target, np.zeros(2), 1.0)[column] * sign < 0:
            changes[:, column], rows[column] = 0, 0
    shop = _slopes(changes, target, np.zeros(2), 1.0)
    category_of = np.array([entry.category for entry in history.items])[item]
    by_category = {
        name: _slopes(changes[category_of == name], target[category_of == name], shop, _PRIOR_ROWS)
        for name in {entry.category for entry in history.items}
    }
    return PlannedEffects(
        {name: min(float(slopes[0]), 0.0) for name, slopes in by_category.items()},
        {name: max(float(slopes[1]), 0.0) for name, slopes in by_category.items()},
        rows[0] if rows[0] >= _MIN_CHANGES else 0,
        rows[1] if rows[1] >= _MIN_CHANGES else 0,
        (min(float(seen[0]), 0.0), max(float(seen[1]), 0.0)),
    )


def _before(totals: RunningTotals, item: NDArray[np.intp], day: NDArray[np.intp]) -> Values:
    """Return the mean of the 28 days before each row; NaN where nothing is known."""
    start = np.maximum(day - _USUAL_DAYS, 0)
    observed = totals.observed[item, day] - totals.observed[item, start]
    total = totals.total[item, day] - totals.total[item, start]
    return np.asarray(np.divide(total, observed, out=np.full(len(item), np.nan), where=observed > 0))


def _within_days(values: Values, day: NDArray[np.intp]) -> Values:
    """Return values less the mean of their day."""
    columns = values.reshape(len(values), -1)
    count = np.maximum(np.bincount(day), 1)
    means = np.stack([np.bincount(day, column) / count for column in columns.T], axis=1)
    return np.asarray((columns - means[day]).reshape(values.shape))


def _slopes(changes: Values, target: Values, prior: Values, prior_rows: float) -> Values:
    """Return the slopes of a ridge regression towards `prior`, which counts as so many rows."""
    # By column: changes of a flag of promotion are far larger than those of the logarithm of a price.
    penalty = np.diag(prior_rows * np.maximum((changes**2).sum(axis=0) / max(len(changes), 1), 1e-6))
    return np.asarray(np.linalg.solve(changes.T @ changes + penalty, changes.T @ target + penalty @ prior))


def _range(changes: Sequence[float]) -> str:
    low, high = min(changes), max(changes)
    return f"{low:+.0%} to {high:+.0%}, by category" if high - low > _MIN_SHOWN else f"{high:+.0%}"
