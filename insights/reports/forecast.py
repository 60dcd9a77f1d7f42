"""The page of a forecast, for a buyer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from insights.demand.categories import CategoryForecast
from insights.demand.forecast import DemandForecast
from insights.demand.short_history import is_short
from insights.demand.weekdays import closed_weekdays
from insights.reports.plots import HEIGHT, WIDTH
from insights.sales.calendar import FESTIVALS
from insights.sales.history import CATEGORY_SEPARATOR, Item, SalesHistory
from shangsou.report_pages.environment import page_environment

# Items in the table; the file of --out has all.
_ITEMS = 100
# Categories of the first level that are drawn.
_CATEGORIES = 12
# Days of sales that are drawn before those of the forecast.
_DAYS_BEFORE = 42


@dataclass(frozen=True, slots=True)
class ForecastPlot:
    """The sales of a category and their forecast, as points of a plot."""

    name: str
    before: Sequence[tuple[float, float]]
    mean: Sequence[tuple[float, float]]
    band: Sequence[tuple[float, float]]
    """The outline from the quantile at .1 to that at .9."""
    origin_x: float
    high: float
    """The quantity at the upper edge; the lower is 0."""
    expected: float
    """Of all days together, as the next."""
    sold_before: float
    """On as many days up to the origin."""


@dataclass(frozen=True, slots=True)
class ItemTotal:
    """What an item sold and is expected to sell, on as many days."""

    item: Item
    sold_before: float
    expected: float
    low: float
    """The tenth percentile of the total, over the simulated paths."""
    high: float


def forecast_page(
    history: SalesHistory, demand: DemandForecast, categories: Sequence[CategoryForecast]
) -> str:
    """Return a forecast as an HTML document."""
    forecast = demand.forecast
    first_level = [one for one in categories if one.path and CATEGORY_SEPARATOR not in one.path]
    largest = sorted(first_level, key=lambda one: -one.mean.sum())[:_CATEGORIES]
    first, last = forecast.origin + timedelta(days=1), forecast.origin + timedelta(days=forecast.horizon)
    environment = page_environment(Path(__file__).parent)
    environment.filters["amount"] = lambda value: f"{value:,.0f}" if value >= 10 else f"{value:.1f}"
    closed = "一二三四五六日"
    return environment.get_template("forecast.html").render(
        is_short=is_short(history),
        closed="、".join(f"周{closed[weekday]}" for weekday in closed_weekdays(history).tolist()),
        first_drawn=forecast.origin - timedelta(days=min(_DAYS_BEFORE, history.days) - 1),
        forecast=forecast,
        first=first,
        last=last,
        festivals=_festivals(first, last),
        shop=_plot(history, categories[0]),
        plots=[_plot(history, one) for one in largest],
        hidden_categories=len(first_level) - len(largest),
        items=_largest_items(history, demand),
        width=WIDTH,
        height=HEIGHT,
    )


def _plot(history: SalesHistory, category: CategoryForecast) -> ForecastPlot:
    sold = _sold(history, category.path)
    before, horizon = sold[-_DAYS_BEFORE:], len(category.mean)
    high = max(float(before.max()), float(category.q90.max()), 1e-9) * 1.05
    step = WIDTH / max(1, len(before) + horizon - 1)

    def points(values: NDArray[np.floating], first: int) -> list[tuple[float, float]]:
        return [
            (round((first + index) * step, 1), round(HEIGHT * (1 - value / high), 1))
            for index, value in enumerate(values.tolist())
        ]

    start = len(before)
    outline = points(category.q90, start) + points(category.q10, start)[::-1]
    return ForecastPlot(
        category.path or "全店",
        points(before, 0),
        points(category.mean, start),
        outline,
        round((start - 0.5) * step, 1),
        high,
        float(category.mean.sum()),
        float(sold[-horizon:].sum()),
    )


def _sold(history: SalesHistory, path: str) -> NDArray[np.float64]:
    """Return what a category sold on each day, shape (days,)."""
    below = path + CATEGORY_SEPARATOR
    rows = [
        index
        for index, item in enumerate(history.items)
        if not path or item.category == path or item.category.startswith(below)
    ]
    return np.asarray(history.quantity[rows].sum(axis=0, dtype=np.float64))


def _largest_items(history: SalesHistory, demand: DemandForecast) -> list[ItemTotal]:
    horizon = demand.forecast.horizon
    position = {item.id: index for index, item in enumerate(history.items)}
    expected = demand.forecast.mean.sum(axis=1)
    totals = []
    for index in expected.argsort()[::-1][:_ITEMS].tolist():
        item = demand.forecast.items[index]
        row = position.get(item.id)
        sold = 0.0 if row is None else float(history.quantity[row, -horizon:].sum())
        low, high = np.quantile(demand.paths.quantity[:, index].sum(axis=1), (0.1, 0.9)).tolist()
        totals.append(ItemTotal(item, sold, float(expected[index]), low, high))
    return totals


def _festivals(first: date, last: date) -> list[tuple[date, str]]:
    """Return the festivals within the days of a forecast, in order."""
    days = [
        (festival.day_in(year), festival.name)
        for festival in FESTIVALS
        for year in range(first.year, last.year + 1)
    ]
    return sorted(one for one in days if first <= one[0] <= last)
