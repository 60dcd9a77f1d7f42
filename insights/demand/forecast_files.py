"""Forecasts as tables and as JSON."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from insights.demand.categories import CategoryForecast
from insights.demand.forecast_table import Forecast
from shangsou.errors import UnusableInput

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


def check_table_name(option: str, path: Path | None) -> None:
    """Raise `UnusableInput` where the name of a file says that it is no text."""
    if path is not None and [one for one in path.suffixes if one != ".gz"][-1:] not in (
        [".csv"],
        [".tsv"],
        [],
    ):
        raise UnusableInput(
            f"{option} {path}: tables are written as .csv or .tsv, packed with .gz; name it so"
        )


def forecast_text(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table as text: TSV where the name of its file says so (`.tsv`, `.tsv.gz`), else CSV."""
    text = io.StringIO()
    is_tsv = ".tsv" in path.suffixes
    writer = csv.writer(text, lineterminator="\n", delimiter="\t" if is_tsv else ",")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


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
