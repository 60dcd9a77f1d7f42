"""SQLite's write-ahead log, enabled by several processes at once."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from shangsou.atomic_files import enable_wal

# Long enough for a machine that does much else; only a failure waits for so long.
WAIT_S = 60.0
AT_ONCE = 4


def switch(path: Path, together: threading.Barrier) -> str:
    """Switch a file at the same moment as others do, and return the mode it has then."""
    with closing(sqlite3.connect(path, timeout=WAIT_S)) as database:
        together.wait(WAIT_S)
        enable_wal(database, WAIT_S)
        return str(database.execute("PRAGMA journal_mode").fetchone()[0])


def test_several_may_switch_a_new_file_at_once(tmp_path: Path) -> None:
    # Some of 200 are refused without another try; which, is chance. The next test leaves nothing to it.
    together = threading.Barrier(AT_ONCE)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for number in range(50):
            path = tmp_path / str(number)
            assert set(pool.map(switch, [path] * AT_ONCE, [together] * AT_ONCE)) == {"wal"}


def test_who_is_refused_at_once_tries_again(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with (
        closing(sqlite3.connect(path, check_same_thread=False)) as other,
        closing(sqlite3.connect(path, timeout=0)) as refused,
    ):
        other.execute("BEGIN EXCLUSIVE")
        done = threading.Timer(0.1, other.rollback)
        done.start()
        enable_wal(refused, WAIT_S)
        done.join()
        assert refused.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_file_that_stays_locked_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with closing(sqlite3.connect(path)) as other, closing(sqlite3.connect(path, timeout=0)) as refused:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(sqlite3.OperationalError, match="database is locked"):
            enable_wal(refused, 0.1)


def test_a_file_that_is_no_database_is_reported_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"no database at all" * 100)
    refused = pytest.raises(sqlite3.DatabaseError, match="file is not a database")
    with closing(sqlite3.connect(tmp_path / "file")) as database, refused:
        enable_wal(database, WAIT_S)
