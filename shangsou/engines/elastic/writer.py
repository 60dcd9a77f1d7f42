"""Write one generation: create the index, bulk-load it, merge it, and mark it complete."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from shangsou.engines.elastic.access import ElasticAccess
from shangsou.engines.elastic.bulk import BulkLoader
from shangsou.engines.elastic.columns import Columns
from shangsou.engines.elastic.documents import document_source
from shangsou.engines.elastic.index_documents import IndexDocuments
from shangsou.engines.elastic.lock import WriterLock
from shangsou.engines.elastic.mapping import IndexOptions, products_index
from shangsou.engines.elastic.ownership import MARK, is_ours
from shangsou.engines.elastic.spool import Spool
from shangsou.engines.engine import Document, Generation
from shangsou.engines.generations import make_stamp
from shangsou.engines.product_terms import ProductTerms, check_products, no_terms
from shangsou.errors import EngineUnavailable, IndexBusy, IndexingFailed, NoIndex

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

# Increased whenever the mappings, or the values written to their fields, change.
FORMAT = 5
# Of requests that create, set and count; on a busy machine some take longer than a search may.
_TIMEOUT_S = 60.0
# A merge of millions of vectors takes long; only the indexer waits for it.
_MERGE_TIMEOUT_S = 4 * 3600.0


class ElasticWriter:
    """A `GenerationWriter` into a new index next to the current one."""

    def __init__(self, access: ElasticAccess, draft: Generation, options: IndexOptions) -> None:
        # A search must not wait as long as what only the indexer waits for.
        self._client = access.client.options(request_timeout=_TIMEOUT_S)
        self._access, self._name = access, access.name
        self._options = options
        self._lock = WriterLock(access)
        self._draft = draft
        self._index = ""
        self._finished = False
        self._columns = Columns()
        self._spool: Spool

    def __enter__(self) -> "ElasticWriter":
        self._lock.acquire()
        try:
            with self._access.translate_errors():
                self._begin()
            self._spool = Spool()  # closed in __exit__
        except BaseException:
            self._lock.release()
            raise
        return self

    def __exit__(self, kind: object = None, *exc: object) -> None:
        try:
            # If Elasticsearch is gone too, the next writer removes the incomplete index. If the lock was
            # lost, that has happened already, and there is nothing of ours left to delete.
            with suppress(EngineUnavailable, NoIndex, IndexBusy), self._access.translate_errors():
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
        segmenter = self._draft.recipe.segmenter
        for document in documents:
            self._columns.add(document.product)
            self._spool.add(
                document_source(
                    document.product, document.title_vector, document.description_vector, segmenter
                )
            )
        self._draft = replace(self._draft, documents=len(self._spool))

    def write_documents(self) -> None:
        """Do nothing: a document is sent once, with its types and facts."""

    def finish(self, types: Sequence[Sequence[str]] = (), facts: ProductTerms | None = None) -> Generation:
        """Load the documents, merge the index to one segment, make it durable and mark it complete."""
        types = types or [()] * self._draft.documents
        if len(types) != self._draft.documents:
            raise ValueError(f"{len(types)} lists of types for {self._draft.documents} products")
        facts = facts or no_terms(self._draft.documents)
        check_products(facts, self._draft.documents)
        contents = IndexDocuments(self._spool, self._columns, types, facts, self._draft.sequence)
        alias = documents_alias(self._index)
        BulkLoader(self._access, alias, self._lock.check).load(contents)
        self._complete(contents)
        self._finished = True
        return self._draft

    def _complete(self, contents: IndexDocuments) -> None:
        """Merge the index to one segment, make it durable and mark it complete."""
        indices = self._client.options(request_timeout=_MERGE_TIMEOUT_S).indices
        with self._access.translate_errors():
            indices.forcemerge(index=self._index, max_num_segments=1)
            serving = {"refresh_interval": None, **self._options.serving_replicas()}
            indices.put_settings(index=self._index, settings={"index": serving})
            indices.flush(index=self._index)
            indices.refresh(index=self._index)
            count = self._client.count(index=self._index)["count"]
            if count != contents.count:
                raise IndexingFailed(
                    f"{self._index} at {self._access.address} holds {count} of {contents.count} "
                    "documents; the index before it serves on, run it again"
                )
            self._lock.check()
            self._draft = replace(self._draft, created_at=datetime.now(UTC).isoformat(timespec="seconds"))
            meta = generation_to_meta(self._draft, complete=True)
            indices.put_mapping(index=self._index, meta=meta)

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
        current = current_index(self._access)
        replaces = generation_name(self._name, current[0]) if current else ""
        self._draft = replace(self._draft, name=f"gen-{number}", replaces=replaces)
        body = products_index(self._draft.recipe, self._options)
        body["mappings"]["_meta"] = generation_to_meta(self._draft, complete=False)
        # Sent once: an index that is there already may be that of another writer.
        indices = self._client.options(max_retries=0).indices
        indices.create(index=self._index, aliases={documents_alias(self._index): {}}, **body)
        uid = _uid(self._client.indices.get_settings(index=self._index)[self._index])
        self._draft = replace(self._draft, uid=uid)


def generation_to_meta(generation: Generation, *, complete: bool) -> dict[str, Any]:
    """Return the `_meta` of a generation's index."""
    return {**MARK, **make_stamp(generation, file_format=FORMAT), "complete": complete}


def read_metas(client: "Elasticsearch", name: str) -> dict[str, dict[str, Any]]:
    """Return the `_meta` of the index of each generation, with its `uid` and `shards`, oldest first."""
    response = client.indices.get(
        index=f"{name}-*",
        allow_no_indices=True,
        expand_wildcards="all",
        filter_path="*.mappings._meta,*.settings.index.uuid,*.settings.index.number_of_shards",
    )
    metas = {
        index: {
            **body["mappings"]["_meta"],
            "uid": _uid(body),
            "shards": int(body["settings"]["index"]["number_of_shards"]),
        }
        for index, body in response.items()
        if index.removeprefix(f"{name}-").isdecimal() and is_ours(body.get("mappings", {}))
    }
    return dict(sorted(metas.items(), key=lambda pair: index_number(name, pair[0])))


def current_index(access: ElasticAccess) -> tuple[str, str] | None:
    """Return the index that the alias of a shop points to, and its UUID. One small request.

    Raises `EngineUnavailable` where the name is another's, or the alias points to several.
    """
    name = access.name
    with access.translate_errors():
        response = access.client.options(ignore_status=404).indices.get_settings(
            index=name, name="index.uuid", expand_wildcards="all"
        )
    if response.meta.status == 404:
        return None
    indices = sorted(response.items())
    place = f"{name} at {access.address}"
    if len(indices) > 1:
        raise EngineUnavailable(
            f"alias {place} points to {' and '.join(index for index, _ in indices)}; remove it from all but "
            'one, or run "shangsou rollback --to gen-N"'
        )
    for index, body in indices:
        if not index.removeprefix(f"{name}-").isdecimal():
            raise EngineUnavailable(
                f"{place} is {index}, which is no generation of shangsou; remove the alias, or set "
                f"SHANGSOU_ELASTIC_INDEX to a name that is free, such as {name}-search"
            )
        return index, _uid(body)
    return None


def _uid(description: Mapping[str, Any]) -> str:
    return str(description["settings"]["index"]["uuid"])


def generation_name(name: str, index: str) -> str:
    """Return the name of the generation in an index."""
    return f"gen-{index_number(name, index)}"


def index_number(name: str, index: str) -> int:
    """Return the number of a generation's index."""
    return int(index.removeprefix(f"{name}-"))


def documents_alias(index: str) -> str:
    """Return the alias that bulk requests to a generation's index use.

    They fail if the index was deleted meanwhile, while its own name would make Elasticsearch recreate it
    without our mappings.
    """
    return f"{index}-documents"
