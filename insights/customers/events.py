"""Orders and activity of customers from the events of a shop, read in one scan."""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

import numpy as np

from insights.customers.activity import CART, FAVORITE, PURCHASE, SEARCH, VIEW, Activity
from insights.customers.event_owners import EventOwners, event_owners
from insights.customers.order_sums import OrderRows, orders_of_rows
from insights.customers.order_table import OrdersReading
from insights.customers.orders import Integers
from insights.customers.report import OrdersReport
from shangsou.behaviour import event as actions
from shangsou.behaviour.event import Event
from shangsou.behaviour.store import EventStore
from shangsou.errors import UnusableInput
from shangsou.reading.times import CHINA
from shangsou.text.plurals import quantity

_NAME = "purchases"
_KINDS: Final = {
    actions.SEARCH: SEARCH,
    actions.CLICK: VIEW,
    actions.VIEW: VIEW,
    actions.FAVORITE: FAVORITE,
    actions.ADD_TO_CART: CART,
    actions.PURCHASE: PURCHASE,
}
"""What counts. An impression is an action of the shop; as a login it tells whose a session is alone."""
_LINK: Final = -1
"""The kind of a row that only tells whose a session is."""
_SILENT_DAYS: Final = 7
"""Days without any event that no shop has, so that recording is likely to have stopped."""
_IN_CHINA = CHINA.utcoffset(None)


@dataclass(frozen=True, slots=True)
class CustomerEvents:
    """What the events of a shop tell of its customers."""

    orders_reading: OrdersReading
    activity: Activity
    products: tuple[str, ...]
    """Ids, by the number of a product in the activity."""


def read_events(store: EventStore, since: datetime, today: date | None = None) -> CustomerEvents:
    """Return the orders and the activity of users since a moment, by Chinese days.

    What is of today, which is not over, is left out, and what belongs to no user: nobody can tell who comes
    back. What was done in a session before its user signed in is the user's, as in the store: an event of any
    kind with both tells whose the session is. Until that day nobody knew, and `Activity.known_from` says so.

    All is known up to yesterday, or to the last event where that is earlier: what happened after recording
    stopped is unknown, and no silence of customers.

    Purchases of a user with one order id are an order, and those of a day without one. A purchase without
    a quantity is of one piece. One of a price below 0 is a refund: it is taken off the order of its order id;
    without one nobody can tell which order it is of, and it is left out and reported.

    Raises
    ------
    UnusableInput
        There is no purchase of a user before today.
    EventsUnavailable
        The events cannot be read.
    """
    today = today or datetime.now(CHINA).date()
    rows = _EventRows()
    rows.add_all(store.scan(since), today.toordinal())
    owners = event_owners(np.array(rows.user, np.int64), np.array(rows.session, np.int64))
    reading = _orders_reading(rows, owners.user[np.array(rows.purchase, np.int64)], today)
    return CustomerEvents(reading, _activity(rows, owners), tuple(rows.products))


@dataclass(slots=True)
class _EventRows:
    """Actions that count, and others that tell whose a session is, oldest first.

    They are arrays of machine numbers, since a shop may have ten million. Only purchases, which are few, have
    a Python object each: the order id.
    """

    users: dict[str, int] = field(default_factory=dict)
    products: dict[str, int] = field(default_factory=dict)
    first_day: int = 0
    last_day: int = 0
    """Of any event, today's among them; 0 without one, as the first."""
    user: "array[int]" = field(default_factory=lambda: array("i"))
    """-1 where the event names none."""
    session: "array[int]" = field(default_factory=lambda: array("q"))
    """A hash of the id, 0 without one: of ten million ids two are the same in one of 300,000 shops."""
    day: "array[int]" = field(default_factory=lambda: array("i"))
    kind: "array[int]" = field(default_factory=lambda: array("b"))
    product: "array[int]" = field(default_factory=lambda: array("i"))
    price: "array[float]" = field(default_factory=lambda: array("d"))

    purchase: "array[int]" = field(default_factory=lambda: array("i"))
    """The rows of purchases; the next two are by purchase."""
    pieces: "array[float]" = field(default_factory=lambda: array("d"))
    orders: list[str] = field(default_factory=list)
    of_today: int = 0
    """Purchases of today, which have no row."""

    def add_all(self, events: Iterable[Event], today: int) -> None:
        """Add events, oldest first, of days before today."""
        for event in events:
            day = (event.at + _IN_CHINA).toordinal()
            self.first_day, self.last_day = self.first_day or day, day
            kind = _KINDS.get(event.action, _LINK)
            if day >= today:
                self.of_today += kind == PURCHASE
                continue
            user, product = event.user_id, event.product_id
            number = self.users.setdefault(user, len(self.users)) if user else -1
            session = hash(event.session_id) if event.session_id else 0
            if kind == _LINK and not self._is_new_link(number, session):
                continue
            if kind == PURCHASE:
                self.purchase.append(len(self.day))
                self.pieces.append(1 if event.quantity is None else event.quantity)
                self.orders.append(event.order_id)
            self.user.append(number)
            self.session.append(session)
            self.day.append(day)
            self.kind.append(kind)
            is_of_product = kind not in (SEARCH, _LINK) and product
            self.product.append(
                self.products.setdefault(product, len(self.products)) if is_of_product else -1
            )
            self.price.append(np.nan if event.price_fen is None else event.price_fen / 100)

    def _is_new_link(self, user: int, session: int) -> bool:
        """Return whether an event that does not count tells whose its session is, as no row just before it.

        The impressions of a page come one after another: there are many times more of them than of actions.
        """
        if user < 0 or not session:
            return False
        return not self.day or (self.user[-1], self.session[-1]) != (user, session)


def _orders_reading(rows: _EventRows, customer: Integers, today: date) -> OrdersReading:
    """Return the orders of the purchases whose users are given, -1 for none. Shape (purchases,)."""
    report = OrdersReport(_NAME, rows=len(rows.purchase) + rows.of_today)
    for number in np.flatnonzero(customer < 0).tolist():
        example = f"purchase {number + 1}: there is no user; left out"
        report.issues.count("rejected", "a purchase without a user", example)
    if not (customer >= 0).any():
        raise UnusableInput(_without_purchases(rows.of_today))
    if rows.of_today:
        report.notes.append(f"{quantity(rows.of_today, 'purchase')} of today left out: the day is not over")
    purchase = np.array(rows.purchase, np.int64)
    day = np.array(rows.day, np.int64)[purchase]
    amount = np.array(rows.price)[purchase] * np.array(rows.pieces)
    order_rows = OrderRows(
        tuple(rows.users),
        customer,
        day,
        amount,
        np.zeros(len(purchase), np.bool_),
        tuple(map(_order_number, rows.orders, day.tolist(), amount.tolist())),
        (_NAME,),
        np.zeros(len(purchase), np.int64),
        np.arange(1, len(purchase) + 1),
        np.full(len(purchase), ""),
    )
    last_day = date.fromordinal(min(rows.last_day, today.toordinal() - 1))
    if today - last_day > timedelta(days=_SILENT_DAYS):
        report.notes.append(f"the last event is of {last_day}: customers are scored as of then")
    return OrdersReading(orders_of_rows(order_rows, customer >= 0, report, last_day), report)


def _order_number(order_id: str, day: int, amount: float) -> str:
    if order_id or amount < 0:
        return order_id
    # An order id beginning with a zero byte is none: the two cannot be mistaken for each other.
    return f"\0{day}"


def _activity(rows: _EventRows, owners: EventOwners) -> Activity:
    """Return the rows that count and belong to a user, by user and then by time."""
    day, kind = np.array(rows.day, np.int64), np.array(rows.kind, np.int64)
    owned = np.flatnonzero((owners.user >= 0) & (kind != _LINK))
    active = set(np.unique(owners.user[owned]).tolist())
    ids = sorted(one for one, number in rows.users.items() if number in active)
    position = np.zeros(len(rows.users), np.int64)
    position[[rows.users[one] for one in ids]] = np.arange(len(ids))
    customer = position[owners.user[owned]]
    # Stable: rows of a user stay in the order of time.
    by_customer = np.argsort(customer, kind="stable")
    order = owned[by_customer]
    return Activity(
        tuple(ids),
        customer[by_customer],
        day[order],
        day[owners.link[order]],
        kind[order],
        np.array(rows.product, np.int64)[order],
        np.array(rows.price)[order],
        rows.first_day,
    )


def _without_purchases(of_today: int) -> str:
    of_rest = f" ({quantity(of_today, 'purchase')} of today, which is not over)" if of_today else ""
    return (
        f"the events of the shop hold no purchases of signed-in users{of_rest}; bring them in with "
        '"shangsou events import FILE", or name a table of orders with --orders FILE'
    )
