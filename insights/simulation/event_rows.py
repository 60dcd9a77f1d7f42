"""The events of a simulated shop, as its pages would have sent them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from insights.customers.activity import ACTIVITIES, PURCHASE, SEARCH
from insights.simulation.actions import Actions
from insights.simulation.shoppers import CATEGORIES, Integers
from shangsou.behaviour.event import Event
from shangsou.reading.times import CHINA

# Visits begin between 8 and 22 o'clock; what is done in one is half a minute apart.
_FIRST_SECOND, _LAST_SECOND = 8 * 3600, 22 * 3600
_SECONDS_AN_ACTION = 30
_SECONDS_A_DAY = 86_400


def events_of_actions(
    actions: Actions,
    shoppers: tuple[str, ...],
    products: tuple[str, ...],
    first_day: date,
    rng: np.random.Generator,
) -> Iterator[Event]:
    """Yield the event of each action, oldest first; a visit is a session, and an order has an id."""
    visit, second = _visits_and_seconds(actions, rng)
    start = datetime.combine(first_day, time(), CHINA).astimezone(UTC)
    for row in np.argsort(second, kind="stable").tolist():
        kind, shopper = int(actions.kind[row]), shoppers[actions.shopper[row]]
        is_search, is_purchase = kind == SEARCH, kind == PURCHASE
        yield Event(
            event_id=f"simulated-{row}",
            action=ACTIVITIES[kind],
            at=start + timedelta(seconds=int(second[row])),
            user_id=shopper,
            session_id=f"visit-{visit[row]}",
            query=CATEGORIES[actions.category[row]] if is_search else "",
            product_id="" if is_search else products[actions.product[row]],
            price_fen=None if is_search else round(actions.price[row] * 100),
            quantity=int(actions.pieces[row]) if is_purchase else None,
            order_id=f"order-{visit[row]}" if is_purchase else "",
        )


def _visits_and_seconds(actions: Actions, rng: np.random.Generator) -> tuple[Integers, Integers]:
    """Return the number of the visit of each action, and its second since the first day."""
    is_new = np.ones(len(actions.day), np.bool_)
    is_new[1:] = (np.diff(actions.shopper) != 0) | (np.diff(actions.day) != 0)
    visit = np.cumsum(is_new) - 1
    rank = np.arange(len(visit)) - np.flatnonzero(is_new)[visit]
    begin = rng.integers(_FIRST_SECOND, _LAST_SECOND, int(is_new.sum()))
    return visit, actions.day * _SECONDS_A_DAY + begin[visit] + rank * _SECONDS_AN_ACTION
