"""Orders from the purchases among the events of a shop."""

from array import array
from datetime import date, datetime

import numpy as np

from insights.customers.order_sums import OrderRows, orders_of_rows
from insights.customers.order_table import OrdersReading
from insights.customers.report import OrdersReport
from shangsou.behaviour.event import PURCHASE
from shangsou.behaviour.store import EventStore
from shangsou.errors import UnusableInput
from shangsou.reading.times import CHINA
from shangsou.text.plurals import quantity

_NAME = "purchases"


def orders_of_events(store: EventStore, since: datetime, today: date | None = None) -> OrdersReading:
    """Return the orders that the purchases since a moment tell of, by user and Chinese day.

    Purchases of a user with one order id are an order, and those of a day without one. Those of today, which
    is not over, are left out, as are those of sessions without a user: nobody can tell who comes back. A
    purchase without a quantity is of one piece.

    Raises
    ------
    UnusableInput
        There is no purchase of a user before today.
    EventsUnavailable
        The events cannot be read.
    """
    today = today or datetime.now(CHINA).date()
    report = OrdersReport(_NAME)
    ids: dict[str, int] = {}
    customers, days, amounts = array("q"), array("q"), array("d")
    orders: list[str] = []
    of_today = 0
    for event in store.scan(since):
        if event.action != PURCHASE:
            continue
        report.rows += 1
        day = event.at.astimezone(CHINA).date()
        if day >= today:
            of_today += 1
        elif not event.user_id:
            example = f"event {event.event_id}: there is no user; left out"
            report.issues.count("rejected", "a purchase without a user", example)
        else:
            customers.append(ids.setdefault(event.user_id, len(ids)))
            days.append(day.toordinal())
            pieces = 1 if event.quantity is None else event.quantity
            amounts.append(np.nan if event.price_fen is None else event.price_fen * pieces / 100)
            # An order id beginning with a zero byte is none: the two cannot be mistaken for each other.
            orders.append(event.order_id or f"\0{day}")
    if not days:
        of_rest = f" ({quantity(of_today, 'purchase')} of today, which is not over)" if of_today else ""
        raise UnusableInput(
            f"the events of the shop hold no purchases of signed-in users{of_rest}; bring them in with "
            '"shangsou events import FILE", or name a table of orders with --orders FILE'
        )
    if of_today:
        report.notes.append(f"{quantity(of_today, 'purchase')} of today left out: the day is not over")
    nothing = np.zeros(len(days), np.int64)
    rows = OrderRows(
        tuple(ids),
        np.array(customers),
        np.array(days),
        np.array(amounts),
        tuple(orders),
        (_NAME,),
        nothing,
        nothing,
        np.full(len(days), ""),
    )
    yesterday = date.fromordinal(today.toordinal() - 1)
    return OrdersReading(orders_of_rows(rows, nothing == 0, report, yesterday), report)
