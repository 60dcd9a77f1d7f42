"""`/v1/events`, and reading and deleting a shopper's events."""

import json
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import limits
import pytest
from flask import Flask
from flask.testing import FlaskClient

from searchapi.app import create_app
from searchapi.signatures import sign_user
from searchapi.state import EXTENSION, AppState
from shangsou.behaviour.ingest import MAX_PER_MINUTE
from shangsou.behaviour.sqlite import connection
from shangsou.settings import Settings
from tests.fixtures.searchapi import StubSearcher, wait_until

KEY, SECRET = "a key of the server", "a secret that signs"
ELSEWHERE = {"REMOTE_ADDR": "192.0.2.7"}
SESSION = "0123456789abcdef"
NOW = datetime.now(UTC)


def click(number: int = 1, **fields: object) -> dict[str, object]:
    payload: dict[str, object] = {
        "event_id": f"e{number}",
        "action_name": "click",
        "timestamp": NOW.isoformat(),
        "session_id": SESSION,
        "user_query": "裙",
        "event_attributes": {"object": {"object_id": "dress-red"}, "position": {"ordinal": 1}},
    }
    return payload | fields


def send(client: FlaskClient, body: object, headers: Mapping[str, str] | None = None) -> dict[str, object]:
    answer = client.post("/v1/events", json=body, headers=headers)
    assert answer.status_code == 200, answer.json
    assert isinstance(answer.json, dict)
    return answer.json


def kept(client: FlaskClient, session: str = SESSION) -> list[dict[str, object]]:
    answer = client.get(f"/v1/sessions/{session}/events")
    assert answer.json is not None
    events: list[dict[str, object]] = answer.json["events"]
    return events


@pytest.fixture
def open_client(tmp_path: Path, stub_searcher: StubSearcher) -> Iterator[FlaskClient]:
    """A server with a key, asked from elsewhere."""
    app = create_app(Settings(home=tmp_path, admin_key=KEY, signing_secret=SECRET), stub_searcher)
    client = app.test_client()
    client.environ_base |= ELSEWHERE
    yield client
    app.extensions[EXTENSION].events.close()


def test_one_event_is_kept_as_it_was_sent(client: FlaskClient):
    assert send(client, click()) == {
        "accepted": 1, "duplicates": 0, "dropped": 0, "rejected": 0, "unknown_products": 0, "events": []
    }  # fmt: skip
    (event,) = kept(client)
    assert event["event_id"] == "e1"
    assert event["user_query"] == "裙"
    assert event["event_attributes"] == {
        "object": {"object_id": "dress-red", "object_id_type": "product"},
        "position": {"ordinal": 1},
    }


def test_the_same_batch_sent_twice_counts_once(client: FlaskClient):
    batch = [click(1), click(2)]
    assert send(client, batch)["accepted"] == 2
    again = send(client, batch)
    assert (again["accepted"], again["duplicates"]) == (0, 2)
    assert len(kept(client)) == 2


def test_each_event_of_a_batch_has_its_own_fate(client: FlaskClient):
    old = (NOW - timedelta(days=396)).isoformat()
    answer = send(
        client,
        [
            click(1),
            click(2, timestamp="soon"),
            click(3, timestamp=old),
            "click",
            click(1),
            click(4, user_query=7),
        ],
    )
    assert (answer["accepted"], answer["duplicates"], answer["rejected"]) == (2, 1, 3)
    assert isinstance(answer["events"], list)
    outcomes = {one["index"]: (one["status"], one["detail"]) for one in answer["events"]}
    assert set(outcomes) == {1, 2, 3, 5}
    assert outcomes[1] == ("rejected", 'timestamp "soon" is no time from 1990 to 2100; event left out')
    assert outcomes[2][0] == "rejected"
    assert "longer than events are kept" in outcomes[2][1]
    assert outcomes[3] == ("rejected", "the event is no JSON object; left out")
    assert outcomes[5] == ("accepted", 'user_query "7" is no text; user_query left empty')
    assert [event["event_id"] for event in kept(client)] == ["e1", "e4"]


WRONG = [
    # what is sent, the path of the one wrong field
    (click(user_id="u" * 10_240), "user_id"),
    ([click(user_id="u" * 10_240)], "0.user_id"),
    (click(event_id=["e"]), "event_id"),
    (click(action_name=None), "action_name"),
    (click(event_attributes={}), "product_id"),
    ("click", ""),
    ([7], "0"),
    ([click()] * 1001, ""),
]


@pytest.mark.parametrize(("body", "path"), WRONG, ids=[str(number) for number in range(len(WRONG))])
def test_where_nothing_can_be_used_the_answer_is_422_and_names_the_field(
    client: FlaskClient, body: object, path: str
):
    answer = client.post("/v1/events", json=body)
    assert answer.status_code == 422
    assert answer.json is not None
    assert [error["path"] for error in answer.json["errors"]] == [path]
    assert len(answer.data) < 2_000


def test_a_body_over_a_megabyte_is_413(client: FlaskClient):
    assert (
        client.post(
            "/v1/events", data=b"[" + b" " * (1 << 20) + b"]", content_type="application/json"
        ).status_code
        == 413
    )


def test_an_empty_batch_is_no_mistake(client: FlaskClient):
    assert send(client, [])["accepted"] == 0


def test_a_clock_that_is_ahead_is_set_right_and_one_that_is_days_ahead_is_refused(client: FlaskClient):
    ahead, far = (NOW + timedelta(hours=3)).isoformat(), (NOW + timedelta(days=3)).isoformat()
    answer = send(client, [click(1, timestamp=ahead), click(2, timestamp=far)])
    assert (answer["accepted"], answer["rejected"]) == (1, 1)
    (event,) = kept(client)
    assert datetime.fromisoformat(str(event["timestamp"])) <= datetime.now(UTC)


def test_events_of_unknown_products_are_kept_counted_and_named(client: FlaskClient):
    odd = {"object": {"object_id": "no such product"}}
    answer = send(client, [click(1), click(2, event_attributes=odd), click(3, event_attributes=odd)])
    assert (answer["accepted"], answer["unknown_products"]) == (3, 1)
    outcomes = 'product "no such product" is not on sale'
    assert answer["events"] == [
        {"index": place, "status": "accepted", "detail": outcomes} for place in (1, 2)
    ]
    assert "shangsou_events_unknown_products_total 1.0" in client.get("/metrics").text
    assert len(kept(client)) == 3


def test_a_bot_is_capped_flagged_and_kept_out_of_what_models_learn(app: Flask, client: FlaskClient):
    for start in range(0, 10_000, 1_000):
        answer = send(client, [click(start + number) for number in range(1_000)])
    assert answer["dropped"] == 1_000
    assert len(kept(client)) == MAX_PER_MINUTE
    send(client, click(-1, session_id="another-session-1"))
    state: AppState = app.extensions[EXTENSION]
    assert state.events.store.shopper("", SESSION).flagged
    assert [one.session_id for one in state.events.store.scan(NOW - timedelta(days=1))] == [
        "another-session-1"
    ]


def test_a_retry_is_not_taken_for_a_bot(app: Flask, client: FlaskClient):
    batch = [click(number) for number in range(400)]
    for _ in range(5):
        send(client, batch)
    state: AppState = app.extensions[EXTENSION]
    assert not state.events.store.shopper("", SESSION).flagged


@pytest.mark.parametrize("headers", [{"Sec-GPC": "1"}, {"DNT": "1"}], ids=str)
def test_a_browser_that_asks_for_no_record_leaves_none(
    app: Flask, client: FlaskClient, stub_searcher: StubSearcher, headers: dict[str, str]
):
    assert send(client, click(), headers)["dropped"] == 1
    client.get(f"/v1/search?q=裙&session_id={SESSION}", headers=headers)
    assert stub_searcher.search_requests[-1].personalize is False
    app.extensions[EXTENSION].events.close()
    assert not (app.extensions[EXTENSION].settings.home / "events").exists()


def test_pages_of_other_sites_cannot_send_events(client: FlaskClient):
    answer = client.post("/v1/events", json=click(), headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert send(client, click(), {"Sec-Fetch-Site": "same-origin"})["accepted"] == 1


def test_an_unsigned_user_does_not_count_but_the_session_does(open_client: FlaskClient):
    answer = send(open_client, [click(1, user_id="u1"), click(2, user_id="u1", session_id="")])
    assert (answer["accepted"], answer["rejected"]) == (1, 1)
    assert "user_id" not in kept(open_client)[0]
    signed = {"X-Shangsou-Signature": sign_user(SECRET, "shopping", "u1", int(time.time()) + 60)}
    assert send(open_client, click(3, user_id="u1"), signed)["accepted"] == 1
    assert open_client.get("/v1/users/u1/events").status_code == 403
    data = {"X-Shangsou-Signature": sign_user(SECRET, "data", "u1", int(time.time()) + 60)}
    answer = open_client.get("/v1/users/u1/events", headers=data).json
    assert answer is not None
    assert len(answer["events"]) == 2


def test_a_stranger_who_takes_the_id_of_an_event_makes_nothing_a_duplicate(open_client: FlaskClient):
    key = {"Authorization": f"Bearer {KEY}"}
    sold = {"action_name": "purchase", "user_id": "u1"}
    assert send(open_client, click(1, session_id="a-session-of-a-stranger"))["accepted"] == 1
    assert send(open_client, click(1, **sold), key)["accepted"] == 1
    assert send(open_client, click(1, **sold), key)["duplicates"] == 1
    assert send(open_client, click(1, session_id="a-session-of-a-stranger"))["duplicates"] == 1


def test_purchases_that_a_browser_tells_of_count_with_a_signature_alone(open_client: FlaskClient):
    signed = {"X-Shangsou-Signature": sign_user(SECRET, "shopping", "u1", int(time.time()) + 60)}
    send(open_client, click(1, action_name="purchase"))
    send(open_client, click(2, action_name="purchase", user_id="u1"), signed)
    key = {"Authorization": f"Bearer {KEY}"}
    of_session = open_client.get(f"/v1/sessions/{SESSION}/events").json
    of_user = open_client.get("/v1/users/u1/events", headers=key).json
    assert of_session is not None
    assert of_user is not None
    actions = {event["action_name"] for event in [*of_session["events"], *of_user["events"]]}
    assert actions == {"unconfirmed_purchase", "purchase"}


def test_of_purchases_that_a_browser_tells_of_no_more_count_than_a_household_makes(
    open_client: FlaskClient, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("searchapi.rate_limits._PURCHASES", limits.parse("2/day"))
    monkeypatch.setattr("searchapi.rate_limits._PURCHASES_OF_ADDRESS", limits.parse("3/day"))
    sessions = {"u1": "session-of-user-one", "u2": "session-of-user-two"}
    for user, session in sessions.items():
        signed = {"X-Shangsou-Signature": sign_user(SECRET, "shopping", user, int(time.time()) + 60)}
        for number in range(5):
            sold = click(number, action_name="purchase", user_id=user, session_id=session)
            send(open_client, sold, signed)
    key = {"Authorization": f"Bearer {KEY}"}
    answers = [open_client.get(f"/v1/users/{user}/events", headers=key).json for user in sessions]
    counted = [
        sum(event["action_name"] == "purchase" for event in answer["events"]) for answer in answers if answer
    ]
    # Two of a user and session, three of an address. With a key all count.
    assert counted == [2, 1]
    assert send(open_client, click(9, action_name="purchase", user_id="u1"), key)["accepted"] == 1
    answer = open_client.get("/v1/users/u1/events", headers=key).json
    assert answer is not None
    assert sum(event["action_name"] == "purchase" for event in answer["events"]) == 3


def test_a_browser_that_sets_its_clock_back_sends_no_more_in_a_minute(app: Flask, open_client: FlaskClient):
    batch = [
        click(number, timestamp=(NOW - timedelta(minutes=number)).isoformat()) for number in range(1_000)
    ]
    answer = send(open_client, batch)
    assert (answer["accepted"], answer["dropped"]) == (MAX_PER_MINUTE, 400)


def test_a_session_id_that_could_be_guessed_counts_only_from_the_shop_itself(
    open_client: FlaskClient, stub_searcher: StubSearcher
):
    answer = open_client.post("/v1/events", json=click(session_id="s1"))
    assert answer.status_code == 422
    key = {"Authorization": f"Bearer {KEY}"}
    assert send(open_client, click(session_id="s1"), key)["accepted"] == 1
    answer = open_client.get("/v1/search?q=裙&session_id=s1")
    assert stub_searcher.search_requests[-1].session_id == ""
    assert answer.json is not None
    assert answer.json["degraded"][0]["part"] == "personalize"
    assert answer.json["degraded"][0]["message"].startswith("session_id ignored: ")
    assert open_client.delete("/v1/sessions/s1").status_code == 403


def test_a_user_can_see_forget_and_forbid(client: FlaskClient):
    send(client, [click(1, user_id="用户/1"), click(2)])
    path = "/v1/users/用户/1"
    answer = client.get(f"{path}/events").json
    assert answer is not None
    assert len(answer["events"]) == 2
    assert client.delete(path).json == {"events": 2, "sessions": 1, "lists": 0, "exports_not_reached": []}
    assert client.get(f"{path}/events").json == {"events": []}
    assert client.get(f"{path}/preferences").json == {"personalize": True, "marketing": True}
    refused = {"personalize": False, "marketing": True}
    client.put(f"{path}/preferences", json={"personalize": False})
    assert client.get(f"{path}/preferences").json == refused
    assert send(client, click(3, user_id="用户/1"))["dropped"] == 1
    assert client.put(f"{path}/preferences", json={"personalize": "no"}).status_code == 422
    assert client.get(f"/v1/users/{'u' * 10_240}/events").status_code == 422


@pytest.mark.parametrize(
    "path", ["/v1/users/u1/events", "/v1/users/u1/preferences", f"/v1/sessions/{SESSION}/events"]
)
def test_a_part_of_what_is_known_is_not_deleted_and_the_answer_does_not_say_so(
    client: FlaskClient, path: str
):
    send(client, click(1))
    answer = client.delete(path)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")
    assert len(kept(client)) == 1


def test_a_session_can_be_forgotten_by_who_knows_it(client: FlaskClient):
    send(client, click())
    assert client.delete(f"/v1/sessions/{SESSION}").json == {"events": 1, "sessions": 0}
    assert kept(client) == []


def test_the_search_of_a_shopper_is_recorded_once_and_with_what_it_showed(app: Flask, client: FlaskClient):
    client.get(f"/v1/search?q=裙&session_id={SESSION}&size=2")
    # Page 2 of it, the browser's own word of it, a stranger's search, and one of who opts out.
    client.get(f"/v1/search?q=裙&session_id={SESSION}&page=2&query_id=query-1")
    send(client, {**click(1, action_name="search", query_id="query-1"), "event_attributes": {}})
    client.get("/v1/search?q=伞")
    client.get(f"/v1/search?q=杯&session_id={SESSION}&personalize=false")
    wait_until(lambda: any("results" in str(event) for event in kept(client)), "the search is recorded")
    app.extensions[EXTENSION].events.close()
    (event,) = kept(client)
    assert (event["action_name"], event["user_query"], event["query_id"]) == ("search", "裙", "query-1")
    attributes = event["event_attributes"]
    assert isinstance(attributes, dict)
    assert attributes["results"] == ["dress-red", "dress-blue"]


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another process's transaction that does not end."""
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    yield
    holder.execute("ROLLBACK")
    holder.close()


def test_a_store_that_is_locked_is_503_and_takes_the_same_events_later(
    client: FlaskClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(connection, "LOCK_TIMEOUT_S", 0.1)
    path = settings.home / "events" / "events.sqlite"
    send(client, click(1))
    with locked(path):
        answer = client.post("/v1/events", json=click(2))
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        # A search is answered all the same, and its record is lost.
        assert client.get(f"/v1/search?q=裙&session_id={SESSION}").status_code == 200
        wait_until(
            lambda: "shangsou_searches_not_recorded_total 1.0" in client.get("/metrics").text, "it is counted"
        )
    assert send(client, click(2))["accepted"] == 1


def test_a_store_that_is_full_is_503_and_keeps_what_it_has(app: Flask, client: FlaskClient):
    send(client, click(1))
    state: AppState = app.extensions[EXTENSION]
    state.events.store._writer.run(lambda held: held.execute("PRAGMA max_page_count = 1"))  # type: ignore[attr-defined]
    large = [click(number, user_query="q" * 250, order_id="o" * 250) for number in range(2, 900)]
    answer = client.post("/v1/events", json=large)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert [event["event_id"] for event in kept(client)] == ["e1"]
    # A new connection has the limit no more: as when there is room again.
    assert send(client, large)["accepted"] > 0


def test_a_store_whose_file_has_gone_takes_nothing_until_it_is_back(client: FlaskClient, settings: Settings):
    # Beginning anew by itself would forget who has opted out.
    send(client, click(1))
    (settings.home / "events").rename(settings.home / "elsewhere")
    assert client.get(f"/v1/sessions/{SESSION}/events").status_code == 503
    assert client.post("/v1/events", json=click(2)).status_code == 503
    assert client.get(f"/v1/search?q=裙&session_id={SESSION}").status_code == 200
    (settings.home / "elsewhere").rename(settings.home / "events")
    assert send(client, click(2))["accepted"] == 1
    # Whether the search between was recorded is a matter of when its record is written.
    assert [event["event_id"] for event in kept(client) if event["action_name"] == "click"] == ["e1", "e2"]


def test_a_store_that_is_no_database_is_503(client: FlaskClient, settings: Settings):
    path = settings.home / "events" / "events.sqlite"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"this is no database at all" * 100)
    assert client.post("/v1/events", json=click()).status_code == 503
    assert client.get(f"/v1/search?q=裙&session_id={SESSION}").status_code == 200


def test_neither_ids_nor_queries_reach_the_log(
    client: FlaskClient, settings: Settings, caplog: pytest.LogCaptureFixture
):
    secret = {"user_id": "秘密用户", "user_query": "秘密查询"}
    send(client, click(1, **secret))
    client.get("/v1/users/秘密用户/events")
    client.delete("/v1/users/秘密用户")
    for file in (settings.home / "events").iterdir():
        file.unlink()
    client.get("/v1/users/秘密用户/events")
    assert "秘密" not in caplog.text + json.dumps(
        [str(vars(one)) for one in caplog.records], ensure_ascii=False
    )
