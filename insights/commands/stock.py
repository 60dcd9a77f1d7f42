"""`shangsou stock`: when to order, and how much."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from insights.commands.sales_options import SalesOptions, read_history, read_planned_days, sales_options
from insights.commands.stock_options import ordering_options
from insights.commands.subcommands import refuse_options_before
from shangsou.output_files import check_folders, write_text

if TYPE_CHECKING:
    from insights.stock.note import Note
    from insights.stock.on_hand_file import OnHandList
    from insights.stock.stocked_item import OrderingRules

_FILE = click.Path(dir_okay=False, path_type=Path)
_ON_HAND = click.option(
    "--on-hand",
    "on_hand_file",
    type=_FILE,
    help="Read stock, and the terms of items, from this table: item and quantity (库存), maybe on_order "
    "(在途), lead_time (到货天数), pack_size (箱规), min_order (起订量), unit_cost (进价), price (售价), "
    "loss_rate (损耗率), shelf_life (保质期).",
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
# Of notes on single rows; the spreadsheet has all.
_MAX_NOTES = 10


@click.group(invoke_without_command=True)
@sales_options(planned=True)
@_ON_HAND
@ordering_options
@click.option("--out", type=_FILE, help="Write a spreadsheet: .xlsx, or .csv or .tsv of the orders alone.")
@click.option("--html", type=_FILE, help="Write a page for the buyer: one file.")
@_JSON
@click.pass_context
def stock(  # noqa: PLR0913 - an argument for each option
    context: click.Context,
    *,
    sales: SalesOptions,
    on_hand_file: Path | None,
    rules: "OrderingRules",
    out: Path | None,
    html: Path | None,
    as_json: bool,
) -> None:
    """Advise when to order which items, and how much.

    For the morning after the last day of the sales. Stock is the last known of the table of sales, or what
    --on-hand says.
    """
    if context.invoked_subcommand is not None:
        refuse_options_before(context)
        return
    from insights.demand.forecast import forecast_demand
    from insights.reports.spreadsheet import check_spreadsheet_name, write_spreadsheet
    from insights.reports.stock_json import stock_text, stock_to_json
    from insights.reports.stock_page import stock_page
    from insights.reports.stock_sheets import stock_sheets
    from insights.stock.advice import advise, forecast_days
    from insights.stock.inventory import take_inventory

    inputs = [path for path in (*sales.paths, on_hand_file, sales.planned) if path is not None]
    check_folders({"--out": out, "--html": html, "--report": sales.report_file}, inputs)
    if out is not None:
        check_spreadsheet_name(out)
    on_hand = _read_on_hand(on_hand_file, sales.encoding, rules)
    reading = read_history(sales)
    inventory = take_inventory(reading.history, on_hand, rules)
    _print_notes(inventory.notes)
    horizon = forecast_days(inventory, rules)
    planned = read_planned_days(sales, reading, horizon)
    advice = advise(inventory, forecast_demand(reading.history, horizon, planned).paths, rules)
    if out is not None:
        write_spreadsheet(out, stock_sheets(advice), advice.origin)
    if html is not None:
        write_text(html, stock_page(advice))
    click.echo(json.dumps(stock_to_json(advice), ensure_ascii=False) if as_json else stock_text(advice))


@stock.command()
@sales_options()
@_ON_HAND
@ordering_options
@click.option(
    "--days",
    type=click.IntRange(7, 730),
    default=182,
    show_default=True,
    help="Replay as many of the last days.",
)
@click.option(
    "--refit",
    type=click.IntRange(1, 92),
    default=7,
    show_default=True,
    metavar="DAYS",
    help="Forecast anew every so many days.",
)
@_JSON
def simulate(  # noqa: PLR0913 - an argument for each option
    *,
    sales: SalesOptions,
    on_hand_file: Path | None,
    rules: "OrderingRules",
    days: int,
    refit: int,
    as_json: bool,
) -> None:
    """Replay the past: what the advice would have earned, lost and wasted.

    Day by day, against ordering what the same weekdays sold last week, and against a moving average with a
    safety stock.
    """
    from tqdm import tqdm

    from insights.demand.forecast import forecast_demand
    from insights.reports.replay_report import replay_text, replay_to_json
    from insights.stock.replay.replay import replay

    inputs = [path for path in (*sales.paths, on_hand_file) if path is not None]
    check_folders({"--report": sales.report_file}, inputs)
    on_hand = _read_on_hand(on_hand_file, sales.encoding, rules)
    _print_notes(on_hand.notes if on_hand else ())
    history = read_history(sales).history
    result = replay(
        history,
        on_hand,
        rules,
        forecast_demand,
        days=days,
        refit_days=refit,
        progress=lambda replayed: tqdm(replayed, desc="replaying", unit=" days", disable=None),
    )
    click.echo(json.dumps(replay_to_json(result), ensure_ascii=False) if as_json else replay_text(result))


def _read_on_hand(path: Path | None, encoding: str | None, rules: "OrderingRules") -> "OnHandList | None":
    if path is None:
        return None
    from insights.stock.on_hand_file import read_on_hand

    return read_on_hand(path, encoding, rules)


def _print_notes(notes: "Sequence[Note]") -> None:
    for note in notes[:_MAX_NOTES]:
        click.echo(note.english, err=True)
    if len(notes) > _MAX_NOTES:
        click.echo(f"… and {len(notes) - _MAX_NOTES:,} more", err=True)
