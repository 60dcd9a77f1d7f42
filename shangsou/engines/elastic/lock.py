"""One holder at a time, across processes and hosts: a lock document with a heartbeat.

A process that finds the document watches it. While its beats increase the holder is alive; once they have
not changed for `STALE_AFTER_S` the holder is dead (kill -9, a lost host) and the lock is taken over. Only the
watcher's own clock is used, so that clocks may differ, and every write names the sequence number it saw, so
that two processes cannot take over at once.
"""

import os
import secrets
import socket
import time
from threading import Event, Thread

from shangsou.engines.elastic.access import ElasticAccess
from shangsou.engines.elastic.mapping import create_if_missing
from shangsou.engines.elastic.ownership import refuse_foreign
from shangsou.errors import EngineUnavailable, IndexBusy, NoIndex

HEARTBEAT_S = 1.0
# Ten missed beats: more than a long garbage collection of Elasticsearch or a busy machine causes.
STALE_AFTER_S = 10.0


class DocumentLock:
    """A lock in one document of `NAME-lock`: `try_acquire` it until that succeeds, then `release` it."""

    def __init__(self, access: ElasticAccess, document: str) -> None:
        self._access, self._client, self._name = access, access.client, access.name
        self._index, self._document = f"{access.name}-lock", document
        self._holder = f"{socket.gethostname()} process {os.getpid()} {secrets.token_hex(4)}"
        self._version: tuple[int, int] | None = None
        self._released = Event()
        self._heartbeat: Thread | None = None
        self._lost = False
        self._is_created = False
        self._seen: tuple[int, int] | None = None
        self._still_since = 0.0
        self._other_holder = ""

    def try_acquire(self) -> bool:
        """Return whether it is held now; a holder that shows no life over some attempts is no holder.

        Raises `UnusableInput` if others use our names.
        """
        if not self._is_created:
            refuse_foreign(self._access)
        with self._access.translate_errors():
            if not self._is_created:
                self._create_index()
            if not (self._create_document() or self._take_over()):
                return False
        self._seen, self._lost = None, False
        self._released.clear()
        self._heartbeat = Thread(target=self._send_heartbeats, name=f"{self._index} heartbeat", daemon=True)
        self._heartbeat.start()
        return True

    def release(self) -> None:
        """Release the lock; if it cannot be deleted, the next writer takes it over."""
        from elasticsearch import ApiError, TransportError

        self._released.set()
        if self._heartbeat is None:
            return
        self._heartbeat.join()
        self._heartbeat = None
        if self._lost or self._version is None:
            return
        seq_no, primary_term = self._version
        try:
            self._client.delete(
                index=self._index, id=self._document, if_seq_no=seq_no, if_primary_term=primary_term
            )
        except (ApiError, TransportError):
            return

    def _create_index(self) -> None:
        create_if_missing(self._client, self._index, "lock.json", aliased=False)
        self._is_created = True

    def _create_document(self) -> bool:
        from elasticsearch import ConflictError

        try:
            response = self._client.create(
                index=self._index, id=self._document, document={"holder": self._holder, "beats": 0}
            )
        except ConflictError:
            return False
        self._version = (response["_seq_no"], response["_primary_term"])
        return True

    def _take_over(self) -> bool:
        """Return whether it was taken over from a holder that has not beaten for long enough."""
        response = self._client.options(ignore_status=404).get(index=self._index, id=self._document)
        if not response.get("found"):
            return self._create_document()
        current = (response["_seq_no"], response["_primary_term"])
        if response["_source"]["holder"] == self._holder:
            # It was created by a request whose response was lost, or could not be deleted.
            self._version = current
            return True
        if current != self._seen:
            if self._seen is not None:
                self._other_holder = response["_source"]["holder"]
            self._seen, self._still_since = current, time.monotonic()
        return time.monotonic() - self._still_since > STALE_AFTER_S and self._write(0, current)

    def _send_heartbeats(self) -> None:
        beats = 0
        while not self._released.wait(HEARTBEAT_S) and self._version is not None:
            beats += 1
            try:
                with self._access.translate_errors():
                    self._lost = not self._write(beats, self._version)
            except NoIndex:
                self._lost = True
            except EngineUnavailable:
                continue  # the next beat may arrive; if none does, the lock is lost and `_write` says so
            if self._lost:
                return

    def _write(self, beats: int, version: tuple[int, int]) -> bool:
        """Write a beat over the version seen last; False if another holder has written meanwhile."""
        from elasticsearch import ConflictError

        try:
            response = self._client.index(
                index=self._index,
                id=self._document,
                document={"holder": self._holder, "beats": beats},
                if_seq_no=version[0],
                if_primary_term=version[1],
            )
        except ConflictError:
            # Or this very beat arrived, and only the response was lost.
            response = self._client.options(ignore_status=404).get(index=self._index, id=self._document)
            if not response.get("found") or response["_source"]["holder"] != self._holder:
                return False
        self._version = (response["_seq_no"], response["_primary_term"])
        return True


class WriterLock(DocumentLock):
    """The lock of the writer of a generation; `acquire` it, then `release` it."""

    def __init__(self, access: ElasticAccess) -> None:
        super().__init__(access, "writer")

    def acquire(self) -> None:
        """Acquire the lock, or raise `IndexBusy` or, if others use our names, `UnusableInput`.

        Takes up to `STALE_AFTER_S` if a dead writer left a lock.
        """
        while not self.try_acquire():
            if self._other_holder:
                # It has beaten since.
                raise IndexBusy(
                    f"another indexer ({self._other_holder}) is writing {self._name} at "
                    f"{self._access.address}; wait for it, the index it replaces serves on"
                )
            time.sleep(HEARTBEAT_S / 4)

    def check(self) -> None:
        """Raise `IndexBusy` if another writer has taken the lock over."""
        if self._lost:
            raise IndexBusy(
                f"another indexer took over {self._name} at {self._access.address} while this one "
                f"gave no sign of life for {STALE_AFTER_S:.0f} s; nothing was changed, run it again"
            )
