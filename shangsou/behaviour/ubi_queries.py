"""Complete UBI events by the records of UBI's index of queries that were read before them."""

from collections.abc import Mapping

from shangsou.behaviour.columns import is_query_record
from shangsou.behaviour.event_rows import EventRow

# Queries whose texts are kept, the latest: some 200 MB.
_MAX_TEXTS = 1_000_000


class UbiQueries:
    """The queries read so far.

    Their records have the text of a query, which events that name it by `query_id` lack, and the browser
    (`client_id`) but no session. Events have both: they go by the browser too, where queries do, since a
    search and the clicks on it would else be those of two shoppers.
    """

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._go_by_client = False

    def complete(self, row: EventRow) -> EventRow:
        """Return an event with the text and the browser of its query; remember what a query says."""
        if isinstance(row.values, str) or not isinstance(row.raw, Mapping):
            return row
        query_id, text = str(row.values.get("query_id", "")), row.values.get("user_query")
        if is_query_record(row.raw):
            self._go_by_client |= "session_id" not in row.raw
            if query_id and isinstance(text, str) and text:
                self._texts[query_id] = text
                if len(self._texts) > _MAX_TEXTS:
                    del self._texts[next(iter(self._texts))]
            return row
        added: dict[str, object] = {}
        if not text and query_id in self._texts:
            added["user_query"] = self._texts[query_id]
        if self._go_by_client and row.raw.get("client_id"):
            added["session_id"] = row.raw["client_id"]
        return row._replace(values={**row.values, **added}) if added else row
