"""Forecasts as tables and as JSON."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from insights.demand.categories import CategoryForecast
from insights.demand.forecast_table import Forecast

ITEM_HEADER = ("origin", "item", "date", "mean", "q10", "q50", "q90")
CATEGORY_HEADER = ("origin", "category", "date", "mean", "q10", "q50", "q90")
# Digits after the point: forecasts of a thousandth of a piece a day are noise.
_DIGITS = 4


def item_rows(forecast: Forecast) -> Iterator[tuple[object, ...]]:
    """Yield a row for each item and day, by item, as `ITEM_HEADER` says."""
    for index, item in enumerate(forecast.items):
        columns = [
            values[index].tolist() for values in (forecast.mean, forecast.q10, forecast.q50, forecast.q90)
        ]
        yield from _rows(forecast.origin, item.id, columns)


def category_rows(origin: date, categories: Sequence[CategoryForecast]) -> Iterator[tuple[object, ...]]:
    """Yield a row for each category and day, as `CATEGORY_HEADER` says; the shop is the empty category."""
    for one in categories:
        columns = [values.tolist() for values in (one.mean, one.q10, one.q50, one.q90)]
        yield from _rows(origin, one.path, columns)


def number_text(value: float) -> str:
    """Return a quantity with four digits after the point at most."""
    return f"{value:.{_DIGITS}f}".rstrip("0").rstrip(".")


def forecast_json(forecast: Forecast, categories: Sequence[CategoryForecast]) -> dict[str, object]:
    """Return a forecast as plain JSON values."""
    names = ITEM_HEADER[1:]
    return {
        "origin": forecast.origin.isoformat(),
        "horizon": forecast.horizon,
        "items": [_named(names, row[1:]) for row in item_rows(forecast)],
        "categories": [
            _named(CATEGORY_HEADER[1:], row[1:]) for row in category_rows(forecast.origin, categories)
        ],
    }


def _rows(origin: date, name: str, columns: Sequence[Sequence[float]]) -> Iterator[tuple[object, ...]]:
    for step, values in enumerate(zip(*columns, strict=True)):
        yield (origin, name, origin + timedelta(days=step + 1), *(number_text(value) for value in values))


def _named(names: Sequence[str], row: Sequence[object]) -> dict[str, object]:
    name, day, *values = row
    return dict(zip(names, (name, str(day), *(float(str(value)) for value in values)), strict=True))
