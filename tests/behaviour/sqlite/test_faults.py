"""Faults of the event file: processes that die or collide, and disks that fail."""

import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shangsou.behaviour.sqlite import connection
from shangsou.behaviour.sqlite.store import SqliteEventStore
from shangsou.behaviour.sqlite.writer import GroupWriter
from shangsou.errors import EventsUnavailable
from tests.behaviour.sqlite.insertion_program import BATCH
from tests.fixtures.behaviour import NOON, event


def start(path: Path, name: str, batches: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.behaviour.sqlite.insertion_program", str(path), name, str(batches)],
        stdout=subprocess.PIPE,
        text=True,
    )


def ids(store: SqliteEventStore) -> set[str]:
    return {event_.event_id for event_ in store.events_of("u")}


@pytest.mark.parametrize("acknowledged", [1, 7, 23])
def test_what_was_acknowledged_survives_kill_9(tmp_path: Path, acknowledged: int):
    path = tmp_path / "events.sqlite"
    with start(path, "a", 1_000_000) as process:
        assert process.stdout is not None
        batches = [int(process.stdout.readline()) for _ in range(acknowledged)]
        process.kill()
        batches += [int(line) for line in process.stdout.read().split()]
    store = SqliteEventStore(path)
    held = ids(store)
    assert {f"a {batch} {number}" for batch in batches for number in range(BATCH)} <= held
    # Whole batches only.
    assert len(held) % BATCH == 0
    assert store.add([event(user="u")]) == [True]
    store.close()


def test_two_processes_and_this_one_write_at_once_and_lose_nothing(tmp_path: Path):
    path = tmp_path / "events.sqlite"
    store = SqliteEventStore(path)
    with start(path, "a", 40) as first, start(path, "b", 40) as second:
        for batch in range(40):
            store.add([event(user="u", event_id=f"c {batch} {number}") for number in range(BATCH)])
        first.communicate()
        second.communicate()
    assert (first.returncode, second.returncode) == (0, 0)
    assert len(ids(store)) == 3 * 40 * BATCH
    store.close()


def test_a_process_that_comes_and_goes_takes_nothing_of_what_another_keeps(tmp_path: Path):
    path = tmp_path / "events.sqlite"
    before = SqliteEventStore(path)
    before.add([event(user="u", event_id="first")])
    before.close()
    store = SqliteEventStore(path)
    # Read, then written to: whoever opens and closes the file itself lets go of what SQLite holds of it,
    # and the next process to close takes itself for the last and removes the write-ahead log.
    assert ids(store) == {"first"}
    assert store.shopper("u", "").changed_at
    store.add([event(user="u", event_id="second")])
    with start(path, "a", 1) as other:
        other.communicate()
    assert other.returncode == 0
    store.add([event(user="u", event_id="third")])
    store.forget(user_id="nobody")
    with start(path, "b", 1) as other:
        other.communicate()
    store.add([event(user="u", event_id="fourth")])
    # What another process sees is what is on the disk.
    seen = subprocess.run(
        [sys.executable, "-c", _COUNT, str(path)], stdout=subprocess.PIPE, text=True, check=True
    )
    assert int(seen.stdout) == 4 + 2 * BATCH
    store.close()


_COUNT = (
    "import sqlite3, sys; "
    "print(sqlite3.connect(sys.argv[1]).execute('SELECT count(*) FROM events').fetchone()[0])"
)


def test_threads_that_wait_at_once_share_a_transaction(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    store = SqliteEventStore(tmp_path / "events.sqlite")
    store.add([event(user="u")])
    groups: list[int] = []
    commit = GroupWriter._commit
    begun, go = threading.Event(), threading.Event()

    def held(writer: GroupWriter, group: object) -> None:
        groups.append(len(group))  # type: ignore[arg-type]
        begun.set()
        go.wait()
        commit(writer, group)  # type: ignore[arg-type]

    monkeypatch.setattr(GroupWriter, "_commit", held)
    threads = [threading.Thread(target=store.add, args=([event(user="u")],)) for _ in range(9)]
    threads[0].start()
    begun.wait()
    for thread in threads[1:]:
        thread.start()
    while store._writer._queue.qsize() < 8:
        pass
    go.set()
    for thread in threads:
        thread.join()
    assert groups == [1, 8]
    assert len(ids(store)) == 10
    store.close()


def test_a_lock_that_is_held_too_long_is_reported_and_the_next_write_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(connection, "LOCK_TIMEOUT_S", 0.05)
    path = tmp_path / "events.sqlite"
    store = SqliteEventStore(path)
    store.add([event(user="u", event_id="first")])
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(EventsUnavailable, match="another process has held it locked"):
        store.add([event(user="u")])
    # Reading goes on meanwhile.
    assert ids(store) == {"first"}
    other.execute("ROLLBACK")
    other.close()
    assert store.add([event(user="u")]) == [True]
    store.close()


def test_a_full_disk_is_reported_and_loses_nothing(tmp_path: Path):
    store = SqliteEventStore(tmp_path / "events.sqlite")
    store.add([event(user="u", event_id="first")])
    store._writer.run(lambda held: held.execute("PRAGMA max_page_count = 1"))
    many = [event(user="u", query="裙" * 250) for _ in range(500)]
    with pytest.raises(EventsUnavailable, match="the disk is full; free some space"):
        store.add(many)
    assert ids(store) == {"first"}
    assert all(store.add(many))
    store.close()


def test_a_file_that_has_gone_is_not_recreated_by_any_write(tmp_path: Path):
    path = tmp_path / "events" / "events.sqlite"
    store = SqliteEventStore(path)
    store.add([event(user="u", event_id="first")])
    store.opt_out("u", opted_out=True)
    path.parent.rename(tmp_path / "away")
    for write in (
        lambda: store.add([event(user="u")]),
        lambda: store.opt_out("v", opted_out=True),
        lambda: store.refuse_marketing("v", refused=True),
        lambda: store.flag(["v"], []),
        lambda: store.forget(user_id="v"),
        lambda: store.prune(NOON),
    ):
        with pytest.raises(EventsUnavailable, match="the file has gone; put it back"):
            write()
    (tmp_path / "away").rename(path.parent)
    assert store.add([event(user="u", event_id="second")]) == [True]
    assert store.opted_out(["u"]) == {"u"}
    assert ids(store) == {"first", "second"}
    store.close()


def test_a_folder_that_cannot_be_made_is_reported(tmp_path: Path):
    (tmp_path / "events").write_text("a file where the folder should be")
    store = SqliteEventStore(tmp_path / "events" / "events.sqlite")
    with pytest.raises(EventsUnavailable, match="check that the folder is there"):
        store.add([event(user="u")])
    store.close()


def test_a_file_of_another_version_is_refused_and_left_as_it_is(tmp_path: Path):
    path = tmp_path / "events.sqlite"
    newer = sqlite3.connect(path)
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    before = path.read_bytes()
    store = SqliteEventStore(path)
    with pytest.raises(EventsUnavailable, match="format 99"):
        store.add([event(user="u")])
    with pytest.raises(EventsUnavailable, match="format 99"):
        store.shopper("u", "")
    store.close()
    assert path.read_bytes() == before


def test_only_its_owner_can_read_the_file_and_what_is_forgotten_leaves_no_trace(tmp_path: Path):
    path = tmp_path / "events" / "events.sqlite"
    store = SqliteEventStore(path)
    store.add([event(user="u", query="一个秘密的愿望")])
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0
    store.forget(user_id="u")
    for file in path.parent.iterdir():
        assert "一个秘密的愿望".encode() not in file.read_bytes()
    store.close()


def test_what_a_reader_kept_in_the_log_goes_with_the_next_event(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(connection, "LOCK_TIMEOUT_S", 0.05)
    path = tmp_path / "events.sqlite"
    store = SqliteEventStore(path)
    store.add([event(user="u", query="一个秘密的愿望")])
    with closing(connection.open_for_reading(path)) as reading:
        reading.execute("BEGIN")
        reading.execute("SELECT count(*) FROM events").fetchone()
        store.forget(user_id="u")
        assert "一个秘密的愿望".encode() in path.with_name("events.sqlite-wal").read_bytes()
    store.add([event(user="v")])
    for file in tmp_path.iterdir():
        assert "一个秘密的愿望".encode() not in file.read_bytes()
    store.close()


def test_of_who_is_forgotten_no_id_is_kept(tmp_path: Path):
    path = tmp_path / "events.sqlite"
    store = SqliteEventStore(path)
    store.add([event(user="13800138000", session="a-session-of-theirs"), event(session="a-lone-session")])
    store.opt_out("13800138000", opted_out=True)
    store.forget(user_id="13800138000")
    store.forget(session_id="a-lone-session")
    store.close()
    content = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"13800138000" not in content
    assert b"a-session-of-theirs" not in content
    assert b"a-lone-session" not in content


def test_a_shopper_is_looked_up_by_the_key_of_the_table(tmp_path: Path):
    path = tmp_path / "events.sqlite"
    store = SqliteEventStore(path)
    store.add([event(user="u", session="s")])
    store.close()
    asked: list[str] = []
    with closing(connection.open_for_reading(path)) as reading:
        reading.set_trace_callback(asked.append)
        store = SqliteEventStore(path)
        store._readers.connection, store._readers.identity = reading, connection.file_identity(path)
        store.shopper("u", "s")
        store.opted_out(["u"])
        store.forgotten(["u"])
        reading.set_trace_callback(None)
        plans = [str(reading.execute(f"EXPLAIN QUERY PLAN {one}").fetchall()) for one in asked]
    assert len(plans) == 3
    assert not any("SCAN" in plan for plan in plans)


def test_ids_that_an_earlier_version_kept_of_who_was_forgotten_are_hashed(tmp_path: Path):
    path = tmp_path / "events.sqlite"
    store = SqliteEventStore(path)
    store.add([event(user="gone"), event(user="back"), event(user="here")])
    store.close()
    with closing(sqlite3.connect(path)) as older:
        older.execute("ALTER TABLE shoppers DROP COLUMN marketing_refused")
        later = 1 << 51
        older.execute(
            "UPDATE shoppers SET forgotten_us = ?, changed_us = ?, opted_out = 1 WHERE id = 'gone'",
            (later, later),
        )
        older.execute(
            "UPDATE shoppers SET forgotten_us = ?, changed_us = ? WHERE id = 'back'", (later, later + 9)
        )
        older.execute("PRAGMA user_version = 1")
        older.commit()
    older_store = SqliteEventStore(path)
    assert older_store.shopper("gone", "").opted_out
    assert older_store.forgotten(["gone", "here"]).users.keys() == {"gone"}
    store = SqliteEventStore(path)
    # What they did before is refused, as it was, and what is known of the others is untouched.
    assert store.add([event(user="gone"), event(user="back"), event(user="here")]) == [False, False, True]
    assert store.shopper("gone", "").opted_out
    assert not store.shopper("back", "").opted_out
    assert store.forgotten(["gone", "back", "here"]).users.keys() == {"gone", "back"}
    store.close()
    with closing(sqlite3.connect(path)) as now:
        rows = now.execute("SELECT kind, forgotten_us > 0 FROM shoppers WHERE id IN ('gone', 'back', 'here')")
        assert sorted(rows) == [("user", 0), ("user", 0)]


# The tables of version 2, as it wrote them.
VERSION_2 = """
CREATE TABLE events (
    seq INTEGER PRIMARY KEY, event_id TEXT NOT NULL UNIQUE, at_us INTEGER NOT NULL,
    received_us INTEGER NOT NULL, telling INTEGER NOT NULL, owner TEXT NOT NULL, action TEXT NOT NULL,
    user_id TEXT NOT NULL, session_id TEXT NOT NULL, query_id TEXT NOT NULL, query TEXT NOT NULL,
    product_id TEXT NOT NULL, position INTEGER, price_fen INTEGER, quantity INTEGER, order_id TEXT NOT NULL,
    results TEXT NOT NULL
);
CREATE TABLE shoppers (
    kind TEXT NOT NULL, id TEXT NOT NULL, changed_us INTEGER NOT NULL DEFAULT 0,
    linked_user TEXT NOT NULL DEFAULT '', linked_us INTEGER NOT NULL DEFAULT 0,
    forgotten_us INTEGER NOT NULL DEFAULT 0, flagged_us INTEGER NOT NULL DEFAULT 0,
    opted_out INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (kind, id)
) WITHOUT ROWID;
INSERT INTO shoppers (kind, id, opted_out) VALUES ('user', 'out', 1);
INSERT INTO shoppers (kind, id, changed_us) VALUES ('user', 'u', 7);
PRAGMA user_version = 2;
"""


def test_a_file_of_version_2_is_read_as_it_is_and_takes_refusals_of_marketing(tmp_path: Path):
    path = tmp_path / "events.sqlite"
    with closing(sqlite3.connect(path)) as older:
        older.executescript(VERSION_2)
    before = path.read_bytes()
    store = SqliteEventStore(path)
    assert store.marketing_refused(["u", "out"]) == set()
    assert store.opted_out(["u", "out"]) == {"out"}
    assert path.read_bytes() == before
    store.refuse_marketing("u", refused=True)
    # The same connection, which was opened before the file was changed.
    assert store.marketing_refused(["u", "out"]) == {"u"}
    assert store.opted_out(["u", "out"]) == {"out"}
    store.forget(user_id="u")
    assert store.add([event(user="new")]) == [True]
    store.close()
    assert SqliteEventStore(path).marketing_refused(["u"]) == {"u"}


def test_processes_that_upgrade_a_file_at_once_do_it_once(tmp_path: Path):
    path = tmp_path / "events.sqlite"
    with closing(sqlite3.connect(path)) as older:
        older.executescript(VERSION_2)
    stores = [SqliteEventStore(path) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda number: stores[number].refuse_marketing(f"u{number}", refused=True), range(6)))
    names = [f"u{number}" for number in range(6)]
    assert stores[0].marketing_refused(names) == set(names)
    for store in stores:
        store.close()


def test_pruning_leaves_who_has_opted_out_and_lets_go_of_who_is_long_gone(tmp_path: Path):
    store = SqliteEventStore(tmp_path / "events.sqlite")
    store.add([event(user="u", session="s")])
    store.opt_out("v", opted_out=True)
    assert store.prune(datetime.now(UTC) + timedelta(days=1)) == 1
    assert store.shopper("u", "s").changed_at is None
    assert store.shopper("", "s").linked_user == ""
    assert store.shopper("v", "").opted_out
    store.close()


def test_more_events_than_go_at_once_are_pruned_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("shangsou.behaviour.sqlite.store._PRUNE_BATCH", 3)
    store = SqliteEventStore(tmp_path / "events.sqlite")
    store.add([event(user="u", minute=minute) for minute in range(10)])
    assert store.prune(NOON + timedelta(minutes=8)) == 8
    assert len(ids(store)) == 2
    store.close()
