"""The page of an evaluation of forecasts, for a buyer."""

import math
from pathlib import Path
from typing import NamedTuple

from insights.evaluation.backtest import MODEL, Backtest
from insights.evaluation.item_errors import item_errors
from insights.evaluation.measures import Scores
from insights.evaluation.summary import Summary
from insights.reports.plots import HEIGHT, WIDTH, example_plots, origin_plot
from shangsou.report_pages.environment import page_environment

_EXAMPLES = 12
_WORST = 20
_METHODS = {
    MODEL: "商搜",
    "seasonal naive": "照搬上周同一天",
    "moving average": "近 28 天平均",
    "ETS": "指数平滑（ETS）",
    "Theta": "Theta 法",
    "Croston SBA": "Croston 法（SBA）",
    "TSB": "TSB 法",
}
_CLASSES = {
    "smooth": ("平稳", "几乎天天卖，每次多少差不多"),
    "erratic": ("波动", "几乎天天卖，每次多少差别大"),
    "intermittent": ("间断", "隔几天才卖，每次多少差不多"),
    "lumpy": ("零星", "隔几天才卖，每次多少差别大"),
}
# The model stands out; what it is measured against is lighter.
_COLOURS = {
    MODEL: "#0b62a4",
    "seasonal naive": "#c2331f",
    "moving average": "#8a5a00",
    "ETS": "#6a3fa0",
    "Theta": "#0b7a4b",
    "Croston SBA": "#5c6875",
    "TSB": "#b0458a",
}


class QuantileShare(NamedTuple):
    """How many item days sold less than a quantile, and how many should, in percent."""

    name: str
    expected: float
    found: float
    meaning: str


def evaluation_page(backtest: Backtest, summary: Summary) -> str:
    """Return an evaluation as an HTML document."""
    model, difference = summary.total[MODEL], summary.difference
    values = {
        method: [scores[method].wape for scores in summary.by_origin.values()] for method in summary.total
    }
    errors = item_errors(backtest)
    environment = page_environment(Path(__file__).parent)
    environment.filters.update(
        method=lambda name: _METHODS.get(name, name),
        figure=_figure,
        percent=_percent,
        signed=_signed,
        difference=lambda value: f"{value:+.3f}".replace("-", "−"),
        amount=_amount,
    )
    return environment.get_template("forecast_evaluation.html").render(
        backtest=backtest,
        summary=summary,
        model_name=MODEL,
        model=model,
        best=summary.total[difference.baseline],
        verdict=_verdict(summary),
        plot=origin_plot(values, list(summary.by_origin)),
        colours=_COLOURS,
        classes=_CLASSES,
        quantiles=_quantile_shares(model),
        examples=example_plots(backtest.history, backtest.origins[-1], _EXAMPLES),
        worst=errors[:_WORST],
        items=len(errors),
        width=WIDTH,
        height=HEIGHT,
    )


def _verdict(summary: Summary) -> str:
    """Return `good` where the model beats the best baseline, `bad` where that wins, else nothing."""
    interval = summary.difference.interval
    if interval is None:
        return ""
    low, high = interval
    return "good" if high < 0 else "bad" if low > 0 else ""


def _quantile_shares(model: Scores) -> list[QuantileShare]:
    return [
        QuantileShare("低位 q10", 10, 100 * model.below_q10, "卖得比低位还少的天数，不该超过一成"),
        QuantileShare("中位 q50", 50, 100 * model.below_q50, "卖得比中位少的天数，不该超过一半"),
        QuantileShare("高位 q90", 90, 100 * (1 - model.above_q90), "高位够卖的天数，应有九成"),
    ]


def _figure(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.3f}"


def _percent(value: float) -> str:
    return "–" if math.isnan(value) else f"{100 * value:.0f}%"


def _signed(value: float) -> str:
    return "–" if math.isnan(value) else f"{100 * value:+.1f}%".replace("-", "−")


def _amount(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.1f}"
