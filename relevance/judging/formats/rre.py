"""Ratings of the Rated Ranking Evaluator (RRE), and those that Quepid exports for it."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from relevance.judging.formats.json_values import objects, read_json, text_of
from relevance.judging.formats.rated_rows import RatedRow, ReadOptions, Rows
from shangsou.errors import UnusableInput

# Where the text of a query stands in its placeholders, unless the file says otherwise.
_PLACEHOLDER = "$query"
_ID_KEYS = ("document_id", "id", "_id")

Record = Mapping[str, object]


def is_rre(document: object) -> bool:
    """Return whether a document holds topics, groups or queries as RRE has them."""
    return isinstance(document, dict) and any(True for _ in _groups(document, ""))


def read_rre(path: Path, options: ReadOptions) -> Rows:
    """Yield the ratings of each query; the queries of a group share them.

    Topics and groups may be left out. `relevant_documents` has ids by gain, or an object with a `gain` (or
    `rating`) by id, or a list of such. Raises `UnusableInput` where it is another JSON.
    """
    document = read_json(path, options.encoding)
    if not isinstance(document, dict) or not is_rre(document):
        raise UnusableInput(f"{path}: holds no query_groups with relevant_documents, as RRE has them")
    placeholder = text_of(document, ("query_placeholder",), str(path)) or _PLACEHOLDER
    for where, group, queries in _groups(document, f"{path}: "):
        for place, query in queries:
            text = _text(query, placeholder, place)
            relevant = query.get("relevant_documents", group.get("relevant_documents"))
            ratings = list(_ratings(relevant, f"{where}.relevant_documents"))
            if not ratings:
                yield RatedRow(place, text, "", "", "")
            for doc_id, rating in ratings:
                yield RatedRow(f"{where}.relevant_documents", text, "", doc_id, rating)


def _groups(document: Record, where: str) -> Iterator[tuple[str, Record, list[tuple[str, Record]]]]:
    """Yield the place of each group, the group, and its queries; what has no groups is one."""
    for key in ("topics", "query_groups"):
        if key in document:
            for place, inner in objects(document[key], f"{where}{key}"):
                yield from _groups(inner, f"{place}.")
    queries = document.get("queries")
    if isinstance(queries, list) and any(
        isinstance(query, dict) and ("placeholders" in query or "relevant_documents" in document)
        for query in queries
    ):
        yield where.removesuffix("."), document, objects(queries, f"{where}queries")


def _text(query: Record, placeholder: str, where: str) -> str:
    placeholders = query.get("placeholders", query)
    if not isinstance(placeholders, dict):
        raise UnusableInput(f"{where}.placeholders: is no object")
    if placeholder in placeholders:
        return text_of(placeholders, (placeholder,), where)
    texts = [name for name, value in placeholders.items() if isinstance(value, str) and name != "template"]
    if len(texts) != 1:
        names = ", ".join(map(repr, placeholders)) or "none"
        raise UnusableInput(
            f"{where}: no placeholder {placeholder!r} among {names}; say which holds the text, as "
            '"query_placeholder" beside "index"'
        )
    return text_of(placeholders, texts, where)


def _ratings(relevant: object, where: str) -> Iterator[tuple[str, str]]:
    """Yield product id and rating."""
    if isinstance(relevant, list):
        for place, one in objects(relevant, where):
            doc_id = text_of(one, _ID_KEYS, place)
            if doc_id:
                yield doc_id, text_of(one, ("gain", "rating"), place)
            else:
                yield from _ratings(one, place)
    elif isinstance(relevant, dict):
        for key, value in relevant.items():
            if isinstance(value, list):
                yield from ((str(doc_id), str(key)) for doc_id in value)
            elif isinstance(value, dict):
                yield str(key), text_of(value, ("gain", "rating"), f"{where}.{key}")
            else:
                yield str(key), str(value)
    elif relevant is not None:
        raise UnusableInput(f"{where}: is no object of products or grades")
