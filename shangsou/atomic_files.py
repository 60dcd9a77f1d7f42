"""Durable, atomic file writes, and SQLite files that several processes open."""

import errno
import os
import shutil
import sqlite3
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

# What a system answers who writes more than there is room for.
_DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_DISK_PROBLEMS = {
    **dict.fromkeys(_DISK_FULL, "the disk is full; free some space, and try again"),
    errno.EROFS: "the disk is read-only; mount it for writing, and try again",
    **dict.fromkeys((errno.EACCES, errno.EPERM), "no permission; give the user of this program access"),
    errno.EIO: "the disk cannot be read or written; check it",
    errno.ENOTDIR: "a folder of it is a file; move that away",
}
_DEVICES = Path("/dev")
UNFINISHED = ".shangsou-"
"""How the name of a folder begins that holds a file while it is written, beside that file."""
# No file takes that long to write.
_UNFINISHED_S = 3600
# Between two attempts. Switching waits for the disk once, which takes milliseconds.
_RETRY_INTERVAL_S = 0.005


def sync(path: Path) -> None:
    """Flush a file's content, or the entries of a folder, to disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def atomic_replace(source: Path, target: Path) -> None:
    """Replace a file by another on the same disk, atomically and durably."""
    sync(source)
    source.replace(target)
    sync(target.parent)


def atomic_write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: where that fails, what stood there before stays.

    A link is followed, and what is no plain file is written to, as is `/dev/stdout`, whatever it stands for:
    a replaced file would take none of what else is printed. Raises `OSError`.
    """
    if _DEVICES in path.absolute().parents or (path.exists() and not path.is_file()):
        path.write_bytes(content)
        return
    target = path.resolve()
    # On the same disk, so that it replaces the old file atomically; removed if that fails.
    with TemporaryDirectory(dir=target.parent, prefix=UNFINISHED) as folder:
        written = Path(folder) / "written"
        written.write_bytes(content)
        if target.exists():
            shutil.copymode(target, written)
        atomic_replace(written, target)


def remove_unfinished(folder: Path) -> None:
    """Remove what `atomic_write` left in a folder where it was killed an hour ago or before."""
    for left in folder.glob(f"{UNFINISHED}*"):
        with suppress(OSError):
            if left.stat().st_mtime < time.time() - _UNFINISHED_S:
                shutil.rmtree(left)


def copy_files(source: Path, target: Path) -> None:
    """Copy the files of a folder that holds no folders into a new one.

    Not `shutil.copytree`, whose error is a list without the number by which a full disk is told.
    """
    target.mkdir(parents=True)
    for path in source.iterdir():
        shutil.copyfile(path, target / path.name)


def disk_problem(problem: OSError) -> str:
    """Return in words what keeps a file from being written, and what to do; empty for other errors."""
    advice = _DISK_PROBLEMS.get(problem.errno or 0, "")
    # Of a copy the file that is written, not the one that is read.
    name = problem.filename2 or problem.filename
    place = f"{name}: " if name else ""
    return f"{place}{advice}" if advice else ""


def is_disk_full(problem: OSError) -> bool:
    """Return whether a file cannot be written for want of space."""
    return problem.errno in _DISK_FULL


def enable_wal(database: sqlite3.Connection, timeout_s: float) -> None:
    """Switch a database to SQLite's write-ahead log, even while other processes do the same.

    If several processes switch a new file, SQLite refuses all but one immediately, regardless of the timeout
    of their connections. So this retries for some seconds, and then raises `sqlite3.OperationalError`; the
    last attempt may wait for as long as the connection's own timeout.
    """
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            database.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as problem:
            # Also SQLITE_BUSY_RECOVERY: another process is recovering the log.
            busy = problem.sqlite_errorname.startswith("SQLITE_BUSY")
            if not busy or time.monotonic() > deadline:
                raise
        time.sleep(_RETRY_INTERVAL_S)


def sqlite_problem(problem: sqlite3.Error, if_damaged: str) -> str:
    """Return in words what keeps a SQLite file from being read or written, and what to do."""
    code = _sqlite_code(problem)
    if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return "another process has held it locked for too long; try again"
    if code.startswith("SQLITE_FULL"):
        return "the disk is full; free some space"
    if code.startswith("SQLITE_IOERR"):
        return "the disk cannot be read or written, or is full; check it"
    if is_sqlite_damage(problem):
        return f"it is damaged; {if_damaged}"
    return f"{problem}; check that the folder is there and may be written to"


def is_sqlite_damage(problem: sqlite3.Error) -> bool:
    """Return whether a SQLite file holds something else than SQLite wrote, and is not only out of reach."""
    return _sqlite_code(problem).startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT"))


def _sqlite_code(problem: sqlite3.Error) -> str:
    return getattr(problem, "sqlite_errorname", "") or ""
