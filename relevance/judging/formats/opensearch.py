"""Judgement lists of OpenSearch's Search Relevance Workbench, and Quepid's JSON of ratings or of a case."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from relevance.judging.formats.json_values import objects, read_json, text_of
from relevance.judging.formats.rated_rows import RatedRow, ReadOptions, Rows
from shangsou.errors import UnusableInput

_QUERY = ("query", "query_text", "queryText")
_DOC_ID = ("docId", "doc_id", "docid", "_id")


def is_judgement_list(document: object) -> bool:
    """Return whether a document is, or holds, lists of queries with ratings."""
    return any(True for _ in _query_lists(document))


def read_judgement_list(path: Path, options: ReadOptions) -> Rows:
    """Yield the ratings of judgement lists.

    OpenSearch's request to import one and its responses hold `judgmentRatings`: `query`, and `ratings` of
    `docId` and `rating`, which may be a number in quotes. Quepid has `queries` instead, and may have an
    object of ratings by product. Raises `UnusableInput` where it is another JSON.
    """
    document = read_json(path, options.encoding)
    if not is_judgement_list(document):
        raise UnusableInput(f"{path}: holds no judgmentRatings, a list of queries with their ratings")
    for key, queries in _query_lists(document):
        for where, query in objects(queries, f"{path}: {key}"):
            text = text_of(query, _QUERY, where)
            ratings = query.get("ratings") or []
            if not ratings:
                yield RatedRow(where, text, "", "", "")
            elif isinstance(ratings, dict):
                for doc_id, rating in ratings.items():
                    yield RatedRow(f"{where}.ratings", text, "", str(doc_id), str(rating))
            else:
                for place, rating in objects(ratings, f"{where}.ratings"):
                    yield RatedRow(
                        place, text, "", text_of(rating, _DOC_ID, place), text_of(rating, ("rating",), place)
                    )


def _query_lists(document: object) -> Iterator[tuple[str, object]]:
    """Yield the lists of a document: of itself, its `_source`, or the hits of a response."""
    if not isinstance(document, dict):
        return
    for key in ("judgmentRatings", "queries"):
        if _has_ratings(document.get(key)):
            yield key, document[key]
    if isinstance(source := document.get("_source"), dict):
        yield from _query_lists(source)
    hits = document.get("hits")
    if isinstance(hits, dict):
        yield from _query_lists({"hits": hits.get("hits")})
    elif isinstance(hits, list):
        for hit in hits:
            yield from _query_lists(hit)


def _has_ratings(queries: object) -> bool:
    return isinstance(queries, list) and any(
        isinstance(query, Mapping) and "ratings" in query for query in queries
    )
