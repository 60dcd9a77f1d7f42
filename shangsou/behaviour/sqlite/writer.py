"""One thread that writes for all: whatever waits while it syncs to disk goes into the next transaction."""

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
# Of one transaction: others wait for it, and no more threads than a server has ask at once.
_MAX_GROUP_SIZE = 64


class GroupWriter:
    """Runs pieces of work in transactions, in the order they come; a sync to disk serves all that waited.

    A sync takes milliseconds, so one for each request would be the limit of what a server takes.
    """

    def __init__(self, path: Path, exists: Callable[[], bool]) -> None:
        """Write to a file that is made where there is none; `exists` raises where there was one."""
        self._path = path
        self._exists = exists
        self._queue: queue.SimpleQueue[tuple[Work, Future[Any]] | None] = queue.SimpleQueue()
        self._connection: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._closed = False

    def run(self, work: Work) -> Any:
        """Return what `work` returned, once it is on the disk."""
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
        """Finish what has begun and close the file."""
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
            # The edge of a thread: whoever waits is told, and the next group is tried anew.
            self._drop_connection()
            for _, result in group:
                result.set_exception(problem)
        else:
            for (_, result), value in zip(group, results, strict=True):
                result.set_result(value)

    def _open(self) -> sqlite3.Connection:
        # A file that was removed or replaced would swallow what is written to it.
        self._exists()
        if self._connection is not None and file_identity(self._path) != self._identity:
            self._drop_connection()
        if self._connection is None:
            self._connection = open_for_writing(self._path)
            self._identity = file_identity(self._path)
            self._exists()  # notes that it is there: from now on its absence is a loss
        return self._connection

    def _drop_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
