"""Requests to the index of one generation."""

import time
from collections.abc import Iterator, Sequence
from typing import Any

from shangsou.engines.elastic import responses
from shangsou.engines.elastic.access import ElasticAccess
from shangsou.engines.elastic.bodies import SCORED_BY_WORDS, Body
from shangsou.engines.elastic.documents import STATE_ID
from shangsou.engines.elastic.layout import IndexState, state_from_json
from shangsou.engines.elastic.point_in_time import point_in_time
from shangsou.engines.elastic.responses import Response
from shangsou.product import Product, product_from_json

# A node that dies between the phases of a search takes the hits of its shards with it, and without this there
# is no error: searches are answered in full or not.
_WHOLE: Body = {"allow_partial_search_results": False}
# Before it is asked again: the other copies answer once the connection to that node is known to be broken.
_RETRY_DELAYS_S = (0.05, 0.5)
_SERVER_ERROR = 500


class IndexReader:
    """Searches one index and gets its documents. All methods raise `EngineUnavailable` or `NoIndex`."""

    def __init__(self, access: ElasticAccess, index: str, shards: int = 1) -> None:
        self.access, self.index, self.shards = access, index, shards

    def search(
        self, bodies: Sequence[Body], *, with_sort_values: bool = False, **options: Any
    ) -> list[Response]:
        """Return the responses to all bodies, in one round trip, or in further ones where a node died."""
        if not bodies:
            return []
        searches = [line for body in bodies for line in self._lines(body)]
        path = responses.filter_path(with_sort_values=with_sort_values)
        for delay_s in (*_RETRY_DELAYS_S, None):
            with self.access.translate_errors():
                result = self.access.client.msearch(
                    index=self.index, searches=searches, filter_path=path, **options
                )
            found: list[Response] = result["responses"]
            failed = [response for response in found if "error" in response]
            if not failed:
                return found
            if delay_s is None or any(response["status"] < _SERVER_ERROR for response in failed):
                break
            time.sleep(delay_s)
        raise self.access.failure_of(failed[0]["status"], failed[0])

    def _lines(self, body: Body) -> tuple[Body, Body]:
        """Return the header and the body of a search."""
        header = {name: value for name, value in body.items() if name in SCORED_BY_WORDS}
        rest = {name: value for name, value in body.items() if name not in header}
        # With one shard its statistics are those of all.
        return {**(header if self.shards > 1 else {}), **_WHOLE}, rest

    def state(self) -> IndexState:
        """Return the state of the index as it is now."""
        with self.access.translate_errors():
            response = self.access.client.get(index=self.index, id=STATE_ID)
        return state_from_json(response["_source"]["product"])

    def refresh(self) -> None:
        """Make all that was written visible to searches."""
        with self.access.translate_errors():
            self.access.client.indices.refresh(index=self.index)

    def stored(self, product_ids: Sequence[str]) -> dict[str, Product]:
        """Return the products with these ids that exist, as they are now."""
        return {
            product_id: product_from_json(document["_source"]["product"])
            for product_id, document in self._documents(product_ids, "product").items()
        }

    def product_ids(self) -> Iterator[str]:
        """Yield the ids of all products, as they are when the first is asked for."""
        with self.access.translate_errors(), point_in_time(self.access.client, self.index) as moment:
            for hits in moment.pages({"exists": {"field": "product_id"}}, source=False):
                yield from (hit["_id"] for hit in hits)

    def sequences(self, product_ids: Sequence[str]) -> dict[str, int]:
        """Return the number of the last change that each of these products holds, of those that exist.

        0 of one that has not changed since the index was built.
        """
        documents = self._documents(product_ids, "product.product_id")
        return {product_id: document["_version"] - 1 for product_id, document in documents.items()}

    def _documents(self, product_ids: Sequence[str], source: str) -> dict[str, dict[str, Any]]:
        if not product_ids:
            return {}
        with self.access.translate_errors():
            response = self.access.client.mget(
                index=self.index, ids=list(product_ids), source_includes=source
            )
        for document in response["docs"]:
            if "error" in document:
                # The index was deleted: of each document this is the answer, and the request is no failure.
                raise self.access.failure_of(404, document)
        # Not what has an id like a product and is none.
        return {
            document["_id"]: document
            for document in response["docs"]
            if document.get("found") and document["_source"].get("product", {}).get("product_id")
        }
