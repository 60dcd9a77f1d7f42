"""Options that name the orders of a shop, shared by the commands about its customers."""

import functools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from insights.commands.installed import check_installed
from insights.commands.table_options import BEGINNING, FILE, Command, Decorator, table_options, write_report
from shangsou.errors import UnusableInput
from shangsou.output_files import check_folders
from shangsou.text.plurals import quantity

if TYPE_CHECKING:
    from insights.customers.activity import Activity
    from insights.customers.events import CustomerEvents
    from insights.customers.orders import Orders
    from insights.customers.report import OrdersReport
    from shangsou.behaviour.store import EventStore

_OPTIONS: Sequence[Decorator] = (
    click.option(
        "--orders",
        "paths",
        type=FILE,
        multiple=True,
        help="Read the orders in this table instead of the shop's purchases; repeatable, as for months.",
    ),
    *table_options("orders"),
)


@dataclass(frozen=True, slots=True)
class OrderOptions:
    """Where the orders of a shop are, as a user says it."""

    paths: tuple[Path, ...] = ()
    """Empty: the purchases among the shop's events."""
    pairs: tuple[str, ...] = ()
    currency: str = ""
    encoding: str | None = None
    report_file: Path | None = None


@dataclass(frozen=True, slots=True)
class CustomerRecords:
    """What is known of the customers of a shop."""

    orders: "Orders"
    """Of customers who did not refuse personalization."""
    events: "CustomerEvents | None"
    """Of all customers; None where a table of orders is all there is."""
    report: "OrdersReport"

    @property
    def activity(self) -> "Activity | None":
        """What customers did besides; None where a table of orders is all there is."""
        return None if self.events is None else self.events.activity


def order_options(command: Command) -> Command:
    """Add the options to a command, which gets `orders`, an `OrderOptions`."""

    @functools.wraps(command)
    def with_orders(
        *args: Any,
        paths: tuple[Path, ...],
        pairs: tuple[str, ...],
        currency: str,
        encoding: str | None,
        report_file: Path | None,
        **others: Any,
    ) -> None:
        command(*args, orders=OrderOptions(paths, pairs, currency, encoding, report_file), **others)

    decorated: Command = with_orders
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


def read_customers(options: OrderOptions) -> CustomerRecords:
    """Return what the options name, write the report on it, and sum it up on stderr.

    Raises
    ------
    UnusableInput
        The options do not fit together, a file cannot be used, or the shop has no purchases.
    """
    from insights.customers.order_table import ORDERS, read_orders
    from insights.sales.columns import read_mapping

    check_installed()
    check_folders({"--report": options.report_file}, options.paths)
    mapping = read_mapping(options.pairs, ORDERS)
    if options.paths:
        reading = read_orders(options.paths, mapping, options.currency, encoding=options.encoding)
        records = CustomerRecords(reading.orders, None, reading.report)
    elif options.currency or mapping:
        option = "--currency" if options.currency else "--map"
        raise UnusableInput(f"{option} is of a table of orders; name the table with --orders FILE")
    else:
        records = _read_events()
    for line in records.report.summary_lines():
        click.echo(line, err=True)
    write_report(options.report_file, records.report)
    return _without_refusals(records)


def _read_events() -> CustomerRecords:
    from insights.customers.events import read_events

    with event_store() as store:
        events = read_events(store, BEGINNING)
    return CustomerRecords(events.orders_reading.orders, events, events.orders_reading.report)


def _without_refusals(records: CustomerRecords) -> CustomerRecords:
    """Return the records without customers who refused that anything be made of what they do.

    Raises `UnusableInput` where nobody else is left.
    """
    with event_store() as store:
        refused = store.opted_out(records.orders.customers)
    if not refused:
        return records
    click.echo(f"{quantity(len(refused), 'customer')} refused personalization: left out", err=True)
    if len(refused) == len(records.orders.customers):
        raise UnusableInput("all customers refused personalization: nobody is left to score")
    return CustomerRecords(records.orders.without(refused), records.events, records.report)


@contextmanager
def event_store() -> "Iterator[EventStore]":
    """Open the events of the shop for as long as the context lasts."""
    from shangsou.behaviour.stores import open_event_store
    from shangsou.settings import read_settings

    store = open_event_store(read_settings())
    try:
        yield store
    finally:
        store.close()
