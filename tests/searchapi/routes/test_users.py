"""Preferences of users, and what an erasure reaches and names, over HTTP."""

import errno
import json
import logging
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from searchapi import event_service
from searchapi.schema.responses import ForgetUserResponse, PreferencesResponse
from searchapi.state import EXTENSION
from shangsou.customer_lists import list_folder
from shangsou.customer_lists.customer_list import CustomerList
from shangsou.customer_lists.lists import CustomerLists
from shangsou.customer_lists.names import kind_of
from shangsou.encoding.registry import RegisteredModel
from shangsou.settings import Settings
from tests.fixtures.responses import validated
from tests.fixtures.searchapi import wait_until
from tests.fixtures.trained_models import CARD, install_toy

CHURN, WINBACK, HOLD_OUT = "churn-20261202T050301042Z", "winback-双12", "winback-双12-hold-out"
PREFERENCES = "/v1/users/u1/preferences"


@pytest.fixture
def lists(settings: Settings) -> CustomerLists:
    """Lists of a home in which the users u1 and u2 are in all three."""
    lists = CustomerLists(settings.home)
    rows = tuple((lists.pseudonym(user),) for user in ("u1", "u2"))
    for name in (CHURN, WINBACK, HOLD_OUT):
        created_at = datetime.now(UTC) - timedelta(days=10)
        customers = CustomerList(name, kind_of(name), created_at, ("customer",), rows)
        lists.write(customers, lists.begin_run())
    return lists


def holding(lists: CustomerLists, user: str) -> list[str]:
    """The lists that hold a user."""
    pseudonym = lists.pseudonym(user)
    return [name for name in lists.names() if pseudonym in {row[0] for row in lists.read(name).rows}]


def audit_lines(settings: Settings) -> list[dict[str, object]]:
    text = (settings.home / "audit" / "audit.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_a_preference_that_is_not_named_stays_as_it_is(client: FlaskClient):
    assert validated(PreferencesResponse, client.get(PREFERENCES).json) == {
        "personalize": True,
        "marketing": True,
    }
    answer = client.put(PREFERENCES, json={"marketing": False})
    assert answer.json == {
        "personalize": True,
        "marketing": False,
        "lists": 0,
        "exports_not_reached": [],
    }
    # As clients send it that know of no marketing.
    client.put(PREFERENCES, json={"personalize": False})
    assert client.get(PREFERENCES).json == {"personalize": False, "marketing": False}
    client.put(PREFERENCES, json={"personalize": True, "marketing": True})
    assert client.get(PREFERENCES).json == {"personalize": True, "marketing": True}


@pytest.mark.parametrize(
    "body", [{}, {"personalize": None}, {"marketing": "no"}, {"marketing": 0}, {"mail": False}], ids=str
)
def test_a_body_without_a_usable_preference_is_invalid_and_changes_nothing(
    client: FlaskClient, body: dict[str, object]
):
    assert client.put(PREFERENCES, json=body).status_code == 422
    assert client.get(PREFERENCES).json == {"personalize": True, "marketing": True}


def test_an_empty_body_is_answered_with_what_may_be_named(client: FlaskClient):
    answer = client.put(PREFERENCES, json={}).json
    assert answer is not None
    assert answer["errors"][0]["detail"].endswith("name personalize, marketing or both")


@pytest.fixture
def model(settings: Settings) -> RegisteredModel:
    """A model that was trained on events."""
    card = replace(CARD, trained_on_events_until="2026-11-30T00:00:00+00:00")
    return install_toy(settings.home, "trained", "static", card)


def test_an_erasure_marks_models_that_were_trained_on_events(
    client: FlaskClient, settings: Settings, model: RegisteredModel
):
    client.get(PREFERENCES)
    assert model.erased_since == ""
    assert client.delete("/v1/users/u1").status_code == 200
    assert model.erased_since > "2026-11-30"
    assert audit_lines(settings)[-1]["models_marked"] == ["trained"]


def test_a_refusal_of_personalization_marks_them_and_one_of_marketing_does_not(
    client: FlaskClient, model: RegisteredModel
):
    client.put(PREFERENCES, json={"marketing": False})
    client.put(PREFERENCES, json={"personalize": True})
    assert model.erased_since == ""
    client.put(PREFERENCES, json={"personalize": False})
    assert model.erased_since != ""


def test_a_refusal_that_is_repeated_marks_no_model_that_was_trained_since(
    client: FlaskClient, model: RegisteredModel
):
    client.put(PREFERENCES, json={"personalize": False})
    (model.folder / "erased.json").unlink()  # as one has none that was trained since
    client.put(PREFERENCES, json={"personalize": False})
    assert model.erased_since == ""


def test_a_session_that_nobody_has_marks_no_model(client: FlaskClient, model: RegisteredModel):
    assert client.delete("/v1/sessions/nobody").status_code == 200
    assert model.erased_since == ""


def test_a_shopper_is_erased_though_a_model_cannot_be_marked(
    client: FlaskClient, model: RegisteredModel, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    def read_only(*_: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr("shangsou.encoding.erasures.atomic_write", read_only)
    assert client.delete("/v1/users/u1").status_code == 200
    assert audit_lines(settings)[-1]["models_marked"] is False


def test_a_refusal_of_marketing_outlasts_the_erasure_of_the_user(client: FlaskClient):
    client.put(PREFERENCES, json={"marketing": False})
    client.delete("/v1/users/u1")
    assert client.get(PREFERENCES).json == {"personalize": True, "marketing": False}


def test_refusing_marketing_takes_the_user_out_of_campaigns_and_accepting_brings_nothing_back(
    client: FlaskClient, lists: CustomerLists, settings: Settings
):
    client.put(PREFERENCES, json={"marketing": False})
    assert holding(lists, "u1") == [CHURN]
    assert holding(lists, "u2") == [CHURN, WINBACK, HOLD_OUT]
    line = audit_lines(settings)[-1]
    assert (line["action"], line["marketing"], line["lists"]) == ("users.preferences", False, 2)
    assert "personalize" not in line
    client.put(PREFERENCES, json={"marketing": True})
    assert holding(lists, "u1") == [CHURN]


@pytest.mark.parametrize("body", [{"personalize": False}, {"personalize": False, "marketing": True}], ids=str)
def test_refusing_personalization_takes_the_user_out_of_all_lists(
    client: FlaskClient, lists: CustomerLists, body: dict[str, object]
):
    client.put(PREFERENCES, json=body)
    assert holding(lists, "u1") == []
    assert holding(lists, "u2") == [CHURN, WINBACK, HOLD_OUT]


def test_an_erasure_counts_the_rows_and_names_the_exports_without_their_paths(
    client: FlaskClient, lists: CustomerLists, settings: Settings, tmp_path: Path
):
    path = tmp_path / "给李四的名单.csv"
    written_at = lists.record_export(WINBACK, path, with_ids=True).exports[0].written_at
    lists.erase("u2", {"winback"})
    answer = client.delete("/v1/users/u1")
    assert validated(ForgetUserResponse, answer.json) == {
        "events": 0,
        "sessions": 0,
        "lists": 3,
        "exports_not_reached": [{"kind": "winback", "written_at": written_at.isoformat()}],
    }
    assert "名单" not in answer.text
    assert "双12" not in answer.text
    assert holding(lists, "u1") == []
    assert holding(lists, "u2") == [CHURN, HOLD_OUT]
    line = audit_lines(settings)[-1]
    assert (line["action"], line["outcome"], line["lists"]) == ("users.delete", "done", 3)
    assert line["exports_not_reached"] == [str(path)]
    # Of an earlier row of u2 the export holds a copy.
    assert client.delete("/v1/users/u2").json["exports_not_reached"] != []  # type: ignore[index]
    assert client.delete("/v1/users/u3").json == {  # type: ignore[comparison-overlap]
        "events": 0, "sessions": 0, "lists": 0, "exports_not_reached": []
    }  # fmt: skip


def test_a_home_without_lists_gets_none_by_an_erasure(client: FlaskClient, settings: Settings):
    assert client.delete("/v1/users/u1").status_code == 200
    assert client.put(PREFERENCES, json={"marketing": False}).status_code == 200
    assert not (settings.home / "lists").exists()


@pytest.mark.parametrize(
    "sent",
    [("DELETE", "/v1/users/u1", None), ("PUT", PREFERENCES, {"marketing": False})],
    ids=["erasure", "refusal"],
)
def test_a_list_that_is_damaged_is_503_and_no_success_is_claimed_until_it_is_put_right(
    client: FlaskClient,
    lists: CustomerLists,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
    sent: tuple[str, str, object],
):
    method, path, body = sent
    damaged = settings.home / "lists" / f"{WINBACK}.json"
    whole = damaged.read_bytes()
    damaged.write_bytes(b"{")
    with caplog.at_level(logging.ERROR):
        answer = client.open(path, method=method, json=body)
    assert answer.status_code == 503
    assert answer.content_type == "application/problem+json"
    assert "may still hold this user" in answer.text
    assert "双12" not in answer.text
    assert str(settings.home) not in answer.text
    assert f"{WINBACK}.json is damaged" in caplog.text
    assert "u1" not in caplog.text
    assert audit_lines(settings)[-1]["outcome"] == "failed"
    assert HOLD_OUT not in holding_of_readable(lists, "u1")
    damaged.write_bytes(whole)
    assert client.open(path, method=method, json=body).status_code == 200
    assert WINBACK not in holding(lists, "u1")


def holding_of_readable(lists: CustomerLists, user: str) -> list[str]:
    pseudonym = lists.pseudonym(user)
    names = (CHURN, HOLD_OUT)
    return [name for name in names if pseudonym in {row[0] for row in lists.read(name).rows}]


def test_on_a_full_disk_an_erasure_is_503_and_with_room_again_it_is_done(
    client: FlaskClient, lists: CustomerLists, monkeypatch: pytest.MonkeyPatch
):
    def find_no_room(source: Path, target: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(list_folder, "atomic_replace", find_no_room)
        answer = client.delete("/v1/users/u2")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "lists of customers" in answer.text
    assert holding(lists, "u2") == [CHURN, WINBACK, HOLD_OUT]
    assert client.delete("/v1/users/u2").json == {
        "events": 0, "sessions": 0, "lists": 3, "exports_not_reached": []
    }  # fmt: skip
    assert holding(lists, "u2") == []


def test_old_lists_are_removed_where_old_events_are(
    app: Flask, lists: CustomerLists, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    """Made ten days ago, kept for nine: the setting is read, and the clock has run steadily for a day."""
    now = datetime.now(UTC)
    clock = settings.home / "events" / "clock.json"
    clock.parent.mkdir(parents=True, exist_ok=True)
    steady_since = (now - timedelta(days=2)).isoformat()
    clock.write_text(json.dumps({"steady_since": steady_since, "seen": now.isoformat()}), "utf-8")
    monkeypatch.setattr(event_service, "FIRST_PRUNE_DELAY_S", 0.0)
    service = event_service.EventService(
        settings.model_copy(update={"lists_days": 9}), app.extensions[EXTENSION].metrics
    )
    service.start_pruning()
    wait_until(lambda: not lists.names(), "the lists are removed")
    service.close()
