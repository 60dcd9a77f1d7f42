"""The events of a simulated shop, as its pages would have sent them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from insights.customers.activity import ACTIVITIES, PURCHASE, SEARCH
from insights.simulation.actions import Actions
from insights.simulation.sessions import Sessions
from insights.simulation.shoppers import CATEGORIES, Integers
from shangsou.behaviour.event import Event
from shangsou.reading.times import CHINA

# Visits begin between 8 and 22 o'clock; what is done in one is half a minute apart.
_FIRST_SECOND, _LAST_SECOND = 8 * 3600, 22 * 3600
_SECONDS_AN_ACTION = 30
_SECONDS_A_DAY = 86_400


def events_of_actions(  # noqa: PLR0913 - actions hold numbers alone
    actions: Actions,
    sessions: Sessions,
    shoppers: tuple[str, ...],
    products: tuple[str, ...],
    *,
    first_day: date,
    rng: np.random.Generator,
) -> Iterator[Event]:
    """Yield the event of each action, oldest first; one of a visit without signing in names no user."""
    second = _seconds(actions, sessions.visit, rng)
    start = datetime.combine(first_day, time(), CHINA).astimezone(UTC)
    for row in np.argsort(second, kind="stable").tolist():
        kind, shopper = int(actions.kind[row]), shoppers[actions.shopper[row]]
        is_search, is_purchase = kind == SEARCH, kind == PURCHASE
        yield Event(
            event_id=f"simulated-{row}",
            action=ACTIVITIES[kind],
            at=start + timedelta(seconds=int(second[row])),
            user_id=shopper if sessions.is_signed_in[row] else "",
            session_id=f"session-{sessions.session[row]}",
            query=CATEGORIES[actions.category[row]] if is_search else "",
            product_id="" if is_search else products[actions.product[row]],
            price_fen=None if is_search else round(actions.price[row] * 100),
            quantity=int(actions.pieces[row]) if is_purchase else None,
            order_id=f"order-{sessions.visit[row]}" if is_purchase else "",
        )


def _seconds(actions: Actions, visit: Integers, rng: np.random.Generator) -> Integers:
    """Return the second of each action since the first day."""
    starts = np.unique(visit, return_index=True)[1]
    rank = np.arange(len(visit)) - starts[visit]
    begin = rng.integers(_FIRST_SECOND, _LAST_SECOND, len(starts))
    return actions.day * _SECONDS_A_DAY + begin[visit] + rank * _SECONDS_AN_ACTION
