"""A circuit breaker: an Elasticsearch that hangs is not waited for by everybody."""

import time
from collections.abc import Callable
from functools import cache
from threading import Lock
from typing import NamedTuple

TIMEOUTS = 3
"""Requests in a row that must time out: one may be unlucky, two may be a pause for garbage collection."""
# Seconds from one trial to the next. Who waits for Elasticsearch to come back wants it within 2 s.
_TRIAL_INTERVAL_S = 1.0


class Attempt(NamedTuple):
    """A request that was let through."""

    began: float
    is_trial: bool


class CircuitBreaker:
    """Lets requests through, or not. Safe for many threads.

    It opens when `TIMEOUTS` requests time out while none is answered: a slow request beside others that are
    answered does not count. While it is open one request at a time is let through, one a second; the first
    answer closes it.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._timeouts = 0
        self._answered_at = float("-inf")
        self._is_open = self._is_tried = False
        self._tried_at = 0.0
        self._refused = 0

    @property
    def is_open(self) -> bool:
        """Return whether requests are refused now, all but the trials."""
        return self._is_open

    @property
    def refused(self) -> int:
        """Return how many requests were refused since the process started."""
        return self._refused

    def begin(self) -> Attempt | None:
        """Return the attempt, which must be ended; None where the request is refused."""
        with self._lock:
            now = self._clock()
            if not self._is_open:
                return Attempt(now, is_trial=False)
            if self._is_tried or now < self._tried_at + _TRIAL_INTERVAL_S:
                self._refused += 1
                return None
            self._is_tried, self._tried_at = True, now
            return Attempt(now, is_trial=True)

    def end(self, attempt: Attempt, *, timed_out: bool) -> None:
        """Take note of what came of an attempt."""
        with self._lock:
            now = self._clock()
            if attempt.is_trial:
                self._is_tried = False
            if not timed_out:
                self._answered_at, self._timeouts, self._is_open = now, 0, False
            elif attempt.began >= self._answered_at:
                self._timeouts += 1
                if self._timeouts >= TIMEOUTS and not self._is_open:
                    self._is_open, self._tried_at = True, now


@cache
def breaker_of(address: str) -> CircuitBreaker:  # noqa: ARG001 - the key of the cache
    """Return the breaker of all connections of this process to an Elasticsearch."""
    return CircuitBreaker()
