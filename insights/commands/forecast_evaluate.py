"""`shangsou forecast evaluate`: how far forecasts would have been off."""

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from insights.commands.sales_options import SalesOptions, read_history, sales_options
from insights.evaluation.origins import ORIGINS, rolling_origins
from shangsou.output_files import check_folders, write_text
from shangsou.text.plurals import quantity

if TYPE_CHECKING:
    from insights.demand.forecast_table import Forecast
    from insights.evaluation.backtest import Backtest
    from insights.sales.history import SalesHistory

_FILE = click.Path(dir_okay=False, path_type=Path)
_DAYS = 14
# Longer ones are no matter of daily sales.
_MAX_DAYS = 365


@click.command()
@sales_options()
@click.option(
    "--horizon",
    type=click.IntRange(1, _MAX_DAYS),
    default=_DAYS,
    show_default=True,
    metavar="DAYS",
    help="How many days ahead to forecast.",
)
@click.option(
    "--origins",
    "wanted",
    type=click.IntRange(1),
    default=ORIGINS,
    show_default=True,
    metavar="N",
    help="From how many past days; fewer where the sales do not reach back as far.",
)
@click.option(
    "--step",
    type=click.IntRange(1, _MAX_DAYS),
    default=_DAYS,
    show_default=True,
    metavar="DAYS",
    help="How many days one such day is from the next.",
)
@click.option("--html", "html_path", type=_FILE, help="Write a page for people: one file, with plots.")
@click.option("--out", "out_path", type=_FILE, help="Write all forecasts with what was sold, as CSV.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def evaluate(  # noqa: PLR0913 - an argument for each option
    *,
    sales: SalesOptions,
    horizon: int,
    wanted: int,
    step: int,
    html_path: Path | None,
    out_path: Path | None,
    as_json: bool,
) -> None:
    """Measure forecasts made as of past days against what was sold then.

    At each of these days the sales up to it alone are known, and the model is fitted to them from the start.
    Simple forecasts are measured beside it: seasonal naive, moving average, ETS, Theta, Croston and TSB.
    """
    check_folders({"--html": html_path, "--out": out_path, "--report": sales.report_file}, sales.paths)
    history = read_history(sales).history
    origins = rolling_origins(history.days, horizon, step, wanted)
    if len(origins) < wanted:
        click.echo(
            f"the sales cover {quantity(history.days, 'day')}: {len(origins)} of {wanted} origins fit",
            err=True,
        )
    result = _backtest(history, origins, horizon, step)

    from insights.evaluation.forecasts_csv import forecasts_csv
    from insights.evaluation.json_report import evaluation_json
    from insights.evaluation.summary import summarize
    from insights.evaluation.text_report import evaluation_text

    summary = summarize(result)
    if html_path is not None:
        from insights.reports.forecast_evaluation import evaluation_page

        write_text(html_path, evaluation_page(result, summary))
    if out_path is not None:
        write_text(out_path, forecasts_csv(result))
    if as_json:
        click.echo(json.dumps(evaluation_json(result, summary), ensure_ascii=False))
    else:
        click.echo(evaluation_text(result, summary))


def _backtest(history: "SalesHistory", origins: Sequence[int], horizon: int, step: int) -> "Backtest":
    """Return the forecasts as of the origins, with a progress bar; say on stderr which are left out."""
    from tqdm import tqdm

    from insights.evaluation.backtest import backtest

    # disable=None: no bar if stderr is not a terminal.
    bar: Iterable[int] = tqdm(origins, desc="forecasting", unit=" origins", file=sys.stderr, disable=None)
    result = backtest(history, _forecast, bar, horizon, step)
    if result.left_out:
        click.echo(
            f"{quantity(len(result.left_out), 'origin')} from {result.left_out[0]} to {result.left_out[-1]} "
            "left out, since nothing was sold in the weeks before or after",
            err=True,
        )
    return result


def _forecast(history: "SalesHistory", horizon: int) -> "Forecast":
    from insights.demand.forecast import forecast_demand

    return forecast_demand(history, horizon).forecast
