"""The journal of changes in Elasticsearch, beside the index, for any number of servers.

Each document is what was appended at once, under its first number: it is there in full or not at all, and of
two writers who believe that they hold the journal one is refused.
"""

import json
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from shangsou.engines.elastic.access import ElasticAccess
from shangsou.engines.elastic.lock import DocumentLock
from shangsou.engines.elastic.mapping import create_if_missing
from shangsou.engines.elastic.ownership import CHANGE_NAMES, refuse_foreign
from shangsou.errors import EngineUnavailable, NoIndex, UnusableInput, UpdatesUnavailable
from shangsou.updates.journal import Change
from shangsou.updates.operation import Operation

# Seconds for which an update waits for that of another process: longer than a dead one holds the journal.
_LOCK_TIMEOUT_S = 15.0
_LOCK_RETRY_S = 0.05
_HEAD = "head"
# Documents read or deleted with one request.
_PAGE_SIZE = 500


class ElasticJournal:
    """A `ChangeJournal` in the index `NAME-changes`, which is made with the first change."""

    def __init__(self, access: ElasticAccess) -> None:
        """`access` is closed with the journal."""
        self._access, self._client, self._alias = access, access.client, f"{access.name}-changes"
        self._lock = DocumentLock(access, "changes")
        self._thread_lock = Lock()
        self._owned = self._created = False

    def last_sequence(self) -> int:
        """Return the number of the last change, 0 without any: one document, refreshed or not."""
        document = self._get(_HEAD)
        return 0 if document is None else int(document["head"])

    def after(self, sequence: int) -> list[Change]:
        """Return the changes with higher numbers, in their order."""
        changes: list[Change] = []
        for batch in self._find({"range": {"last": {"gt": sequence}}}):
            numbered = enumerate(json.loads(batch["operations"]), int(batch["first"]))
            changes += [Change(number, Operation(*operation)) for number, operation in numbered]
        return [change for change in changes if change.sequence > sequence]

    @contextmanager
    def writing(self) -> Iterator["ElasticJournalWriter"]:
        """Hold the journal against other writers; what was appended stays, whatever comes of the context."""
        with self._thread_lock:
            with self._translate_errors():
                self._create()
                deadline = time.monotonic() + _LOCK_TIMEOUT_S
                while not self._lock.try_acquire():
                    if time.monotonic() > deadline:
                        raise UpdatesUnavailable(
                            f"changes in {self._location()}: another process has held them locked for too "
                            "long; try again"
                        )
                    time.sleep(_LOCK_RETRY_S)
            try:
                yield ElasticJournalWriter(self, self._recovered_head())
            finally:
                self._lock.release()

    @contextmanager
    def applying(self) -> Iterator[bool]:
        """Hold the journal, if nobody else does."""
        if not self._thread_lock.acquire(blocking=False):
            yield False
            return
        try:
            with self._translate_errors():
                is_held = self._lock.try_acquire()
            try:
                yield is_held
            finally:
                if is_held:
                    self._lock.release()
        finally:
            self._thread_lock.release()

    def prune(self, sequence: int) -> None:
        """Forget the changes up to a number, which no generation needs any more."""
        batches = self._find({"range": {"last": {"lte": sequence}}})
        items = [{"delete": {"_id": str(batch["first"])}} for batch in batches]
        for start in range(0, len(items), _PAGE_SIZE):
            with self._translate_errors():
                self._client.bulk(
                    index=self._alias, operations=items[start : start + _PAGE_SIZE], require_alias=True
                )

    def backup(self, target: Path) -> None:
        """Do nothing: snapshots of Elasticsearch hold the index."""

    def close(self) -> None:
        """Close the connections."""
        self._access.close()

    def append(self, operations: Sequence[Operation], last: int) -> int:
        """Append operations behind the change `last`, and return the number of the last one."""
        first, last, token = last + 1, last + len(operations), secrets.token_hex(8)
        # As a text, which holds whatever a product does, and is not looked into.
        listed = json.dumps([(one.kind, one.product_id, dict(one.fields)) for one in operations])
        document = {"first": first, "last": last, "operations": listed, "token": token}
        if not self._put(str(first), document, op_type="create"):
            written = self._get(str(first))
            # It may be this one, of which only the answer was lost.
            if written is None or written["token"] != token:
                raise UpdatesUnavailable(
                    f"changes in {self._location()}: another process took over while this one gave no sign "
                    "of life; nothing was changed, try again"
                )
        self._put(_HEAD, {"head": last}, version=last, version_type="external_gte")
        return last

    def _recovered_head(self) -> int:
        """Return the number of the last change, also where the process that appended it ended there."""
        last = known = self.last_sequence()
        while (batch := self._get(str(last + 1))) is not None:
            last = int(batch["last"])
        if last != known:
            self._put(_HEAD, {"head": last}, version=last, version_type="external_gte")
        return last

    def _get(self, document_id: str) -> dict[str, Any] | None:
        """Return a document as it is now, refreshed or not; None where there is none."""
        with self._translate_errors():
            response = self._client.options(ignore_status=404).get(index=self._alias, id=document_id)
        source: dict[str, Any] | None = response.get("_source")
        return source

    def _put(self, document_id: str, document: dict[str, Any], **options: Any) -> bool:
        """Write a document durably; False where there is a later one."""
        from elasticsearch import ConflictError

        with self._translate_errors():
            try:
                self._client.index(
                    index=self._alias, id=document_id, document=document, require_alias=True, **options
                )
            except ConflictError:
                return False
        return True

    def _find(self, query: dict[str, Any]) -> list[dict[str, Any]]:
        """Return what was appended at once and matches, in the order of its numbers."""
        found: list[dict[str, Any]] = []
        with self._translate_errors():
            self._client.indices.refresh(index=self._alias, ignore_unavailable=True)
            after: list[Any] | None = None
            while True:
                response = self._client.search(
                    index=self._alias,
                    query=query,
                    sort=[{"last": "asc"}],
                    size=_PAGE_SIZE,
                    search_after=after,
                    ignore_unavailable=True,
                    track_total_hits=False,
                )
                hits = response["hits"]["hits"]
                found += [hit["_source"] for hit in hits]
                if len(hits) < _PAGE_SIZE:
                    return found
                after = hits[-1]["sort"]

    def _create(self) -> None:
        """Create the index if it is missing."""
        if not self._created:
            create_if_missing(self._client, self._alias, "changes.json")
            self._created = True

    def _location(self) -> str:
        return f"{self._alias} at {self._access.address}"

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        try:
            if not self._owned:
                # Before the first request: what others keep under this name is neither read nor changed.
                refuse_foreign(self._access, CHANGE_NAMES)
                self._owned = True
            with self._access.translate_errors():
                yield
        except (EngineUnavailable, NoIndex, UnusableInput) as problem:
            # It may have been deleted by hand.
            self._created = False
            raise UpdatesUnavailable(str(problem)) from problem


class ElasticJournalWriter:
    """Appends to a journal that is held."""

    def __init__(self, journal: ElasticJournal, last: int) -> None:
        self._journal, self._last = journal, last

    def append(self, operations: Sequence[Operation], after: int = 0) -> int:
        """Append operations with numbers above `after`, and return the number of the last change."""
        # A journal that was lost begins anew behind what the index holds already.
        self._last = self._journal.append(operations, max(self._last, after))
        return self._last
