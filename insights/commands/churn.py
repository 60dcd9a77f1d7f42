"""`shangsou churn`: who buys again."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from insights.commands.churn_evaluate import evaluate
from insights.commands.export_options import HTML, JSON, WITH_IDS, check_outputs, write_export
from insights.commands.order_options import OrderOptions, order_options, read_customers
from insights.commands.subcommands import refuse_options_before
from insights.commands.table_options import FILE
from shangsou.output_files import write_text
from shangsou.text.plurals import quantity

if TYPE_CHECKING:
    from insights.churn.scores import Scores
    from insights.commands.list_run import ListRun
    from insights.customers.orders import Orders

# Two years: beyond, no shop is what it was.
_MAX_DAYS = 730


@click.group(invoke_without_command=True)
@order_options
@click.option(
    "--horizon-days",
    type=click.IntRange(1, _MAX_DAYS),
    default=90,
    show_default=True,
    metavar="DAYS",
    help="Who buys again within so many days after the last one of the orders?",
)
@click.option(
    "--out",
    "out_path",
    type=FILE,
    help="Write a row for each customer: .csv or .tsv, or .xlsx in Chinese, the unlikeliest first.",
)
@WITH_IDS
@HTML
@JSON
@click.pass_context
def churn(  # noqa: PLR0913 - an argument for each option
    context: click.Context,
    *,
    orders: OrderOptions,
    horizon_days: int,
    out_path: Path | None,
    with_ids: bool,
    html_path: Path | None,
    as_json: bool,
) -> None:
    """Score customers: who buys again, how much, and why.

    The scores are kept in the home under pseudonyms, for as long as SHANGSOU_LISTS_DAYS says.
    """
    if context.invoked_subcommand is not None:
        refuse_options_before(context)
        return
    check_outputs(context, orders, out_path, html_path, with_ids=with_ids)

    from insights.churn.score import score_customers
    from insights.commands.list_run import ListRun

    run = ListRun.begin()
    run.check_export(out_path)
    records = read_customers(orders)
    scores = score_customers(records.orders, horizon_days, records.activity)
    for line in _remarks(records.orders, scores):
        click.echo(line, err=True)
    name = _keep(run, scores)
    if out_path is not None:
        run.export(
            name,
            out_path,
            scores.customers,
            lambda names: _write(out_path, scores.only(names.keys()), names.__getitem__),
            with_ids=with_ids,
        )
    if html_path is not None:
        from insights.reports.churn import churn_page

        write_text(html_path, churn_page(scores, records.orders, records.activity))
    if as_json:
        from insights.churn.score_summary import scores_json

        click.echo(json.dumps(scores_json(scores) | {"list": name}, ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(scores, name)))


def _remarks(orders: "Orders", scores: "Scores") -> Sequence[str]:
    """Return what a marketer should know of how the scores were made."""
    from insights.churn.methods import BG_NBD, CALIBRATED

    remarks = []
    if scores.horizon_days > orders.days:
        remarks.append(
            f"the orders cover {quantity(orders.days, 'day')}, less than the horizon: how well this works is "
            "unknown"
        )
    if scores.method in (BG_NBD, CALIBRATED):
        remarks.append(
            "too few customers bought again, or did not, to learn much from: a simple model made the scores"
        )
    return remarks


def _keep(run: "ListRun", scores: "Scores") -> str:
    """Keep the scores in the home; return the name of the list."""
    from insights.churn.score_files import HEADER, score_rows
    from shangsou.customer_lists.customer_list import CustomerList
    from shangsou.customer_lists.names import churn_name

    rows = tuple(score_rows(scores, run.lists.pseudonym))
    about = {
        "as_of": scores.as_of.isoformat(),
        "horizon_days": scores.horizon_days,
        "method": scores.method,
    }
    name = churn_name(run.read_at)
    run.keep(CustomerList(name, "churn", run.read_at, HEADER, rows, about))
    return name


def _write(path: Path, scores: "Scores", name_of: Callable[[str], str]) -> None:
    from insights.churn.score_files import HEADER, score_rows
    from insights.reports.churn_sheet import score_sheet

    write_export(
        path,
        HEADER,
        lambda: score_rows(scores, name_of),
        lambda: score_sheet(scores, name_of),
        scores.as_of,
    )


def _lines(scores: "Scores", name: str) -> Sequence[str]:
    from insights.churn.score_summary import scores_text

    return [*scores_text(scores), f"kept as {name}; see docs/customers.md"]


churn.add_command(evaluate)
