"""A writer thread that batches: events that arrive during a sync to disk share the next transaction."""

import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from shangsou.behaviour.sqlite.connection import file_identity, open_for_writing, translate_errors
from shangsou.errors import EventsUnavailable

Work = Callable[[sqlite3.Connection], Any]
# In one transaction, for which others wait; no more threads than a server has ask at once.
_MAX_GROUP_SIZE = 64


class GroupWriter:
    """Runs write functions in transactions, in order of arrival; one sync to disk serves all that waited.

    A sync takes milliseconds, so one for each request would limit the throughput of a server.
    """

    def __init__(self, path: Path, exists: Callable[[], bool]) -> None:
        """Write to a file that is created if missing; `exists` raises if it has gone missing since."""
        self._path = path
        self._exists = exists
        self._queue: queue.SimpleQueue[tuple[Work, Future[Any]] | None] = queue.SimpleQueue()
        self._connection: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._closed = False

    def run(self, work: Work) -> Any:
        """Run `work` and return its result once its writes are on disk."""
        result: Future[Any] = Future()
        with self._starting:
            if self._closed:
                raise EventsUnavailable(f"events in {self._path}: the store is closed")
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="event-writer", daemon=True)
                self._thread.start()
            self._queue.put((work, result))
        return result.result()

    def close(self) -> None:
        """Finish the writes in progress and close the file."""
        with self._starting:
            self._closed = True
            thread = self._thread
            self._queue.put(None)
        if thread is not None:
            thread.join()
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _serve(self) -> None:
        while (first := self._queue.get()) is not None:
            group, last = [first], False
            while len(group) < _MAX_GROUP_SIZE and not self._queue.empty():
                entry = self._queue.get()
                if entry is None:
                    last = True
                    break
                group.append(entry)
            self._commit(group)
            if last:
                return

    def _commit(self, group: list[tuple[Work, Future[Any]]]) -> None:
        try:
            with translate_errors(self._path):
                connection = self._open()
                try:
                    connection.execute("BEGIN IMMEDIATE")
                    results = [work(connection) for work, _ in group]
                    connection.execute("COMMIT")
                except BaseException:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                    raise
        except Exception as problem:
            # A thread boundary: the error is passed to the waiting callers, and the next group is tried.
            self._drop_connection()
            for _, result in group:
                result.set_exception(problem)
        else:
            for (_, result), value in zip(group, results, strict=True):
                result.set_result(value)

    def _open(self) -> sqlite3.Connection:
        # Writes to a removed or replaced file would be lost.
        self._exists()
        if self._connection is not None and file_identity(self._path) != self._identity:
            self._drop_connection()
        if self._connection is None:
            self._connection = open_for_writing(self._path)
            self._identity = file_identity(self._path)
            self._exists()  # from now on a missing file is an error
        return self._connection

    def _drop_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
