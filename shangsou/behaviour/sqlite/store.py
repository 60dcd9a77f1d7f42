"""The `EventStore` in one SQLite file."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from shangsou.behaviour.event import Event
from shangsou.behaviour.sqlite.connection import (
    create_tables,
    file_identity,
    has_marketing,
    has_tables,
    open_for_reading,
    open_for_writing,
    translate_errors,
)
from shangsou.behaviour.sqlite.insertion import COLUMNS, add_events, read_event, to_us
from shangsou.behaviour.sqlite.tombstones import OF_SHOPPER, keys, leave_tombstone, tombstone
from shangsou.behaviour.sqlite.writer import GroupWriter
from shangsou.behaviour.store import DeletionCounts, ForgottenShoppers, ShopperState
from shangsou.errors import EventsUnavailable

# Old events removed in one transaction, so that nobody waits for more than some milliseconds.
_PRUNE_BATCH = 2_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SELECT = f"SELECT {COLUMNS} FROM events"  # noqa: S608 (our own names)
_SELECT_STATE = "SELECT kind, changed_us, linked_user, opted_out, flagged_us FROM shoppers"
_NOT_FLAGGED = (
    "NOT EXISTS (SELECT 1 FROM shoppers s WHERE s.flagged_us > 0 AND s.kind = 'user' "
    "AND s.id = events.owner) "
    "AND NOT EXISTS (SELECT 1 FROM shoppers s WHERE s.flagged_us > 0 AND s.kind = 'session' "
    "AND s.id = events.session_id)"
)


class SqliteEventStore:
    """Events in a file. Readers see the commits of every process; a commit is durable."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer = GroupWriter(path, self._exists)
        self._readers = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._opening = threading.Lock()
        self._existed = False
        """Whether the file has existed, so that a missing file is an error."""
        self._log_holds_forgotten = False
        """Whether the write-ahead log could not be emptied because another process was reading it."""

    def add(self, events: Sequence[Event]) -> list[bool]:
        """Add events and, once they are on disk, return which of them are new."""
        if not events:
            return []
        if self._log_holds_forgotten:
            self._empty_log(wait=False)
        new: list[bool] = self._writer.run(
            lambda connection: add_events(connection, events, datetime.now(UTC))
        )
        return new

    def shopper(self, user_id: str, session_id: str) -> ShopperState:
        """Return the state of a user and a session."""
        with self._reading() as connection:
            rows = connection.execute(
                f"{_SELECT_STATE} WHERE {OF_SHOPPER} OR {OF_SHOPPER}",
                keys("user", user_id) + keys("session", session_id),
            ).fetchall()
        changed_us = max((row[1] for row in rows), default=0)
        return ShopperState(
            changed_at=_EPOCH + timedelta(microseconds=changed_us) if changed_us else None,
            linked_user=next((row[2] for row in rows if row[0] == "session"), ""),
            opted_out=any(row[3] for row in rows),
            flagged=any(row[4] for row in rows),
        )

    def latest(
        self, user_id: str, session_id: str, limit: int, received_by: datetime | None = None
    ) -> list[Event]:
        """Return a shopper's events with products, without impressions, newest first."""
        received_us = (1 << 62) if received_by is None else to_us(received_by)
        suffix = "AND telling = 1 AND received_us <= ? ORDER BY at_us DESC, seq DESC LIMIT ?"
        rows: list[tuple[object, ...]] = []
        with self._reading() as connection:
            if user_id:
                rows += connection.execute(
                    f"{_SELECT} WHERE owner = ? AND owner != '' {suffix}", (user_id, received_us, limit)
                )
                session_condition = "AND owner = ''"
            else:
                session_condition = (
                    "AND at_us >= (SELECT ifnull(max(linked_us), 0) FROM shoppers "
                    "WHERE kind = 'session' AND id = events.session_id)"
                )
            if session_id and not (user_id and self._is_linked(connection, session_id)):
                rows += connection.execute(
                    f"{_SELECT} WHERE session_id = ? AND session_id != '' {session_condition} {suffix}",
                    (session_id, received_us, limit),
                )
        rows.sort(key=lambda row: row[1], reverse=True)  # type: ignore[arg-type, return-value]
        return [read_event(row) for row in rows[:limit]]

    def events_of(self, user_id: str = "", session_id: str = "") -> Iterator[Event]:
        """Yield every event of a user, or of a session without a user, oldest first."""
        where, name = _owner_condition(user_id, session_id)
        yield from self._stream(f"{_SELECT} WHERE {where} ORDER BY at_us, seq", (name,))

    def scan(self, since: datetime) -> Iterator[Event]:
        """Yield every event since a moment, oldest first, without those of flagged shoppers."""
        yield from self._stream(
            f"{_SELECT} WHERE at_us >= ? AND {_NOT_FLAGGED} ORDER BY at_us, seq", (to_us(since),)
        )

    def forget(self, user_id: str = "", session_id: str = "") -> DeletionCounts:
        """Delete the data of a user, or of a session without a user."""
        where, name = _owner_condition(user_id, session_id)
        kind = "user" if user_id else "session"

        def remove(connection: sqlite3.Connection) -> DeletionCounts:
            now_us = to_us(datetime.now(UTC))
            events = connection.execute(f"DELETE FROM events WHERE {where}", (name,)).rowcount  # noqa: S608
            sessions = 0
            if user_id:
                linked = connection.execute(
                    "SELECT id FROM shoppers WHERE linked_user = ? AND linked_user != ''", (user_id,)
                ).fetchall()
                sessions = len(linked)
                connection.execute(
                    "UPDATE shoppers SET linked_user = '', linked_us = 0 "
                    "WHERE linked_user = ? AND linked_user != ''",
                    (user_id,),
                )
                for (session,) in linked:
                    leave_tombstone(connection, "session", session, now_us)
            leave_tombstone(connection, kind, name, now_us)
            return DeletionCounts(events, sessions)

        forgotten: DeletionCounts = self._writer.run(remove)
        self._empty_log(wait=True)
        return forgotten

    def forgotten(self, user_ids: Sequence[str], session_ids: Sequence[str] = ()) -> ForgottenShoppers:
        """Return which of these users and sessions were forgotten, and when."""
        with self._reading() as connection:
            return ForgottenShoppers(
                _forgotten_at(connection, "user", user_ids), _forgotten_at(connection, "session", session_ids)
            )

    def opt_out(self, user_id: str, *, opted_out: bool) -> None:
        """Record whether a user has opted out of personalization."""
        self._record_choice("opted_out", user_id, opted_out)

    def opted_out(self, user_ids: Sequence[str]) -> set[str]:
        """Return which of these users have opted out."""
        return self._users_who_chose("opted_out", user_ids)

    def refuse_marketing(self, user_id: str, *, refused: bool) -> None:
        """Record whether a user refuses marketing."""
        self._record_choice("marketing_refused", user_id, refused)

    def marketing_refused(self, user_ids: Sequence[str]) -> set[str]:
        """Return which of these users refuse marketing."""
        with self._reading() as connection:
            if not has_marketing(connection):
                return set()
        return self._users_who_chose("marketing_refused", user_ids)

    def flag(self, user_ids: Sequence[str], session_ids: Sequence[str]) -> None:
        """Flag shoppers as programs: exclude them from every profile from now on."""
        now_us = to_us(datetime.now(UTC))
        rows = [("user", name, now_us) for name in user_ids] + [
            ("session", name, now_us) for name in session_ids
        ]
        self._writer.run(
            lambda connection: connection.executemany(
                "INSERT INTO shoppers (kind, id, flagged_us) VALUES (?, ?, ?) "
                "ON CONFLICT (kind, id) DO UPDATE SET flagged_us = excluded.flagged_us",
                rows,
            )
        )

    def prune(self, before: datetime) -> int:
        """Remove events before a moment, and the state of shoppers who have none since."""
        before_us = to_us(before)
        removed = 0
        while part := self._writer.run(lambda connection: _prune_some(connection, before_us)):
            removed += part
        self._writer.run(
            lambda connection: connection.execute(
                "DELETE FROM shoppers WHERE NOT opted_out AND NOT marketing_refused "
                "AND max(changed_us, linked_us, forgotten_us, flagged_us) < ?",
                (before_us,),
            )
        )
        return removed

    def close(self) -> None:
        """Finish the writes in progress and close the file."""
        self._writer.close()
        with self._opening:
            for connection in self._opened:
                connection.close()
            self._opened.clear()

    def _record_choice(self, column: str, user_id: str, chosen: bool) -> None:
        def record(connection: sqlite3.Connection) -> None:
            connection.execute(
                f"INSERT INTO shoppers (kind, id, {column}) VALUES ('user', ?, ?) "  # noqa: S608
                f"ON CONFLICT (kind, id) DO UPDATE SET {column} = excluded.{column}",
                (user_id, chosen),
            )
            connection.execute(
                f"UPDATE shoppers SET {column} = 0 WHERE kind = ? AND id = ?",  # noqa: S608
                tombstone("user", user_id),
            )

        self._writer.run(record)

    def _users_who_chose(self, column: str, user_ids: Sequence[str]) -> set[str]:
        with self._reading() as connection:
            return {
                user_id
                for user_id in set(user_ids)
                if connection.execute(
                    f"SELECT 1 FROM shoppers WHERE ({OF_SHOPPER}) AND {column}",  # noqa: S608
                    keys("user", user_id),
                ).fetchone()
            }

    def _empty_log(self, *, wait: bool) -> None:
        """Empty the write-ahead log, which holds forgotten data until the file has what replaced it.

        A reader in another process can keep the log from being emptied. Then the next `add` tries again.
        """
        with translate_errors(self._path):
            connection = open_for_writing(self._path)
            try:
                if not wait:
                    connection.execute("PRAGMA busy_timeout = 0")
                (busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                connection.close()
        self._log_holds_forgotten = bool(busy)

    def _is_linked(self, connection: sqlite3.Connection, session_id: str) -> bool:
        """Return whether a session is linked to a user, who then owns its events."""
        return (
            connection.execute(
                "SELECT 1 FROM shoppers WHERE kind = 'session' AND id = ? AND linked_user != ''",
                (session_id,),
            ).fetchone()
            is not None
        )

    def _stream(self, statement: str, values: tuple[object, ...]) -> Iterator[Event]:
        # A separate connection: its snapshot is held for as long as the reader takes.
        if not self._exists():
            return
        with translate_errors(self._path):
            connection = open_for_reading(self._path)
            try:
                if not has_tables(connection):
                    return
                for row in connection.execute(statement, values):
                    yield read_event(row)
            finally:
                connection.close()

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """Yield this thread's connection; an empty database before the first write."""
        with translate_errors(self._path):
            exists = self._exists()
            identity = file_identity(self._path) if exists else None
            if getattr(self._readers, "connection", None) is None or self._readers.identity != identity:
                connection = open_for_reading(self._path) if exists else _empty()
                if not has_tables(connection):
                    connection.close()
                    connection, identity = _empty(), None
                with self._opening:
                    old = getattr(self._readers, "connection", None)
                    if old is not None:
                        self._opened.remove(old)
                        old.close()
                    self._opened.append(connection)
                self._readers.connection, self._readers.identity = connection, identity
            yield self._readers.connection

    def _exists(self) -> bool:
        # In this order: another thread may make the file, and say so, in between.
        existed = self._existed
        exists = self._path.exists()
        if existed and not exists:
            raise EventsUnavailable(
                f"events in {self._path}: the file has gone; put it back, or restart to begin anew"
            )
        self._existed = existed or exists
        return exists


def _empty() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    create_tables(connection)
    return connection


def _owner_condition(user_id: str, session_id: str) -> tuple[str, str]:
    if user_id:
        return "owner = ? AND owner != ''", user_id
    return "session_id = ? AND session_id != '' AND owner = ''", session_id


def _forgotten_at(connection: sqlite3.Connection, kind: str, names: Sequence[str]) -> dict[str, datetime]:
    moments = {}
    for name in set(names) - {""}:
        (forgotten_us,) = connection.execute(
            f"SELECT ifnull(max(forgotten_us), 0) FROM shoppers WHERE {OF_SHOPPER}",  # noqa: S608
            keys(kind, name),
        ).fetchone()
        if forgotten_us:
            moments[name] = _EPOCH + timedelta(microseconds=forgotten_us)
    return moments


def _prune_some(connection: sqlite3.Connection, before_us: int) -> int:
    return connection.execute(
        "DELETE FROM events WHERE seq IN (SELECT seq FROM events WHERE at_us < ? LIMIT ?)",
        (before_us, _PRUNE_BATCH),
    ).rowcount
