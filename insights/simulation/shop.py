"""A simulated shop: its orders and events, what is true of its shoppers, and what offers do to them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from insights.customers.activity import Activity
from insights.customers.orders import Orders
from insights.simulation.actions import Actions, actions_of_day, joined_actions, purchases
from insights.simulation.days import (
    ShopperState,
    is_gone,
    leaving_hazards,
    order_rates,
    simulate_day,
)
from insights.simulation.event_rows import events_of_actions
from insights.simulation.response import Response, is_extra, is_lost, responses
from insights.simulation.sessions import Sessions, draw_sessions
from insights.simulation.settings import ShopSettings
from insights.simulation.shoppers import (
    PRODUCTS_A_CATEGORY,
    Flags,
    Integers,
    Numbers,
    ShopModel,
    draw_shop,
)
from shangsou.behaviour.event import Event

_FIRST_DAY = date(2024, 1, 1)
# Streams of random numbers, so that what is recorded or asked of a shop changes nothing that happens in it.
_TRAITS, _DAYS, _ACTIONS, _FUTURE, _CAMPAIGN, _TIMES, _SESSIONS = range(7)
# Shoppers that go through a day at once: their arrays stay within some ten megabytes.
_MAX_AT_ONCE = 200_000


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of shoppers at the end of a day. Arrays have the shape (shoppers,)."""

    day: date
    horizon_days: int
    probability: Numbers
    """To order within the horizon: the share of many futures in which it happens."""
    expected_orders: Numbers
    """Within the horizon, on average over these futures."""
    is_gone: Flags
    is_leaving: Flags
    """Has decided to leave, or has gone."""
    leaving_hazard: Numbers
    """The probability to decide so on the next day, of who has not."""
    order_rate: Numbers
    """Orders a day of who is not leaving."""


@dataclass(frozen=True, slots=True)
class SimulatedShop:
    """A shop in which all is known. Its shoppers have ids in the order of their positions."""

    orders: Orders
    """Amounts are in whole fen; at most one order a day and shopper."""
    activity: Activity
    """As recorded: without visits of sessions in which nobody ever signed in."""
    products: tuple[str, ...]
    """Ids, by the numbers of the activity."""
    shoppers: tuple[str, ...]
    """Ids of all shoppers, also of those who never came."""
    first_day: date
    seed: int
    model: ShopModel
    _actions: Actions
    _sessions: Sessions

    def events(self) -> Iterator[Event]:
        """Yield all actions as events, oldest first. Impressions are not simulated."""
        rng = np.random.default_rng([self.seed, _TIMES])
        return events_of_actions(
            self._actions, self._sessions, self.shoppers, self.products, first_day=self.first_day, rng=rng
        )

    def positions(self, customers: Sequence[str]) -> Integers:
        """Return the positions of these ids in `shoppers`. Shape (customers,)."""
        places = {one: place for place, one in enumerate(self.shoppers)}
        return np.array([places[one] for one in customers], np.int64)

    def truth(self, day: date, horizon_days: int, futures: int = 100) -> Truth:
        """Return what is true at the end of a day of the simulated time.

        Each shopper is sent through so many futures; with 100 of them a probability is off by .05 at most
        (one standard error), and by .01 where it is .01 or .99.

        Raises
        ------
        ValueError
            The day is not simulated.
        """
        number = self._number(day)
        state = self._state(number)
        bought, orders = np.zeros((2, len(self.shoppers)))
        for first in range(0, futures, self._copies):
            copies = min(self._copies, futures - first)
            counts = self._future_orders(state, number, horizon_days, first, copies)
            bought += (counts > 0).sum(axis=0)
            orders += counts.sum(axis=0)
        return Truth(
            day,
            horizon_days,
            bought / futures,
            orders / futures,
            is_gone(self.model, state, number + 1),
            state.decided <= number,
            leaving_hazards(self.model, state, number + 1),
            order_rates(self.model, state, number + 1),
        )

    def response(self) -> Response:
        """Return what an offer that is made after the last day does to each shopper."""
        last = self._number(self.orders.last_day)
        return responses(self.model, self._state(last), last)

    def respond(self, treated: Flags, days: int, seed: int) -> Orders:
        """Return the orders of the days after the last one, when some shoppers are made an offer.

        With one seed, shoppers do the same whoever else is treated, and who is not treated does what he
        would without a campaign: the difference of two assignments is their effect alone.

        Parameters
        ----------
        treated
            Shape (shoppers,).
        days
            The length of the campaign, in which an offer works.
        seed
            Of what happens in these days.

        Raises
        ------
        ValueError
            There is not one flag for each shopper, or no day.
        """
        if treated.shape != (len(self.shoppers),) or days < 1:
            raise ValueError(
                f"flags of shape {treated.shape} for {len(self.shoppers)} shoppers on {days} days; one flag "
                "for each shopper and a day at least are needed"
            )
        last = self._number(self.orders.last_day)
        state = self._state(last)
        assortment = self.model.assortment
        response = responses(self.model, state, last)
        actions = []
        for day in range(last + 1, last + 1 + days):
            rng = np.random.default_rng([self.seed, _CAMPAIGN, seed, day])
            visits = simulate_day(self.model, state, day, rng)
            actions.append(actions_of_day(self.model, visits, day, rng))
        made = purchases(joined_actions(actions))
        rng = np.random.default_rng([self.seed, _CAMPAIGN, seed, last])
        kept = ~is_lost(response, treated, made.shopper, rng)
        # As many numbers are drawn whoever is treated.
        extra_day = last + 1 + rng.integers(0, days, len(treated))
        product = assortment.draw(self.model.shoppers.category, rng)
        pieces = 1 + rng.poisson(1.0, len(treated))
        extra = np.flatnonzero(is_extra(response, treated, rng))
        category = product[extra] // PRODUCTS_A_CATEGORY
        levels = np.array([assortment.price_levels(day) for day in range(last + 1, last + 1 + days)])
        price = assortment.price[product[extra]] * levels[extra_day[extra] - last - 1, category]
        return _orders(
            self.shoppers,
            np.concatenate([made.shopper[kept], extra]),
            np.concatenate([made.day[kept], extra_day[extra]]),
            np.concatenate([(made.price * made.pieces)[kept], np.round(price, 2) * pieces[extra]]),
            first_day=self.first_day,
            last=last + days,
        )

    @property
    def _copies(self) -> int:
        """Futures of all shoppers that are simulated at once."""
        return max(1, _MAX_AT_ONCE // max(len(self.shoppers), 1))

    def _number(self, day: date) -> int:
        number = (day - self.first_day).days
        if not 0 <= number <= (self.orders.last_day - self.first_day).days:
            raise ValueError(f"{day} is not among the days from {self.first_day} to {self.orders.last_day}")
        return number

    def _state(self, last: int) -> ShopperState:
        """Return the state at the end of a day: the same days once more give the same state."""
        state = ShopperState.at_first(len(self.shoppers))
        for day in range(last + 1):
            rng = np.random.default_rng([self.seed, _DAYS, day])
            simulate_day(self.model, state, day, rng)
        return state

    def _future_orders(
        self, state: ShopperState, number: int, days: int, first_future: int, copies: int
    ) -> Integers:
        """Return the orders of each shopper within days, in several futures. Shape (copies, shoppers)."""
        future, model = state.tiled(copies), self.model.tiled(copies)
        before = future.orders.copy()
        for day in range(number + 1, number + 1 + days):
            rng = np.random.default_rng([self.seed, _FUTURE, first_future, day])
            simulate_day(model, future, day, rng)
        return (future.orders - before).reshape(copies, len(self.shoppers))


def simulate_shop(
    seed: int,
    shoppers: int,
    days: int,
    settings: ShopSettings | None = None,
    first_day: date = _FIRST_DAY,
) -> SimulatedShop:
    """Return a simulated shop; the same arguments give the same one.

    Parameters
    ----------
    seed
        0 or more.
    shoppers
        How many come in all, at least 1.
    days
        At least 1, from `first_day`.
    settings
        Those of `ShopSettings` by default.
    first_day
        In China.

    Raises
    ------
    ValueError
        There are no shoppers or no days.
    """
    if shoppers < 1 or days < 1:
        raise ValueError(f"{shoppers} shoppers on {days} days; there must be one of each at least")
    settings = settings or ShopSettings()
    model = draw_shop(shoppers, days, settings, np.random.default_rng([seed, _TRAITS]))
    state = ShopperState.at_first(shoppers)
    actions_by_day = []
    for day in range(days):
        rng = np.random.default_rng([seed, _DAYS, day])
        visits = simulate_day(model, state, day, rng)
        rng = np.random.default_rng([seed, _ACTIONS, day])
        actions_by_day.append(actions_of_day(model, visits, day, rng))
    actions = joined_actions(actions_by_day)
    sessions = draw_sessions(actions, settings, shoppers, np.random.default_rng([seed, _SESSIONS]))
    ids = _ids("c", shoppers)
    made = purchases(actions)
    return SimulatedShop(
        _orders(ids, made.shopper, made.day, made.price * made.pieces, first_day=first_day, last=days - 1),
        _activity(ids, actions, sessions, first_day),
        _ids("p", len(model.assortment.price)),
        ids,
        first_day,
        seed,
        model,
        actions,
        sessions,
    )


def _ids(prefix: str, count: int) -> tuple[str, ...]:
    """Return ids whose order is that of their positions."""
    return tuple(f"{prefix}{number:0{len(str(count))}d}" for number in range(count))


def _orders(  # noqa: PLR0913 - a column each
    ids: tuple[str, ...], shopper: Integers, day: Integers, amount: Numbers, *, first_day: date, last: int
) -> Orders:
    order = np.lexsort((day, shopper))
    kept, customer = np.unique(shopper[order], return_inverse=True)
    first = first_day.toordinal()
    return Orders(
        tuple(ids[one] for one in kept.tolist()),
        customer.astype(np.int64),
        day[order] + first,
        np.round(amount[order], 2),
        date.fromordinal(first + last),
    )


def _activity(ids: tuple[str, ...], actions: Actions, sessions: Sessions, first_day: date) -> Activity:
    is_owned = sessions.known_from >= 0
    kept, customer = np.unique(actions.shopper[is_owned], return_inverse=True)
    return Activity(
        tuple(ids[one] for one in kept.tolist()),
        customer.astype(np.int64),
        actions.day[is_owned] + first_day.toordinal(),
        sessions.known_from[is_owned] + first_day.toordinal(),
        actions.kind[is_owned],
        actions.product[is_owned],
        actions.price[is_owned],
        first_day.toordinal(),
    )
