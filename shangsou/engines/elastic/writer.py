"""Write one generation: create the index, bulk-load it, merge it, and mark it complete."""

import json
import pickle
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any

from shangsou.engines.elastic.client import RequestRefused, public_address, reason, translate_errors
from shangsou.engines.elastic.documents import bulk_lines, document_source, with_learned
from shangsou.engines.elastic.lock import WriterLock
from shangsou.engines.elastic.mapping import products_index
from shangsou.engines.elastic.ownership import MARK, is_ours
from shangsou.engines.engine import Document, Generation
from shangsou.engines.generations import make_stamp
from shangsou.engines.product_terms import ProductTerms, check_products, no_terms
from shangsou.engines.recipe import IndexRecipe
from shangsou.errors import EngineUnavailable, IndexBusy, IndexingFailed, NoIndex

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

# Increased whenever the mappings, or the values written to their fields, change.
FORMAT = 3
# Elasticsearch's guide recommends requests of 5 to 15 MB; its limit is 100.
_BULK_BYTES = 5_000_000
_BULK_TIMEOUT_S = 120.0
# Seconds between attempts: half a minute in total, for a restart of the server or a full queue.
_RETRY_DELAYS_S = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
# A merge of millions of vectors takes long; only the indexer waits for it.
_MERGE_TIMEOUT_S = 4 * 3600.0


class ElasticWriter:
    """A `GenerationWriter` into a new index next to the current one."""

    def __init__(
        self, client: "Elasticsearch", url: str, name: str, recipe: IndexRecipe, source: str
    ) -> None:
        self._client, self._url, self._name = client, url, name
        self._lock = WriterLock(client, url, name)
        self._draft = Generation("", "", 0, recipe, source)
        self._index = ""
        self._finished = False
        self._spool: IO[bytes]

    def __enter__(self) -> "ElasticWriter":
        self._lock.acquire()
        try:
            with translate_errors(self._url):
                self._begin()
            self._spool = TemporaryFile()  # closed in __exit__
        except BaseException:
            self._lock.release()
            raise
        return self

    def __exit__(self, kind: object = None, *exc: object) -> None:
        try:
            # If Elasticsearch is gone too, the next writer removes the incomplete index. If the lock was
            # lost, that has happened already, and there is nothing of ours left to delete.
            with suppress(EngineUnavailable, NoIndex, IndexBusy), translate_errors(self._url):
                self._lock.check()
                if not self._finished or (kind is not None and not self._is_current()):
                    self._client.indices.delete(index=self._index, ignore_unavailable=True)
        finally:
            self._spool.close()
            self._lock.release()

    def _is_current(self) -> bool:
        return bool(self._client.indices.exists_alias(name=self._name, index=self._index))

    def add(self, documents: Sequence[Document]) -> None:
        """Append documents. They wait in a file: their types are learned from all of them."""
        self._lock.check()
        for row, document in enumerate(documents, self._draft.documents):
            pickle.dump(document_source(document, row), self._spool, pickle.HIGHEST_PROTOCOL)
        self._draft = replace(self._draft, documents=self._draft.documents + len(documents))

    def write_documents(self) -> None:
        """Do nothing: a document is sent once, with its types and facts."""

    def finish(self, types: Sequence[Sequence[str]] = (), facts: ProductTerms | None = None) -> Generation:
        """Load the documents, merge the index to one segment, make it durable and mark it complete."""
        types = types or [()] * self._draft.documents
        if len(types) != self._draft.documents:
            raise ValueError(f"{len(types)} lists of types for {self._draft.documents} products")
        facts = facts or no_terms(self._draft.documents)
        check_products(facts, self._draft.documents)
        self._load(types, facts)
        indices = self._client.options(request_timeout=_MERGE_TIMEOUT_S).indices
        with translate_errors(self._url):
            indices.forcemerge(index=self._index, max_num_segments=1)
            indices.put_settings(index=self._index, settings=_SERVING_SETTINGS)
            indices.flush(index=self._index)
            indices.refresh(index=self._index)
            count = self._client.count(index=self._index)["count"]
            if count != self._draft.documents:
                raise IndexingFailed(
                    f"{self._index} at {public_address(self._url)} holds {count} of {self._draft.documents} "
                    "products; the index before it serves on, run it again"
                )
            self._lock.check()
            self._draft = replace(self._draft, created_at=datetime.now(UTC).isoformat(timespec="seconds"))
            indices.update_aliases(
                actions=[{"remove": {"index": self._index, "alias": _building_alias(self._index)}}]
            )
            indices.put_mapping(index=self._index, meta=generation_to_meta(self._draft, complete=True))
        self._finished = True
        return self._draft

    def _load(self, types: Sequence[Sequence[str]], facts: ProductTerms) -> None:
        """Index all documents; requests that fail for lack of capacity or connection are retried."""
        self._spool.seek(0)
        items: list[list[bytes]] = []
        size = 0
        for row, document_types in enumerate(types):
            source = pickle.load(self._spool)  # noqa: S301 (our own file)
            source = with_learned(source, document_types, facts.of_product(row))
            items.append(bulk_lines(source["product_id"], source))
            size += sum(map(len, items[-1]))
            if size >= _BULK_BYTES:
                self._send(items)
                items, size = [], 0
        if items:
            self._send(items)

    def _begin(self) -> None:
        metas = read_metas(self._client, self._name)
        # Above incomplete ones too: their writer may only have stalled, and must not find its own number
        # in an index of ours.
        number = 1 + max((index_number(self._name, index) for index in metas), default=0)
        for index, meta in metas.items():
            if not meta.get("complete"):
                # We hold the lock, so the writer of this one is gone or has lost it.
                self._client.indices.delete(index=index, ignore_unavailable=True)
        self._index = f"{self._name}-{number}"
        replaces = current_name(self._client, self._url, self._name) or ""
        self._draft = replace(self._draft, name=f"gen-{number}", replaces=replaces)
        body = products_index(self._draft.recipe)
        body["mappings"]["_meta"] = generation_to_meta(self._draft, complete=False)
        # Bulk requests use this alias: they fail if the index was deleted meanwhile, while the index's own
        # name would make Elasticsearch recreate it without our mappings.
        self._client.indices.create(index=self._index, aliases={_building_alias(self._index): {}}, **body)

    def _send(self, items: list[list[bytes]]) -> None:
        """Index all items; those rejected for lack of capacity are sent again later."""
        self._lock.check()
        client = self._client.options(request_timeout=_BULK_TIMEOUT_S, max_retries=0)
        for delay_s in (*_RETRY_DELAYS_S, None):
            try:
                with translate_errors(self._url):
                    response = client.bulk(
                        index=_building_alias(self._index),
                        operations=[line for item in items for line in item],  # type: ignore[misc]
                        require_alias=True,
                        filter_path="errors,items.*.status,items.*.error",
                    )
            except RequestRefused as problem:
                raise IndexingFailed(f"{problem}; the index before it serves on") from problem
            except EngineUnavailable:
                if delay_s is None:
                    raise
            else:
                if not response["errors"]:
                    return
                items = list(self._retryable_items(items, response["items"], last=delay_s is None))
            self._lock.check()
            time.sleep(delay_s or 0)

    def _retryable_items(
        self, items: list[list[bytes]], results: list[dict[str, Any]], *, last: bool
    ) -> Iterator[list[bytes]]:
        """Yield the items to send again; raise `IndexingFailed` for one that will never be accepted."""
        for item, result in zip(items, results, strict=True):
            outcome = result["index"]
            if "error" in outcome:
                if outcome["status"] != 429 or last:
                    product_id = json.loads(item[0])["index"]["_id"]
                    raise IndexingFailed(
                        f"Elasticsearch at {public_address(self._url)} refused product {product_id!r} "
                        f"({reason(outcome['error'])}); the index before it serves on"
                    )
                yield item


_SERVING_SETTINGS = {
    "index": {
        "refresh_interval": None,
        "translog.durability": "request",
        "auto_expand_replicas": "0-1",
    }
}


def generation_to_meta(generation: Generation, *, complete: bool) -> dict[str, Any]:
    """Return the `_meta` of a generation's index."""
    return {**MARK, **make_stamp(generation, file_format=FORMAT), "complete": complete}


def read_metas(client: "Elasticsearch", name: str) -> dict[str, dict[str, Any]]:
    """Return the `_meta` of the index of each generation, oldest first."""
    response = client.indices.get_mapping(
        index=f"{name}-*", allow_no_indices=True, expand_wildcards="all", filter_path="*.mappings._meta"
    )
    metas = {
        index: body["mappings"]["_meta"]
        for index, body in response.items()
        if index.removeprefix(f"{name}-").isdecimal() and is_ours(body["mappings"])
    }
    return dict(sorted(metas.items(), key=lambda pair: index_number(name, pair[0])))


def current_name(client: "Elasticsearch", url: str, name: str) -> str | None:
    """Return the name of the generation that the alias `name` points to."""
    with translate_errors(url):
        response = client.options(ignore_status=404).indices.get_alias(name=name)
    numbers = [
        index_number(name, index) for index in response.body if index.removeprefix(f"{name}-").isdecimal()
    ]
    return f"gen-{numbers[0]}" if numbers else None


def index_number(name: str, index: str) -> int:
    """Return the number of a generation's index."""
    return int(index.removeprefix(f"{name}-"))


def _building_alias(index: str) -> str:
    return f"{index}-building"
