"""Limits of requests by key and by address, so that no client takes the server from the others."""

from collections.abc import Sequence

from flask import request
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from werkzeug.exceptions import TooManyRequests

from searchapi.addresses import client_of
from searchapi.caller import ANYBODY, THIS_MACHINE, Caller
from shangsou.behaviour.event import Event
from shangsou.settings import Settings

# What monitors and the pages' own files ask for costs nothing, and must be answered when all else waits.
_FREE = ("/healthz", "/readyz", "/metrics", "/assets/", "/static/")
# Wrong keys of one address: a client that is misconfigured retries some times, who guesses does not stop. A
# key has 256 random bits; this keeps the log and the processor free.
_WRONG_KEYS = parse("20/minute")
# Lines of orders that count as purchases without a key: of a signed-in shopper and of a session, and of an
# address, behind which a whole school may be. Set by hand: more than any household buys. A signature proves
# who somebody is, not that something was bought.
_PURCHASES, _PURCHASES_OF_ADDRESS = parse("200/day"), parse("1000/day")
# Events of an address without a key, of which a request holds a thousand: some hundred shoppers behind it
# send twenty a minute each. Set by hand.
_EVENTS_OF_ADDRESS = parse("6000/minute")


class RateLimits:
    """Counts requests. Safe for many threads; each server counts its own."""

    def __init__(self, settings: Settings) -> None:
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._of_address, self._of_key = parse(settings.address_limit), parse(settings.key_limit)

    def check(self, caller: Caller) -> None:
        """Count a request; raises `TooManyRequests` where there are more than the limit."""
        if caller.name == THIS_MACHINE or request.path.startswith(_FREE):
            return
        if caller.name == ANYBODY:
            self._count(self._of_address, "address", client_of(caller.address))
        else:
            self._count(self._of_key, "key", caller.name)

    def check_wrong_keys(self, address: str) -> None:
        """Raise `TooManyRequests` where an address has shown too many wrong keys."""
        if not self._limiter.test(_WRONG_KEYS, "wrong key", client_of(address)):
            raise self._too_many(_WRONG_KEYS, ("wrong key", client_of(address)), "wrong keys")

    def count_wrong_key(self, address: str) -> None:
        """Count a wrong key of an address."""
        self._limiter.hit(_WRONG_KEYS, "wrong key", client_of(address))

    def check_events(self, caller: Caller, count: int) -> None:
        """Count events; raises `TooManyRequests` where who is not the shop itself sends too many."""
        if caller.may("events"):
            return
        whose = ("events", client_of(caller.address))
        if not self._limiter.hit(_EVENTS_OF_ADDRESS, *whose, cost=count):
            raise self._too_many(_EVENTS_OF_ADDRESS, whose, "events")

    def allows_purchase(self, event: Event, address: str) -> bool:
        """Count a purchase that a browser tells of, and return whether there are few enough."""
        # Those of one shopper that are too many take nothing from others behind the same address.
        return (
            self._limiter.hit(_PURCHASES, "purchases of user", event.user_id)
            and (
                not event.session_id
                or self._limiter.hit(_PURCHASES, "purchases of session", event.session_id)
            )
            and self._limiter.hit(_PURCHASES_OF_ADDRESS, "purchases of address", client_of(address))
        )

    def _count(self, limit: RateLimitItem, *whose: str) -> None:
        if not self._limiter.hit(limit, *whose):
            raise self._too_many(limit, whose, "requests")

    def _too_many(self, limit: RateLimitItem, whose: Sequence[str], what: str) -> TooManyRequests:
        # Of a sliding window a part is free sooner; the whole window is sure.
        return TooManyRequests(
            f"more than {limit.amount} {what} in {limit.get_expiry()} seconds; try again later",
            retry_after=limit.get_expiry(),
        )
