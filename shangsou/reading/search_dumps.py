"""Documents in dumps of Elasticsearch and OpenSearch: hits, bulk requests, and answers of `_search`."""

from collections.abc import Iterable, Iterator, Mapping

Numbered = tuple[int, Mapping[str, object] | str]
"""A line, and the object in it or the reason why there is none."""
_ACTIONS = ("index", "create", "update", "delete")


def unwrap_documents(records: Iterable[Numbered]) -> Iterator[Numbered]:
    """Unwrap what a search engine puts around documents: action lines, `_source`, `_id`.

    A document gets the `_id` of its hit or action line, where it has none itself. What is not wrapped stays
    as it is.
    """
    action: Mapping[str, object] = {}
    for number, record in records:
        if isinstance(record, str):
            yield number, record
            continue
        kind = next(iter(record)) if len(record) == 1 else ""
        header = record.get(kind)
        if kind in _ACTIONS and isinstance(header, dict):
            action = {} if kind == "delete" else header
            continue
        document = record.get("_source", record.get("doc", record) if action else record)
        if isinstance(document, dict):
            number_of_engine = {
                key: part["_id"] for part in (record, action) for key in ("_id",) if key in part
            }
            yield number, document if document is record and not action else {**number_of_engine, **document}
        else:
            yield number, "the document is no object"
        action = {}


def hits_of_response(record: Mapping[str, object]) -> list[object] | None:
    """Return the hits in the answer of a `_search` or of a page of it; None for anything else."""
    outer = record.get("hits")
    hits = outer.get("hits") if isinstance(outer, dict) else None
    return hits if isinstance(hits, list) else None
