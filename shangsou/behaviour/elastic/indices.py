"""The two event indices, and the few requests used on them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from shangsou.engines.elastic.access import ElasticAccess
from shangsou.engines.elastic.failures import reason
from shangsou.engines.elastic.mapping import create_if_missing, read_mapping
from shangsou.engines.elastic.ownership import EVENT_NAMES, refuse_foreign
from shangsou.errors import EngineUnavailable, EventsUnavailable, NoIndex, UnusableInput

# Documents in one request when many are read or removed.
_PAGE_SIZE = 2_000
_KEEP_ALIVE = "2m"
BulkItem = tuple[Mapping[str, object], Mapping[str, object] | None]
"""One item of a bulk request: the action, and the document if it has one."""


class EventIndices:
    """`NAME-events` and `NAME-shoppers`. All methods raise `EventsUnavailable`."""

    def __init__(self, access: ElasticAccess) -> None:
        """`access` is closed with the indices."""
        self._access, self._client = access, access.client
        self.events, self.shoppers = f"{access.name}-events", f"{access.name}-shoppers"
        self._created = self._owned = False

    def create(self) -> None:
        """Create the indices if they are missing."""
        if self._created:
            return
        with self._translate_errors():
            create_if_missing(self._client, self.events, "events.json")
            create_if_missing(self._client, self.shoppers, "shoppers.json")
            # An index of an earlier version has fewer fields.
            fields = read_mapping("shoppers.json")["mappings"]["properties"]
            self._client.indices.put_mapping(index=self.shoppers, properties=fields)
        self._created = True

    def get(self, index: str, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Return the documents with these ids as they are now, refreshed or not."""
        if not ids:
            return {}
        with self._translate_errors():
            response = self._client.mget(index=index, ids=list(ids))
        return {
            document["_id"]: document["_source"] for document in response["docs"] if document.get("found")
        }

    def write(self, index: str, items: Sequence[BulkItem]) -> list[int]:
        """Run bulk operations and return the status of each; 404 and 409 are left to the caller."""
        if not items:
            return []
        with self._translate_errors():
            # Through the alias: this fails if the index was deleted meanwhile, while the index's own name
            # would make Elasticsearch recreate it without our mappings.
            response = self._client.bulk(
                index=index,
                operations=[part for item in items for part in item if part is not None],
                require_alias=True,
            )
        outcomes = [next(iter(item.values())) for item in response["items"]]
        for outcome in outcomes:
            if "error" in outcome and outcome["status"] not in (404, 409):
                error_reason = reason(outcome["error"])
                raise EventsUnavailable(
                    f"Elasticsearch at {self._access.address} did not keep an event: {error_reason}"
                )
            if "error" in outcome and outcome["error"].get("type") == "index_not_found_exception":
                self._created = False
                raise EventsUnavailable(f"{index} at {self._access.address} has gone; events are sent again")
        return [outcome["status"] for outcome in outcomes]

    def refresh(self, index: str) -> None:
        """Make the written documents visible to searches."""
        with self._translate_errors():
            self._client.indices.refresh(index=index, ignore_unavailable=True)

    def find(
        self, index: str, query: Mapping[str, object], sort: Sequence[Mapping[str, str]], size: int
    ) -> list[dict[str, Any]]:
        """Return the first documents in a sort order, as far as they are visible."""
        with self._translate_errors():
            response = self._client.search(
                index=index,
                query=query,
                sort=sort,
                size=size,
                ignore_unavailable=True,
                track_total_hits=False,
            )
        return [hit["_source"] for hit in response["hits"]["hits"]]

    def find_ids(self, index: str, query: Mapping[str, object]) -> Iterator[list[str]]:
        """Yield pages of ids of all matching documents; the caller makes each page stop matching."""
        while True:
            self.refresh(index)
            with self._translate_errors():
                response = self._client.search(
                    index=index, query=query, size=_PAGE_SIZE, source=False, ignore_unavailable=True
                )
            ids = [hit["_id"] for hit in response["hits"]["hits"]]
            if not ids:
                return
            yield ids

    def stream(
        self, index: str, query: Mapping[str, object], order: Sequence[str]
    ) -> Iterator[dict[str, Any]]:
        """Yield all matching documents in ascending order, from a point-in-time snapshot."""
        self.refresh(index)
        try:
            with self._translate_errors():
                pit = self._client.open_point_in_time(index=index, keep_alive=_KEEP_ALIVE)["id"]
        except EventsUnavailable as problem:
            if isinstance(problem.__cause__, NoIndex):
                return
            raise
        after: list[object] | None = None
        while True:
            with self._translate_errors():
                response = self._client.search(
                    pit={"id": pit, "keep_alive": _KEEP_ALIVE},
                    query=query,
                    sort=[*({field: "asc"} for field in order), {"_shard_doc": "asc"}],
                    size=_PAGE_SIZE,
                    search_after=after,
                    track_total_hits=False,
                )
            hits = response["hits"]["hits"]
            yield from (hit["_source"] for hit in hits)
            if len(hits) < _PAGE_SIZE:
                break
            after = hits[-1]["sort"]
        with self._translate_errors():
            self._client.close_point_in_time(id=pit)

    def close(self) -> None:
        """Close the connections."""
        self._access.close()

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        try:
            if not self._owned:
                # Before the first request: indices of others under these names are neither read nor changed.
                refuse_foreign(self._access, EVENT_NAMES)
                self._owned = True
            with self._access.translate_errors():
                yield
        except (EngineUnavailable, NoIndex, UnusableInput) as problem:
            raise EventsUnavailable(str(problem)) from problem
