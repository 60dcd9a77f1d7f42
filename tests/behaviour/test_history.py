"""Histories: the events that a search uses of its shopper, and the moment they are read at."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from shangsou.behaviour import history as history_module
from shangsou.behaviour.history import MAX_HISTORY, NO_HISTORY, Histories, new_query_id, parse_query_time
from shangsou.behaviour.sqlite.store import SqliteEventStore
from shangsou.behaviour.store import EventStore
from shangsou.errors import EventsUnavailable
from tests.fixtures.behaviour import event


def product_ids(histories: Histories, user: str = "u", session: str = "", query_id: str = "") -> list[str]:
    return [event_.product_id for event_ in histories.of(user, session, query_id).events]


def test_an_event_shows_in_the_next_search_whoever_wrote_it(tmp_path: Path):
    here, elsewhere = (SqliteEventStore(tmp_path / "events.sqlite") for _ in range(2))
    histories = Histories(here)
    assert product_ids(histories) == []
    elsewhere.add([event(user="u", product="a", minute=1)])
    assert product_ids(histories) == ["a"]
    elsewhere.add([event(user="u", product="b", minute=2)])
    assert product_ids(histories) == ["b", "a"]
    elsewhere.forget(user_id="u")
    assert product_ids(histories) == []
    here.close()
    elsewhere.close()


def test_a_history_that_did_not_change_is_not_read_again(
    event_store: EventStore, monkeypatch: pytest.MonkeyPatch
):
    histories = Histories(event_store)
    event_store.add([event(user="u", product="a")])
    first = histories.of("u", "")
    monkeypatch.setattr(event_store, "latest", None)
    event_store.add([event("impression", user="u"), event(user="another")])
    assert histories.of("u", "") is first


def test_a_history_ends_after_so_many_events(event_store: EventStore):
    event_store.add(
        [event(user="u", product=f"p{number}", minute=number) for number in range(MAX_HISTORY + 5)]
    )
    assert product_ids(Histories(event_store))[:1] == [f"p{MAX_HISTORY + 4}"]
    assert len(product_ids(Histories(event_store))) == MAX_HISTORY


def test_who_is_nobody_has_no_history(event_store: EventStore):
    event_store.add([event(product="a")])
    assert Histories(event_store).of("", "") is NO_HISTORY


def test_a_new_shopper_is_distinguished_from_one_who_may_not_be_served_personally(event_store: EventStore):
    histories = Histories(event_store)
    assert histories.of("u", "").is_cold_start
    event_store.add([event(user="u", product="a")])
    assert not histories.of("u", "").is_cold_start
    event_store.opt_out("u", opted_out=True)
    assert not histories.of("u", "").is_cold_start


def test_who_has_opted_out_or_is_a_program_has_no_history(event_store: EventStore):
    histories = Histories(event_store)
    event_store.add([event(user="u", product="a"), event(session="bot", product="b")])
    assert product_ids(histories) == ["a"]
    event_store.opt_out("u", opted_out=True)
    event_store.flag([], ["bot"])
    assert product_ids(histories) == []
    assert product_ids(histories, "", "bot") == []
    event_store.opt_out("u", opted_out=False)
    assert product_ids(histories) == ["a"]


def test_page_2_sees_what_page_1_saw_for_half_an_hour(
    event_store: EventStore, monkeypatch: pytest.MonkeyPatch
):
    histories = Histories(event_store)
    event_store.add([event(user="u", product="before", minute=1)])
    time.sleep(0.002)  # An id holds whole milliseconds.
    query_id = new_query_id()
    assert product_ids(histories) == ["before"]
    time.sleep(0.002)
    event_store.add([event(user="u", product="clicked-on-page-1", minute=2)])
    assert product_ids(histories, query_id=query_id) == ["before"]
    assert product_ids(histories, query_id="an id of somebody else") == ["clicked-on-page-1", "before"]
    assert product_ids(histories) == ["clicked-on-page-1", "before"]
    monkeypatch.setattr(history_module, "PIN_DURATION", timedelta(0))
    assert product_ids(histories, query_id=query_id) == ["clicked-on-page-1", "before"]


def test_what_was_forgotten_is_gone_from_page_2_as_well(event_store: EventStore):
    histories = Histories(event_store)
    event_store.add([event(user="u")])
    time.sleep(0.002)
    query_id = new_query_id()
    event_store.forget(user_id="u")
    assert product_ids(histories, query_id=query_id) == []


def test_a_query_id_is_a_uuid_of_version_7_that_holds_its_moment():
    before = datetime.now(UTC)
    query_id = new_query_id()
    assert UUID(query_id).version == 7
    assert UUID(query_id).variant == "specified in RFC 4122"
    moment = parse_query_time(query_id)
    assert moment is not None
    assert timedelta(0) <= moment - before.replace(microsecond=before.microsecond // 1000 * 1000)
    assert moment <= datetime.now(UTC)
    assert new_query_id() != query_id


@pytest.mark.parametrize("query_id", ["", "query-1", "f47ac10b-58cc-4372-a567-0e02b2c3d479", "7" * 5000])
def test_an_id_that_is_not_ours_has_no_moment(query_id: str):
    assert parse_query_time(query_id) is None


def test_a_store_that_cannot_be_read_is_reported(tmp_path: Path):
    path = tmp_path / "events.sqlite"
    path.write_bytes(b"no database" * 1000)
    store = SqliteEventStore(path)
    with pytest.raises(EventsUnavailable, match=r"events\.sqlite: it is damaged"):
        Histories(store).of("u", "")
    store.close()
