"""Bulk requests, sent again where Elasticsearch had no room for them or could not be reached."""

import json
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from shangsou.engines.elastic.access import ElasticAccess
from shangsou.engines.elastic.documents import Source, bulk_lines
from shangsou.engines.elastic.failures import RequestRefused, RequestTimeout, reason
from shangsou.errors import EngineUnavailable, IndexingFailed

# Elasticsearch's guide recommends requests of 5 to 15 MB; its limit is 100.
_BULK_BYTES = 5_000_000
_BULK_TIMEOUT_S = 120.0
# Seconds between attempts: half a minute in total, for a restart of the server or a full queue.
_RETRY_DELAYS_S = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)


class BulkLoader:
    """Indexes documents through an alias."""

    def __init__(self, access: ElasticAccess, alias: str, check_lock: Callable[[], None]) -> None:
        """`check_lock` raises `IndexBusy` if the writer lock is lost; it is called before each request."""
        self._client = access.client.options(request_timeout=_BULK_TIMEOUT_S, max_retries=0)
        self._access, self._alias, self._check_lock = access, alias, check_lock

    def load(self, documents: Iterable[tuple[str, Source]]) -> None:
        """Index all documents, each under its id."""
        for items in _requests(documents):
            self.send(items)

    def send(self, items: list[list[bytes]]) -> None:
        """Index all items; those rejected for lack of capacity are sent again later."""
        self._check_lock()
        for delay_s in (*_RETRY_DELAYS_S, None):
            try:
                with self._access.translate_errors():
                    response = self._client.bulk(
                        index=self._alias,
                        operations=[line for item in items for line in item],  # type: ignore[misc]
                        require_alias=True,
                        filter_path="errors,items.*.status,items.*.error",
                    )
            except RequestRefused as problem:
                raise IndexingFailed(f"{problem}; the index before it serves on") from problem
            except RequestTimeout:
                # It may still be at work on it, and has had minutes already.
                raise
            except EngineUnavailable:
                if delay_s is None:
                    raise
            else:
                if not response["errors"]:
                    return
                items = list(self._retryable_items(items, response["items"], last=delay_s is None))
            self._check_lock()
            time.sleep(delay_s or 0)

    def _retryable_items(
        self, items: list[list[bytes]], results: list[dict[str, Any]], *, last: bool
    ) -> Iterator[list[bytes]]:
        """Yield the items to send again; raise `IndexingFailed` for one that will never be accepted."""
        for item, result in zip(items, results, strict=True):
            outcome = result["index"]
            if "error" in outcome:
                if outcome["status"] != 429 or last:
                    raise IndexingFailed(
                        f"Elasticsearch at {self._access.address} refused {_subject(item)} "
                        f"({reason(outcome['error'])}); the index before it serves on"
                    )
                yield item


def _requests(documents: Iterable[tuple[str, Source]]) -> Iterator[list[list[bytes]]]:
    """Yield the items of each request."""
    items: list[list[bytes]] = []
    size = 0
    for document_id, source in documents:
        items.append(bulk_lines(document_id, source))
        size += sum(map(len, items[-1]))
        if size >= _BULK_BYTES:
            yield items
            items, size = [], 0
    if items:
        yield items


def _subject(item: list[bytes]) -> str:
    """Return what a document is about, for messages."""
    source = json.loads(item[1])
    if "variants" in source:
        return f"the group of product {source['variants'][0]['product_id']!r}"
    return f"product {json.loads(item[0])['index']['_id']!r}"
