"""The circuit breaker before an Elasticsearch that hangs."""

import pytest

from shangsou.engines.elastic.breaker import Attempt, CircuitBreaker, breaker_of


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> CircuitBreaker:
    return CircuitBreaker(clock)


def begin(breaker: CircuitBreaker) -> Attempt:
    attempt = breaker.begin()
    assert attempt is not None
    return attempt


def time_out(breaker: CircuitBreaker, clock: Clock, *attempts: Attempt) -> None:
    clock.now += 5
    for attempt in attempts:
        breaker.end(attempt, timed_out=True)


def opened(breaker: CircuitBreaker, clock: Clock) -> CircuitBreaker:
    time_out(breaker, clock, *[begin(breaker) for _ in range(3)])
    assert breaker.is_open
    return breaker


def test_it_opens_at_the_third_timeout_in_a_row(breaker: CircuitBreaker, clock: Clock):
    first, second, third = (begin(breaker) for _ in range(3))
    time_out(breaker, clock, first, second)
    assert not breaker.is_open
    breaker.end(third, timed_out=True)
    assert breaker.is_open
    assert breaker.begin() is None
    assert breaker.refused == 1


def test_requests_that_wait_while_others_are_answered_do_not_open_it(breaker: CircuitBreaker, clock: Clock):
    slow = [begin(breaker) for _ in range(5)]
    clock.now += 1
    breaker.end(begin(breaker), timed_out=False)
    time_out(breaker, clock, *slow)
    assert not breaker.is_open


def test_an_answer_between_timeouts_begins_the_count_again(breaker: CircuitBreaker, clock: Clock):
    time_out(breaker, clock, begin(breaker), begin(breaker))
    breaker.end(begin(breaker), timed_out=False)
    clock.now += 1
    time_out(breaker, clock, begin(breaker), begin(breaker))
    assert not breaker.is_open


def test_one_request_a_second_tries_whether_it_answers_again(breaker: CircuitBreaker, clock: Clock):
    opened(breaker, clock)
    clock.now += 0.9
    assert breaker.begin() is None
    clock.now += 0.2
    trial = begin(breaker)
    clock.now += 3
    # Never two at once.
    assert breaker.begin() is None
    breaker.end(trial, timed_out=True)
    # A second after it began there may be another one.
    assert begin(breaker).is_trial


def test_the_first_answer_lets_all_through(breaker: CircuitBreaker, clock: Clock):
    opened(breaker, clock)
    clock.now += 1.1
    breaker.end(begin(breaker), timed_out=False)
    assert not breaker.is_open
    assert begin(breaker)
    assert begin(breaker)


def test_a_request_from_before_that_is_answered_lets_all_through(breaker: CircuitBreaker, clock: Clock):
    late = begin(breaker)
    opened(breaker, clock)
    breaker.end(late, timed_out=False)
    assert not breaker.is_open


def test_all_connections_of_a_process_to_an_address_share_one():
    assert breaker_of("http://10.9.9.9:9200") is breaker_of("http://10.9.9.9:9200")
    assert breaker_of("http://10.9.9.9:9200") is not breaker_of("http://10.9.9.8:9200")
