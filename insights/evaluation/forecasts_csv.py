"""Forecasts of an evaluation as CSV."""

import csv
import io
from datetime import timedelta

from insights.demand.forecast_files import number_text
from insights.evaluation.backtest import Backtest

_HEADER = ("origin", "item", "date", "class", "sold", "method", "mean", "q10", "q50", "q90")


def forecasts_csv(backtest: Backtest) -> str:
    """Return all forecasts that were measured, with what was sold: a row for each item, day and method."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_HEADER)
    for origin in backtest.origins:
        for row, index in enumerate(origin.items):
            item, of_class = backtest.history.items[index].id, origin.classes[row]
            for step in origin.is_scored[row].nonzero()[0].tolist():
                day = origin.origin + timedelta(days=step + 1)
                sold = number_text(origin.sold[row, step])
                for method, forecast in origin.forecasts.items():
                    matrices = (forecast.mean, forecast.q10, forecast.q50, forecast.q90)
                    values = [number_text(matrix[row, step]) for matrix in matrices]
                    writer.writerow([origin.origin, item, day, of_class, sold, method, *values])
    return text.getvalue()
