"""Files written whole; SQLite's write-ahead log, enabled by several processes at once."""

import os
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from shangsou.atomic_files import atomic_write, enable_wal

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


def test_a_file_written_whole_keeps_its_mode_and_the_link_to_it(tmp_path):
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"older")
    target.chmod(0o640)
    link.symlink_to(target)
    atomic_write(link, b"newer")
    assert link.is_symlink()
    assert target.read_bytes() == b"newer"
    assert target.stat().st_mode & 0o777 == 0o640


def test_what_is_no_plain_file_is_written_to_and_stays_what_it_is(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        atomic_write(pipe, b"anything")
        assert os.read(reader, 100) == b"anything"
    finally:
        os.close(reader)
    assert pipe.is_fifo()


def test_the_file_behind_a_descriptor_is_written_to_and_not_replaced(tmp_path):
    path = tmp_path / "printed"
    with path.open("wb") as stream:
        atomic_write(Path(f"/dev/fd/{stream.fileno()}"), b"anything")
        assert path.samefile(f"/dev/fd/{stream.fileno()}")
    assert path.read_bytes() == b"anything"
