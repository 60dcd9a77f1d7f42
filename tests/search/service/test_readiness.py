"""Whether searches are answered, as a small search finds it."""

import threading
from collections.abc import Iterator, Sequence

import pytest

from shangsou.engines.query import Hit, Leg
from shangsou.errors import EngineUnavailable, NoIndex, ShangsouError
from shangsou.search.service import readiness
from shangsou.search.service.readiness import ReadinessCheck
from tests.fixtures.searchapi import wait_until


class StubEngine:
    """Answers, raises, or hangs."""

    def __init__(self) -> None:
        self.error: ShangsouError | None = None
        self.answering = threading.Event()
        self.answering.set()
        self.searches = 0

    def retrieve(self, wanted: Sequence[Leg]) -> list[list[Hit]]:
        self.searches += 1
        self.answering.wait()
        if self.error is not None:
            raise self.error
        return [[]]


@pytest.fixture
def engine() -> StubEngine:
    return StubEngine()


@pytest.fixture
def check(engine: StubEngine, monkeypatch: pytest.MonkeyPatch) -> Iterator[ReadinessCheck]:
    monkeypatch.setattr(readiness, "_INTERVAL_S", 0.01)
    check = ReadinessCheck(lambda: engine)  # type: ignore[arg-type, return-value]
    check.start()
    yield check
    engine.answering.set()
    check.close()


def test_searches_that_fail_are_a_problem_until_one_is_answered(check: ReadinessCheck, engine: StubEngine):
    wait_until(lambda: engine.searches > 0, "a first search")
    assert check.problem() == ""
    engine.error = NoIndex("Elasticsearch at http://10.0.0.5:9200 has no index 'shop-1'")
    wait_until(lambda: check.problem() != "", "a problem")
    assert check.problem() == 'no index yet; run "shangsou index FILE" or "shangsou demo"'
    engine.error = EngineUnavailable("Elasticsearch at http://10.0.0.5:9200 answered 503")
    wait_until(lambda: check.problem() == "the search engine does not answer", "another problem")
    engine.error = None
    wait_until(lambda: check.problem() == "", "no problem")


def test_a_search_that_hangs_is_a_problem_before_it_ends(check: ReadinessCheck, engine: StubEngine):
    engine.answering.clear()
    wait_until(lambda: check.problem() == "the search engine does not answer", "a problem")
    engine.answering.set()
    wait_until(lambda: check.problem() == "", "no problem")


def test_what_nobody_expects_is_a_problem_in_general_words_and_does_not_end_it(
    check: ReadinessCheck, engine: StubEngine, caplog: pytest.LogCaptureFixture
):
    engine.error = RuntimeError("/srv/shop/index/gen-1 is broken")  # type: ignore[assignment]
    wait_until(lambda: check.problem() != "", "a problem")
    assert check.problem() == "searches fail; the log of the server says why"
    count = engine.searches
    wait_until(lambda: engine.searches > count + 2, "further searches")
    assert caplog.text.count("RuntimeError: /srv/shop/index/gen-1 is broken") == 1
    engine.error = None
    wait_until(lambda: check.problem() == "", "no problem")


def test_a_problem_is_logged_once(
    check: ReadinessCheck, engine: StubEngine, caplog: pytest.LogCaptureFixture
):
    engine.error = EngineUnavailable("Elasticsearch at http://10.0.0.5:9200 answered 503")
    wait_until(lambda: check.problem() != "", "a problem")
    count = engine.searches
    wait_until(lambda: engine.searches > count + 5, "further searches")
    assert caplog.text.count("searches fail: Elasticsearch at http://10.0.0.5:9200 answered 503") == 1
