"""Features of an item on a day to come, computed from the days before the origin alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from insights.demand.corresponding_days import corresponding_days
from insights.demand.running_totals import RunningTotals, Values, running_totals
from insights.sales.calendar import festival_offsets
from insights.sales.history import SalesHistory
from insights.sales.known_values import last_known, mean_of_known

Rows = NDArray[np.intp]
# Days of the means: from the last days to a season.
_SPANS = (3, 7, 14, 28, 56, 91)
_SHARE_SPANS = (7, 28, 91)
# Weights of the last day in exponentially weighted means, and the days after which .9 ** days is below .002.
_DECAYS = (0.1, 0.3)
_DECAY_DAYS = 60
_WEEKS = 8
# Days around the corresponding day of an earlier year: alone, a day of one item is noise.
_ITEM_REACH, _GROUP_REACH = 3, 1
_YEARS_BACK = (1, 2)
_EPSILON = 1e-6


@dataclass(frozen=True, slots=True)
class FeatureBlock:
    """Features of items on the days after an origin."""

    values: NDArray[np.float32]
    """Shape (items, horizon, features); quantities are in units of `scale`."""
    scale: Values
    """Shape (items,): recent sales a day, above 0."""


class DemandFeatures:
    """Computes features at any origin of a history."""

    def __init__(self, history: SalesHistory, horizon: int) -> None:
        """`horizon` is the number of days after the last one for which features can be asked."""
        self._history, self._horizon = history, horizon
        quantity, is_observed = history.quantity, history.is_observed
        self._open = history.open_days
        self._sold = running_totals(quantity, is_observed)
        self._days_sold = running_totals((quantity > 0).astype(np.float32), is_observed)
        self._category_of, groups = _group_totals(history)
        open_days = np.broadcast_to(self._open, groups.shape)
        self._groups = running_totals(groups, open_days)
        days = history.days + horizon
        self._festivals = festival_offsets(history.first_day, days)
        self._earlier = [corresponding_days(history.first_day, days, years) for years in _YEARS_BACK]
        self._dates = [history.first_day + timedelta(days=day) for day in range(days)]

    @cached_property
    def first_sold(self) -> NDArray[np.intp]:
        """Shape (items,): the first day on which an item was sold."""
        return np.asarray((self._history.quantity > 0).argmax(axis=1))

    def at(self, origin: int, items: Rows, horizon: int) -> FeatureBlock:
        """Return the features of items on the days from `origin` on, knowing only those before it.

        Parameters
        ----------
        origin
            The first day to forecast, counted from the first of the history; 1 or more.
        items
            Shape (items,): items that were sold in the last 28 days before the origin.
        horizon
            The number of days.
        """
        scale = self._scale(origin, items)
        fixed = list(self._of_items(origin, items, scale))
        fixed += list(self._of_groups(origin, items))
        columns = [np.broadcast_to(column[:, None], (len(items), horizon)) for column in fixed]
        of_days = [list(self._of_day(origin, day, items, scale)) for day in range(origin, origin + horizon)]
        columns += [np.stack(column, axis=1) for column in zip(*of_days, strict=True)]
        return FeatureBlock(np.stack(columns, axis=2).astype(np.float32), scale)

    def _scale(self, origin: int, items: Rows) -> Values:
        level = mean_of_known(
            np.stack([self._sold.mean(items, origin - span, origin) for span in (28, 7)], axis=1)
        )
        # Of an item that was out of stock on all these days, what it sold before them.
        for earlier in (
            self._sold.mean(items, origin - _SPANS[-1], origin),
            self._sold.mean(items, 0, origin),
            self._history.quantity[items, max(0, origin - 28) : origin].mean(axis=1),
        ):
            level = np.where(np.isnan(level), earlier, level)
        return np.maximum(level, _EPSILON)

    def _of_items(self, origin: int, items: Rows, scale: Values) -> Iterator[Values]:
        """Yield what is the same for an item on all days, shape (items,) each."""
        history = self._history
        for span in _SPANS:
            yield self._sold.mean(items, origin - span, origin) / scale
        shares = {span: self._days_sold.mean(items, origin - span, origin) for span in _SHARE_SPANS}
        yield from shares.values()
        yield self._sold.mean(items, origin - 28, origin) / np.maximum(shares[28], _EPSILON) / scale
        start = max(0, origin - _DECAY_DAYS)
        recent = history.quantity[items, start:origin].astype(np.float64)
        observed = history.is_observed[items, start:origin]
        for decay in _DECAYS:
            weights = observed * (1 - decay) ** np.arange(origin - start)[::-1]
            yield (recent * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), _EPSILON) / scale
        was_sold = recent > 0
        yield np.where(was_sold.any(axis=1), was_sold[:, ::-1].argmax(axis=1), _DECAY_DAYS).astype(float)
        yield (origin - self.first_sold[items]).astype(float)
        yield recent[:, -1] / scale
        yield recent[:, -28:].max(axis=1) / scale
        yield recent[:, -28:].std(axis=1) / scale
        yield np.log(scale)
        price = history.price[items, max(0, origin - 91) : origin]
        usual = mean_of_known(price)
        yield last_known(price) / usual
        yield np.log(np.maximum(usual, _EPSILON))
        yield mean_of_known(history.promotion[items, max(0, origin - 28) : origin])

    def _of_groups(self, origin: int, items: Rows) -> Iterator[Values]:
        """Yield how the category and the shop go, shape (items,) each."""
        for groups in (self._category_of[items], np.full(len(items), len(self._groups.total) - 1)):
            for short, long in ((7, 28), (28, 91)):
                yield _ratio(self._groups, groups, (origin - short, origin), (origin - long, origin))

    def _of_day(self, origin: int, day: int, items: Rows, scale: Values) -> Iterator[Values]:
        """Yield what belongs to one day, shape (items,) each."""
        date = self._dates[day]
        for value in (day - origin, date.weekday(), date.timetuple().tm_yday, date.day):
            yield np.full(len(items), float(value))
        for offsets in self._festivals.values():
            yield np.full(len(items), float(offsets[day]))
        ahead = (day - origin) // 7 + 1
        weekdays = [self._observed(items, day - 7 * week) for week in range(ahead, ahead + _WEEKS)]
        yield weekdays[0] / scale
        yield weekdays[1] / scale
        yield mean_of_known(np.stack(weekdays[:4], axis=1)) / scale
        yield mean_of_known(np.stack(weekdays, axis=1)) / scale
        year_ago = int(self._earlier[0][day])
        reach = (year_ago - _ITEM_REACH, min(year_ago + _ITEM_REACH + 1, origin))
        yield self._sold.mean(items, *reach) / scale
        before = year_ago - (day - origin)
        yield self._sold.mean(items, before - 28, before) / scale
        for groups in (self._category_of[items], np.full(len(items), len(self._groups.total) - 1)):
            ratios = []
            for earlier in self._earlier:
                then = int(earlier[day])
                then_origin = then - (day - origin)
                around = (then - _GROUP_REACH, min(then + _GROUP_REACH + 1, origin))
                ratios.append(_ratio(self._groups, groups, around, (then_origin - 28, then_origin)))
            yield mean_of_known(np.stack(ratios, axis=1))

    def _observed(self, items: Rows, day: int) -> Values:
        if day < 0:
            return np.full(len(items), np.nan)
        known = self._history.is_observed[items, day]
        return np.where(known, self._history.quantity[items, day], np.nan).astype(np.float64)


def _group_totals(history: SalesHistory) -> tuple[Rows, NDArray[np.float32]]:
    """Return the category of each item, and the sales of each category and, last, of the shop."""
    names = sorted({item.category for item in history.items})
    numbers = {name: number for number, name in enumerate(names)}
    category_of = np.array([numbers[item.category] for item in history.items], dtype=np.intp)
    totals = np.zeros((len(names) + 1, history.days), dtype=np.float32)
    np.add.at(totals, category_of, history.quantity)
    totals[-1] = history.quantity.sum(axis=0)
    return category_of, totals


def _ratio(totals: RunningTotals, rows: Rows, above: tuple[int, int], below: tuple[int, int]) -> Values:
    return totals.mean(rows, *above) / np.maximum(totals.mean(rows, *below), _EPSILON)
