"""Coordinates of plots in pages: records of what a template draws as SVG."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from insights.evaluation.backtest import MODEL, OriginForecasts
from insights.sales.history import Item, SalesHistory

WIDTH, HEIGHT = 1_000, 200
"""Of the area of a plot; pages stretch it to their width."""
EXAMPLE_DAYS = 42
"""Six weeks of sales before an example's forecast, with their weekly rhythm."""

Points = Sequence[tuple[float, float]]


class Line(NamedTuple):
    """A method over the origins."""

    method: str
    points: Sequence[tuple[float, float, str]]
    """Position, and what a pointer on it is shown."""


@dataclass(frozen=True, slots=True)
class OriginPlot:
    """A figure of all methods over the origins."""

    lines: Sequence[Line]
    high: float
    """The value at the upper edge; the lower is 0."""
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class ExamplePlot:
    """An item's sales, its forecast as of the last origin, and what was sold then."""

    item: Item
    before: Points
    """What was sold up to the origin."""
    after: Points
    """What was sold in the days of the forecast."""
    mean: Points
    band: Points
    """The outline of the band from the quantile at .1 to that at .9."""
    origin_x: float
    high: float
    sold: float
    """In the days of the forecast, as the next."""
    forecast: float


def origin_plot(values: Mapping[str, Sequence[float]], origins: Sequence[str]) -> OriginPlot:
    """Return the lines of methods over origins; values that are not numbers are left out."""
    known = [value for line in values.values() for value in line if value == value]  # noqa: PLR0124 - no NaN
    high = max(known, default=0.0) * 1.05 or 1.0
    across = max(1, len(origins) - 1)
    lines = [
        Line(
            method,
            [
                (_x(at, across), _y(value, high), f"{origins[at]} {method} {value:.3f}")
                for at, value in enumerate(line)
                if value == value  # noqa: PLR0124 - no NaN
            ],
        )
        for method, line in values.items()
    ]
    return OriginPlot(lines, high, origins[0], origins[-1])


def example_plots(history: SalesHistory, origin: OriginForecasts, wanted: int) -> list[ExamplePlot]:
    """Return items as of an origin, from the one that sold most then to the one that sold least, evenly."""
    volume = (origin.sold * origin.is_scored).sum(axis=1)
    order = sorted(range(len(volume)), key=lambda row: (-volume[row], row))
    count = min(wanted, len(order))
    chosen = dict.fromkeys(order[at * (len(order) - 1) // max(1, count - 1)] for at in range(count))
    return [_example(history, origin, row) for row in chosen]


def _example(history: SalesHistory, origin: OriginForecasts, row: int) -> ExamplePlot:
    index, forecast = origin.items[row], origin.forecasts[MODEL]
    before = history.quantity[index, max(0, origin.known_days - EXAMPLE_DAYS) : origin.known_days].tolist()
    sold, mean, low, up = (
        matrix[row].tolist() for matrix in (origin.sold, forecast.mean, forecast.q10, forecast.q90)
    )
    across = max(1, len(before) + len(sold) - 1)
    high = max(*before, *sold, *up, *mean) * 1.05 or 1.0

    def points(values: Sequence[float], begins: int) -> list[tuple[float, float]]:
        return [(_x(begins + at, across), _y(value, high)) for at, value in enumerate(values)]

    scored = origin.is_scored[row]
    return ExamplePlot(
        history.items[index],
        points(before, 0),
        [point for point, counts in zip(points(sold, len(before)), scored, strict=True) if counts],
        points(mean, len(before)),
        [*points(up, len(before)), *reversed(points(low, len(before)))],
        _x(len(before) - 0.5, across),
        high,
        float(origin.sold[row][scored].sum()),
        float(forecast.mean[row][scored].sum()),
    )


def _x(position: float, across: int) -> float:
    return round(WIDTH * position / across, 1)


def _y(value: float, high: float) -> float:
    return round(HEIGHT * (1 - value / high), 1)
