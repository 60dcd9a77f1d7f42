"""Read indices as they are at one moment (a point in time, PIT), page by page."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from shangsou.errors import EngineUnavailable

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

# Renewed by each page. Longer than a machine that does much else takes between two of them; what is replaced
# meanwhile stays on the disk of Elasticsearch for as long.
_KEEP_ALIVE = "5m"
# The most that `index.max_result_window` allows unless set is 10,000; twice the page was no faster.
_PAGE_SIZE = 1_000

Hit = Mapping[str, Any]


class PointInTimeLost(EngineUnavailable):
    """The moment that was read of is gone: it was not renewed in time, or a node restarted."""


class PointInTime:
    """Indices as they were when it was opened. All methods raise the errors of the client."""

    def __init__(self, client: "Elasticsearch", index: str) -> None:
        self._client, self._index = client, index
        self._id: str = client.open_point_in_time(index=index, keep_alive=_KEEP_ALIVE)["id"]

    def search(self, **body: Any) -> dict[str, Any]:
        """Return the response to a search; raises `PointInTimeLost`.

        Never a part of it: where a shard does not answer, it fails.
        """
        from elasticsearch import ApiError

        try:
            response = self._client.search(
                pit={"id": self._id, "keep_alive": _KEEP_ALIVE}, allow_partial_search_results=False, **body
            )
        except ApiError as problem:
            if "search_context_missing_exception" not in str(problem.body):
                raise
            raise PointInTimeLost(
                f"Elasticsearch no longer has {self._index} as it was when reading began: a node restarted, "
                "or it was not read on for too long; try again"
            ) from problem
        self._id = response.get("pit_id", self._id)
        return dict(response)

    def pages(self, query: Mapping[str, Any], **body: Any) -> Iterator[Sequence[Hit]]:
        """Yield all documents that match, in pages, in the order in which shards hold them."""
        after: Sequence[Any] | None = None
        while True:
            response = self.search(
                query=query,
                sort=[{"_shard_doc": "asc"}],
                size=_PAGE_SIZE,
                search_after=after,
                track_total_hits=False,
                **body,
            )
            hits: Sequence[Hit] = response["hits"]["hits"]
            if hits:
                yield hits
            if len(hits) < _PAGE_SIZE:
                return
            after = hits[-1]["sort"]

    def close(self) -> None:
        """Let Elasticsearch forget the moment; what cannot be closed expires."""
        from elasticsearch import ApiError, TransportError

        with suppress(ApiError, TransportError):
            self._client.close_point_in_time(id=self._id)


@contextmanager
def point_in_time(client: "Elasticsearch", index: str) -> Iterator[PointInTime]:
    """Open indices as they are now, and close that moment again."""
    moment = PointInTime(client, index)
    try:
        yield moment
    finally:
        moment.close()
