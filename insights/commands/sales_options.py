"""Options that name the sales of a shop, shared by the commands that read them."""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from insights.commands.installed import check_installed
from insights.commands.table_options import BEGINNING, FILE, Command, Decorator, table_options, write_report
from shangsou.errors import UnusableInput
from shangsou.output_files import check_folders

if TYPE_CHECKING:
    from insights.new_products.new_product_file import NewProduct
    from insights.sales.history import PlannedDays
    from insights.sales.reading import SalesReading

_OPTIONS: Sequence[Decorator] = (
    click.option(
        "--sales",
        "paths",
        type=FILE,
        multiple=True,
        help="Read the sales in this table instead of the shop's purchases; repeatable, as for months.",
    ),
    *table_options("sales"),
)


def _only_plan(context: click.Context, parameter: click.Parameter, paths: tuple[Path, ...]) -> Path | None:
    """Return the one file of plans; click would take the last of several without a word."""
    if len(paths) > 1:
        raise click.BadParameter("give it once; put all plans into one file", context, parameter)
    return paths[0] if paths else None


_PLANNED = click.option(
    "--planned",
    type=FILE,
    multiple=True,
    callback=_only_plan,
    help="Read prices and promotions of the days to come from this table.",
)


@dataclass(frozen=True, slots=True)
class SalesOptions:
    """Where the sales of a shop are, as a user says it."""

    paths: tuple[Path, ...] = ()
    """Empty: the purchases among the shop's events."""
    pairs: tuple[str, ...] = ()
    currency: str = ""
    encoding: str | None = None
    report_file: Path | None = None
    planned: Path | None = None
    new_products: Path | None = None
    """As the option `--new-products` of a command names it: `--map` holds for this table too."""


def sales_options(*, planned: bool = False) -> Callable[[Command], Command]:
    """Return a decorator that adds the options to a command, which gets `sales`, a `SalesOptions`.

    With `planned` also the one for the prices and promotions of the days to come.
    """
    options: Sequence[Decorator] = (*_OPTIONS, _PLANNED) if planned else _OPTIONS

    def decorate(command: Command) -> Command:
        @functools.wraps(command)
        def with_sales(  # noqa: PLR0913 - an argument for each option
            *args: Any,
            paths: tuple[Path, ...],
            pairs: tuple[str, ...],
            currency: str,
            encoding: str | None,
            report_file: Path | None,
            planned: Path | None = None,
            **others: Any,
        ) -> None:
            sales = SalesOptions(
                paths, pairs, currency, encoding, report_file, planned, others.get("new_products_path")
            )
            command(*args, sales=sales, **others)

        decorated: Command = with_sales
        for option in reversed(options):
            decorated = option(decorated)
        return decorated

    return decorate


def read_history(options: SalesOptions) -> "SalesReading":
    """Return the sales that the options name, write the report on them, and sum it up on stderr.

    Raises
    ------
    UnusableInput
        The options do not fit together, a file cannot be used, or the shop has no purchases.
    """
    from insights.sales.columns import read_mapping
    from insights.sales.reading import read_sales

    check_installed()
    check_folders({"--report": options.report_file})
    mapping = read_mapping(options.pairs)
    if options.paths:
        reading = read_sales(
            options.paths,
            mapping,
            options.currency,
            encoding=options.encoding,
            other_header=_other_header(options, mapping),
        )
    elif options.currency or (mapping and not options.planned):
        option = "--currency" if options.currency else "--map"
        raise UnusableInput(f"{option} is of a table of sales; name the table with --sales FILE")
    else:
        reading = _read_purchases()
    for line in reading.report.summary():
        click.echo(line, err=True)
    write_report(options.report_file, reading.report)
    return reading


def read_planned_days(options: SalesOptions, reading: "SalesReading", horizon: int) -> "PlannedDays | None":
    """Return what is planned for the days after the sales, None without `--planned`; adds to the report.

    Raises `UnusableInput` where the file cannot be used, or plans nothing for these items and days.
    """
    if options.planned is None:
        return None
    from insights.sales.columns import read_mapping
    from insights.sales.planned import read_planned
    from insights.sales.report import TableReport

    report = reading.report.planned = TableReport(options.planned.name)
    mapping = read_mapping(options.pairs)
    planned = read_planned(
        options.planned, reading.history, horizon, mapping, report, encoding=options.encoding
    )
    click.echo(report.summary(), err=True)
    write_report(options.report_file, reading.report)
    return planned


def read_products_to_come(
    options: SalesOptions, path: Path, reading: "SalesReading"
) -> "tuple[NewProduct, ...]":
    """Return the products of a table that have not sold yet; adds to the report.

    Raises `UnusableInput` where the file cannot be used.
    """
    from insights.new_products.new_product_file import read_new_products
    from insights.sales.columns import read_mapping
    from insights.sales.report import TableReport

    report = reading.report.new_products = TableReport(path.name)
    mapping = read_mapping(options.pairs)
    products = read_new_products(path, reading.history, mapping, report, encoding=options.encoding)
    click.echo(report.summary(), err=True)
    write_report(options.report_file, reading.report)
    return products


def _other_header(options: SalesOptions, mapping: Mapping[str, str]) -> list[str]:
    """Return the columns of the tables of what is to come, which `--map` may name too."""
    from insights.sales.columns import is_known
    from shangsou.reading.tables import open_table

    header: list[str] = []
    for path in (options.planned, options.new_products):
        if path is not None and mapping:
            table = open_table(
                path, path.name, lambda name: is_known(name) or name in mapping.values(), options.encoding
            )
            header += table.header
    return header


def _read_purchases() -> "SalesReading":
    from insights.sales.events import sales_of_events, with_item_names
    from shangsou.behaviour.stores import open_event_store
    from shangsou.settings import read_settings

    settings = read_settings()
    store = open_event_store(settings)
    try:
        reading = sales_of_events(store, BEGINNING)
    finally:
        store.close()
    return with_item_names(reading, settings)
