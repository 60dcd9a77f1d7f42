"""The recommender of one process: changes on disk take effect, failures are named."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from shangsou.degradation import Degradation
from shangsou.errors import EventsUnavailable
from shangsou.recommend.model import build_model
from shangsou.recommend.model_file import MODEL_FILE, write_model
from shangsou.recommend.recommender import Recommender
from shangsou.recommend.rules import RULES_FILE, write_rules
from shangsou.recommend.shelf import RecommendRequest
from tests.recommend.test_model import did


class Histories:
    """What a shopper did, or the fault of the store."""

    def __init__(self, events=(), fault=None):
        self.events, self.fault = tuple(events), fault

    def of(self, user_id, session_id):
        if self.fault:
            raise self.fault
        return SimpleNamespace(events=self.events)


class Counting:
    """An engine that counts how often each of its methods is called."""

    def __init__(self, engine):
        self._engine = engine
        self.generation = engine.generation
        self.calls = Counter()

    def __getattr__(self, name):
        self.calls[name] += 1
        return getattr(self._engine, name)


@pytest.fixture
def ask(tmp_path, engine):
    recommender = Recommender(tmp_path, Histories())

    def shown(kind="trending", histories=None, **options):
        if histories is not None:
            recommender._histories = histories
        recommender.refresh(engine)
        shelf = recommender.recommend(RecommendRequest(kind, user_id="u", **options), engine)
        return [item.product.product_id for item in shelf.items], shelf.degraded

    return shown


def test_a_new_model_and_new_rules_are_taken_up_while_running(ask, tmp_path):
    assert ask()[0][0] == "phone-case"
    write_model(tmp_path, build_model([did("v", "purchase", "gift")], {}))
    assert ask()[0][0] == "gift"
    write_rules(tmp_path, "exclude gift\npin mug => trending")
    assert ask()[0][:2] == ["mug", "phone-case"]
    (tmp_path / RULES_FILE).unlink()
    (tmp_path / MODEL_FILE).unlink()
    assert ask()[0][0] == "phone-case"


def test_wrong_rules_leave_those_before_in_use(ask, tmp_path, caplog):
    write_rules(tmp_path, "exclude phone-case")
    before = ask()
    (tmp_path / RULES_FILE).write_text("hide mug", "utf-8")
    assert ask() == before
    assert 'recommend.txt:1: "hide mug" is no rule' in caplog.text


def test_a_damaged_model_is_named_and_the_last_good_one_stays(ask, tmp_path):
    write_model(tmp_path, build_model([did("v", "purchase", "gift")], {}))
    assert ask() == (ask()[0], ())
    (tmp_path / MODEL_FILE).write_bytes(b"damaged")
    shown, degraded = ask()
    assert shown[0] == "gift"
    assert degraded == (Degradation("recommend", 'the model cannot be read; run "shangsou recommend build"'),)


def test_without_the_events_a_shopper_is_a_stranger_and_it_says_so(ask):
    gone = Histories(fault=EventsUnavailable("events in /secret/path: gone"))
    shown, degraded = ask("for-you", gone)
    assert shown[0] == "phone-case"
    assert degraded == (Degradation("personalize", "the events cannot be read; as for a stranger"),)
    # Whoever does not want it personal misses nothing.
    assert ask("for-you", gone, personalize=False)[1] == ()


def test_a_history_counts_at_once(ask):
    assert ask("recent")[0] == []
    did_now = [did("u", "click", "mug"), did("u", "click", "gone from the shop")]
    assert ask("recent", Histories(did_now)) == (["mug"], ())
    assert datetime.now(UTC) > did_now[0].at


def test_nothing_is_read_before_a_shelf_is_asked_for(tmp_path, engine):
    counting = Counting(engine)
    Recommender(tmp_path, Histories()).refresh(counting)
    assert counting.calls == {}


def test_what_shelves_that_are_expected_are_made_of_is_read_ahead(tmp_path, engine):
    recommender, counting = Recommender(tmp_path, Histories()), Counting(engine)
    recommender.warm_up()
    recommender.refresh(counting)
    read_ahead = counting.calls["fetch_page"]
    assert read_ahead > 0
    for kind in ("trending", "on-offer", "new"):
        assert recommender.recommend(RecommendRequest(kind), counting).items
    assert counting.calls["fetch_page"] == read_ahead


def test_offers_are_read_for_the_shelf_that_shows_them(tmp_path, engine):
    recommender, counting = Recommender(tmp_path, Histories()), Counting(engine)
    recommender.recommend(RecommendRequest("trending"), counting)
    read = counting.calls["fetch_page"]
    assert recommender.recommend(RecommendRequest("on-offer"), counting).items
    assert counting.calls["fetch_page"] > read


def test_nobody_waits_for_what_a_new_index_sells_best(tmp_path, engine):
    recommender, counting = Recommender(tmp_path, Histories()), Counting(engine)
    recommender.recommend(RecommendRequest("trending"), counting)
    read = counting.calls["fetch_page"]
    counting.generation = replace(counting.generation, name="gen-99")
    assert recommender.recommend(RecommendRequest("trending"), counting).items
    assert counting.calls["fetch_page"] == read
    recommender.refresh(counting)
    assert counting.calls["fetch_page"] > read


def test_neighbours_are_looked_up_once_in_each_index(tmp_path, engine):
    recommender, counting = Recommender(tmp_path, Histories()), Counting(engine)
    first = recommender.recommend(RecommendRequest("similar", "mug"), counting)
    assert recommender.recommend(RecommendRequest("similar", "mug"), counting).items == first.items
    assert counting.calls["title_vectors"] == 1
    other = Counting(engine)
    recommender.recommend(RecommendRequest("similar", "mug"), other)
    assert other.calls["title_vectors"] == 1
