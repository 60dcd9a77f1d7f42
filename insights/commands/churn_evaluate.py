"""`shangsou churn evaluate`: how far scores of who buys again would have been off."""

import json
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from insights.commands.order_options import CustomerRecords, OrderOptions, order_options, read_customers
from insights.commands.table_options import FILE
from shangsou.output_files import check_folders, write_text

if TYPE_CHECKING:
    from insights.churn.evaluation.evaluate import ChurnEvaluation

# As insights.churn.evaluation.split has it, which loads numpy: a test compares the two.
ORIGINS = 3
# As of the command that scores.
_MAX_DAYS = 730


@click.command()
@order_options
@click.option(
    "--horizon-days",
    type=click.IntRange(1, _MAX_DAYS),
    default=90,
    show_default=True,
    metavar="DAYS",
    help="How many days to hold out: who buys again within them?",
)
@click.option(
    "--origins",
    "wanted",
    type=click.IntRange(1),
    default=ORIGINS,
    show_default=True,
    metavar="N",
    help="As of how many past days; fewer where the orders do not reach back as far.",
)
@click.option("--html", "html_path", type=FILE, help="Write a page for people: one file, with plots.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def evaluate(
    *, orders: OrderOptions, horizon_days: int, wanted: int, html_path: Path | None, as_json: bool
) -> None:
    """Measure who was said to buy again, as of past days, against who did.

    At each of these days the records up to it alone are known, and the model is fitted to them anew.
    Simple scores are measured beside it: frequency, recency, BG/NBD and its probability of being alive.
    """
    check_folders({"--html": html_path, "--report": orders.report_file}, orders.paths)
    records = read_customers(orders)
    from insights.churn.evaluation.split import rolling_origins

    origins = rolling_origins(records.orders, horizon_days, wanted)
    if len(origins) < wanted:
        click.echo(f"{len(origins)} of {wanted} origins fit into the time of the orders", err=True)
    evaluation = _evaluate(records, origins, horizon_days)
    if html_path is not None:
        from insights.reports.churn_evaluation import evaluation_page

        write_text(html_path, evaluation_page(evaluation))
    if as_json:
        from insights.churn.evaluation.json_report import evaluation_json

        click.echo(json.dumps(evaluation_json(evaluation), ensure_ascii=False))
    else:
        from insights.churn.evaluation.text_report import evaluation_text

        click.echo(evaluation_text(evaluation))


def _evaluate(records: CustomerRecords, origins: list[date], horizon_days: int) -> "ChurnEvaluation":
    """Return the measures, with a progress bar; say on stderr which origins are left out."""
    from tqdm import tqdm

    from insights.churn.evaluation.evaluate import evaluate_churn
    from insights.churn.score import score_customers

    # disable=None: no bar if stderr is not a terminal.
    bar: Iterable[date] = tqdm(origins, desc="scoring", unit=" origins", file=sys.stderr, disable=None)
    evaluation = evaluate_churn(records.orders, records.activity, score_customers, bar, horizon_days)
    for origin, reason in evaluation.left_out.items():
        click.echo(f"left out {origin}: {reason}", err=True)
    return evaluation
