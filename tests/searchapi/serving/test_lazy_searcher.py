"""A searcher that opens its index in the background."""

import threading

import pytest

from searchapi.serving import lazy_searcher
from searchapi.serving.lazy_searcher import LazySearcher
from shangsou.errors import EngineUnavailable, NoIndex
from shangsou.search.request import SearchRequest
from tests.fixtures.searchapi import StubSearcher


def wait_until_open(searcher: LazySearcher) -> None:
    waiting = threading.Event()
    for _ in range(6000):
        if not searcher.missing():
            return
        waiting.wait(0.01)
    pytest.fail("not open")


def test_a_search_before_the_index_is_open_says_so(stub_searcher: StubSearcher):
    go_on = threading.Event()

    def open_slowly() -> StubSearcher:
        go_on.wait()
        return stub_searcher

    searcher = LazySearcher(open_slowly)
    assert searcher.missing() == ["the index and the weights are being opened"]
    assert searcher.generation() is None
    with pytest.raises(EngineUnavailable):
        searcher.search(SearchRequest())
    with pytest.raises(EngineUnavailable):
        searcher.product("dress-red")
    go_on.set()
    wait_until_open(searcher)
    assert searcher.search(SearchRequest()).total == 11
    assert searcher.product("dress-red") is not None
    searcher.close()


def test_what_cannot_be_opened_is_tried_again(stub_searcher: StubSearcher, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lazy_searcher, "RETRY_DELAY_S", 0.01)
    outcomes = [NoIndex("no index yet"), RuntimeError("broken"), stub_searcher]

    def open_at_the_third_time() -> StubSearcher:
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    searcher = LazySearcher(open_at_the_third_time)
    wait_until_open(searcher)
    assert searcher.generation() is not None
    searcher.close()


def test_closing_gives_up_on_what_cannot_be_opened():
    def never() -> StubSearcher:
        raise NoIndex("no index yet")

    searcher = LazySearcher(never)
    searcher.close()
    assert searcher.missing()[0] in (
        'no index yet; run "shangsou index FILE" or "shangsou demo"',
        "the index and the weights are being opened",
    )
