"""Insert events in a transaction: drop known ids, link sessions to users, mark changed histories."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from shangsou.behaviour.event import PREFERENCE_ACTIONS, Event
from shangsou.behaviour.session_owners import OwnershipUpdate, SessionOwner, assign_owners
from shangsou.behaviour.sqlite.tombstones import tombstone

COLUMNS = (
    "event_id, at_us, received_us, telling, owner, action, user_id, session_id, query_id, query, product_id, "
    "position, price_fen, quantity, order_id, results"
)
_INSERT = f"INSERT INTO events ({COLUMNS}) VALUES ({', '.join('?' * len(COLUMNS.split(',')))})"  # noqa: S608
# If the browser reported a search first, the server adds what only it knows: the results shown.
_ADD_RESULTS = "UPDATE events SET results = ?, position = ? WHERE event_id = ? AND results = ''"
# UBI's events name their search by its id; the text of it may be imported later.
_ADD_TEXT = (
    "UPDATE events SET query = ? WHERE event_id = ? AND query = '' AND query_id = ? AND query_id != ''"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def add_events(connection: sqlite3.Connection, events: Sequence[Event], now: datetime) -> list[bool]:
    """Insert events and return which of them are new."""
    known = set(_known_ids(connection, [event.event_id for event in events]))
    forgotten = dict(_forgotten(connection, events))
    new: list[bool] = []
    new_events: list[Event] = []
    resent: list[Event] = []
    for event in events:
        is_new = event.event_id not in known and not any(
            to_us(event.at) <= forgotten.get(key, -1)
            for key in (("user", event.user_id), ("session", event.session_id))
        )
        new.append(is_new)
        if is_new:
            known.add(event.event_id)
            new_events.append(event)
        else:
            resent.append(event)
    session_owners = dict(_session_owners(connection, [event.session_id for event in new_events]))
    ownership = assign_owners(new_events, session_owners)
    now_us = to_us(now)
    connection.executemany(
        "UPDATE events SET owner = ? WHERE session_id = ? AND session_id != '' AND owner = ''",
        [(user_id, session_id) for session_id, user_id in ownership.claimed.items()],
    )
    connection.executemany(
        _INSERT,
        [_row(event, owner, now_us) for event, owner in zip(new_events, ownership.owners, strict=True)],
    )
    connection.executemany(
        _ADD_RESULTS, [(_results(event), event.position, event.event_id) for event in resent if event.results]
    )
    connection.executemany(
        _ADD_TEXT, [(event.query, event.event_id, event.query_id) for event in resent if event.query]
    )
    connection.executemany(
        "INSERT INTO shoppers (kind, id, linked_user, linked_us) VALUES ('session', ?, ?, ?) ON CONFLICT "
        "(kind, id) DO UPDATE SET linked_user = excluded.linked_user, linked_us = excluded.linked_us",
        [
            (session_id, session_owner.user_id, session_owner.since_us)
            for session_id, session_owner in ownership.changed.items()
        ],
    )
    mark_changed(connection, _changed_shoppers(new_events, ownership), now_us)
    return new


def mark_changed(connection: sqlite3.Connection, shoppers: set[tuple[str, str]], now_us: int) -> None:
    """Mark the histories of these shoppers as changed; each is (`user` or `session`, id)."""
    connection.executemany(
        "INSERT INTO shoppers (kind, id, changed_us) VALUES (?, ?, ?) ON CONFLICT (kind, id) "
        # Strictly later than before, even if the clock is not.
        "DO UPDATE SET changed_us = max(excluded.changed_us, changed_us + 1)",
        [(kind, name, now_us) for kind, name in shoppers],
    )


def read_event(row: Sequence[Any]) -> Event:
    """Return the event in a row of `COLUMNS`."""
    return Event(
        event_id=row[0],
        action=row[5],
        at=_EPOCH + timedelta(microseconds=row[1]),
        user_id=row[6],
        session_id=row[7],
        query_id=row[8],
        query=row[9],
        product_id=row[10],
        position=row[11],
        price_fen=row[12],
        quantity=row[13],
        order_id=row[14],
        results=tuple(json.loads(row[15])) if row[15] else (),
    )


def to_us(moment: datetime) -> int:
    """Return microseconds since 1970."""
    return (moment - _EPOCH) // _MICROSECOND


def _row(event: Event, owner: str, now_us: int) -> tuple[object, ...]:
    return (
        event.event_id, to_us(event.at), now_us, event.action in PREFERENCE_ACTIONS, owner, event.action,
        event.user_id, event.session_id, event.query_id, event.query, event.product_id, event.position,
        event.price_fen, event.quantity, event.order_id, _results(event),
    )  # fmt: skip


def _results(event: Event) -> str:
    return json.dumps(event.results, ensure_ascii=False) if event.results else ""


def _changed_shoppers(events: Sequence[Event], ownership: OwnershipUpdate) -> set[tuple[str, str]]:
    changed = {("session", session_id) for session_id in ownership.changed}
    changed |= {("user", user_id) for user_id in ownership.claimed.values()}
    for event, owner in zip(events, ownership.owners, strict=True):
        if event.action in PREFERENCE_ACTIONS:
            changed |= {("user", owner), ("session", event.session_id)}
    return {(kind, name) for kind, name in changed if name}


def _known_ids(connection: sqlite3.Connection, ids: Sequence[str]) -> Iterator[str]:
    for (event_id,) in connection.execute(
        "SELECT event_id FROM events WHERE event_id IN (SELECT value FROM json_each(?))", (_json_list(ids),)
    ):
        yield event_id


def _forgotten(
    connection: sqlite3.Connection, events: Sequence[Event]
) -> Iterator[tuple[tuple[str, str], int]]:
    for kind, names in (
        ("user", {event.user_id for event in events} - {""}),
        ("session", {event.session_id for event in events} - {""}),
    ):
        by_hash = {tombstone(kind, name)[1]: name for name in names}
        for hashed, forgotten_us in connection.execute(
            "SELECT id, forgotten_us FROM shoppers WHERE kind = ? AND id IN (SELECT value FROM json_each(?))",
            (tombstone(kind, "")[0], _json_list(by_hash)),
        ):
            yield (kind, by_hash[hashed]), forgotten_us


def _session_owners(
    connection: sqlite3.Connection, session_ids: Iterable[str]
) -> Iterator[tuple[str, SessionOwner]]:
    for name, user_id, since_us in connection.execute(
        "SELECT id, linked_user, linked_us FROM shoppers WHERE linked_user != '' AND kind = 'session' "
        "AND id IN (SELECT value FROM json_each(?))",
        (_json_list(session_ids),),
    ):
        yield name, SessionOwner(user_id, since_us)


def _json_list(ids: Iterable[str]) -> str:
    return json.dumps(sorted({*ids} - {""}))
