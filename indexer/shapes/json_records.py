"""Records of JSON: one object a line, an array, an object that holds the list, or a dump of Elasticsearch."""

import ast
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

import ijson

from indexer.nested_records import MappedPaths, value_names
from shangsou.errors import UnusableInput
from shangsou.reading.files import Lines, LongLine, SourceFile
from shangsou.reading.json_lines import json_object
from shangsou.reading.search_dumps import unwrap_documents

# Objects that are read to find the columns, since an object may leave out missing values.
_SAMPLE_SIZE = 100
# Keys under which lists of products lie, the likeliest first; among others the longest list is taken.
_LIST_KEYS = [
    "products",
    "items",
    "hits",
    "goods",
    "records",
    "docs",
    "rows",
    "list",
    "data",
    "results",
    "entries",
    "result",
    "item_list",
    "product_list",
    "goodslist",
    "itemlist",
    "productlist",
    "skus",
    "商品",
    "商品列表",
    "数据",
]
# Characters of a line that is tried as a literal of Python.
_MAX_LITERAL = 20_000
# No export is nested as deeply, and a list of products lies near the root.
_MAX_NESTING = 64
_MAX_LIST_LEVEL = 6

Numbered = Iterator[tuple[int, Mapping[str, object] | str]]


@dataclass(frozen=True, slots=True)
class JsonRecords:
    """Objects of a JSON file; see `indexer.shapes.shape.Records`."""

    source: SourceFile
    path: str | None
    """Where the list lies in the one JSON text, as ijson names it; None where each line is an object."""
    names: Sequence[str]
    max_rows: int
    note: str = ""

    def records(self) -> Numbered:
        """Yield the products, reading lazily."""
        yield from unwrap_documents(_raw_records(self.source, self.path))


def open_json(source: SourceFile, first: str | LongLine, mapped: Collection[str] = ()) -> JsonRecords:
    """Return a file of JSON as records; raises `UnusableInput` where no object is in it.

    Parameters
    ----------
    source
        A text file.
    first
        Its first line that is not blank.
    mapped
        Names and dotted paths that the user gave.
    """
    is_lines = _is_one_object(first) and not _holds_list(first)
    path, count = (None, 0) if is_lines else _find_list(source)
    sample = list(islice(unwrap_documents(_raw_records(source, path)), _SAMPLE_SIZE))
    names: dict[str, None] = {}
    paths = MappedPaths(mapped)
    problem = ""
    for number, record in sample:
        if isinstance(record, str):
            problem = problem or f"{source.name}:{number}: {record}"
        else:
            names.update(dict.fromkeys(value_names(record, paths)))
    if not names:
        raise UnusableInput(
            f"{problem or f'{source.name}: no object of JSON has a value'}; nothing was indexed. "
            "Products are objects: one a line, or in an array, or in an object that holds the list"
        )
    note = f"the products lie in {path.removesuffix('.item') or 'one array'}" if path else ""
    return JsonRecords(source, path, list(names), max(count, source.lines + 1), note)


def _is_one_object(first: str | LongLine) -> bool:
    return isinstance(first, str) and not (
        isinstance(json_object(first), str)
        and first.lstrip()[:1] in ("[", "{")
        and not first.lstrip().startswith("{'")
    )


def _holds_list(first: str | LongLine) -> bool:
    """Return whether a line is an object that holds the list of products rather than a product."""
    record = json_object(first) if isinstance(first, str) else ""
    if not isinstance(record, dict) or {"id", "sku", "title", "name", "_id", "_source"} & record.keys():
        return False
    nested = [record, *(value for value in record.values() if isinstance(value, dict))]
    return any(
        isinstance(value, list) and value and isinstance(value[0], dict)
        for part in nested
        for key, value in part.items()
        if key.lower() in _LIST_KEYS
    )


def _find_list(source: SourceFile) -> tuple[str | None, int]:
    """Return where the list of products lies in a JSON text, and its length; None where lines are texts."""
    counts: Counter[str] = Counter()
    is_object = False
    for path in _object_paths(source):
        is_object = is_object or path == ""
        # An entry of a list that lies in no other list.
        if path.endswith("item") and path.split(".").count("item") == 1:
            counts[path] += 1
    if not counts:
        return ("", 1) if is_object else (None, 0)

    def likelihood(path: str) -> tuple[int, int]:
        key = path.removesuffix("item").removesuffix(".").rpartition(".")[2].lower()
        return (-_LIST_KEYS.index(key) if key in _LIST_KEYS else -len(_LIST_KEYS), counts[path])

    path = max(counts, key=likelihood)
    return path, counts[path]


def _object_paths(source: SourceFile) -> Iterator[str]:
    """Yield the path of each object near the root, as ijson names it; refuses deep nesting."""
    names: list[str] = []
    are_lists: list[bool] = []
    key = ""
    with _translated(source), _utf8(source) as stream:
        for event, value in ijson.basic_parse(stream, multiple_values=True):
            if event == "map_key":
                key = value
            elif event in ("start_map", "start_array"):
                # ijson would keep the whole path of each level.
                if len(names) == _MAX_NESTING:
                    raise UnusableInput(
                        f"{source.name}: is nested deeper than {_MAX_NESTING} levels; that is no catalog"
                    )
                names.append("item" if are_lists and are_lists[-1] else key)
                are_lists.append(event == "start_array")
                if event == "start_map" and len(names) <= _MAX_LIST_LEVEL:
                    yield ".".join(names[1:])
            elif event in ("end_map", "end_array"):
                names.pop()
                are_lists.pop()


def _raw_records(source: SourceFile, path: str | None) -> Numbered:
    if path is None:
        with source.text() as text:
            for number, line in Lines(text):
                if isinstance(line, LongLine) or (line and not line.isspace()):
                    yield number, _line_object(line)
        return
    with _translated(source), _utf8(source) as stream:
        objects = ijson.items(stream, path, use_float=True, multiple_values=True)
        for number, record in enumerate(objects, start=1):
            yield number, record if isinstance(record, dict) else "the entry is no object"


def _line_object(line: str | LongLine) -> dict[str, object] | str:
    record = json_object(line)
    if isinstance(record, str) and isinstance(line, str) and line.lstrip().startswith("{'"):
        return _python_object(line) or f"{record}; it is a literal of Python, write it with json.dumps"
    return record


def _python_object(line: str) -> dict[str, object] | None:
    """Return an object that Python's `repr` wrote, with single quotes; None if it is none."""
    if len(line) > _MAX_LITERAL:
        return None
    try:
        value = ast.literal_eval(line.strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None
    return {str(key): item for key, item in value.items()} if isinstance(value, dict) else None


@contextmanager
def _translated(source: SourceFile) -> Iterator[None]:
    try:
        yield
    except (ijson.JSONError, UnicodeDecodeError) as problem:
        raise UnusableInput(
            f"{source.name}: is no JSON: {str(problem).splitlines()[0]}; nothing was indexed; "
            "if it was cut off, make or fetch it again"
        ) from None


class _Utf8Reader:
    """A text as the bytes that ijson reads."""

    def __init__(self, text: "object") -> None:
        self._text = text

    def read(self, size: int) -> bytes:
        block: str = self._text.read(size)  # type: ignore[attr-defined]
        return block.encode("utf-8", "replace")


@contextmanager
def _utf8(source: SourceFile) -> Iterator[_Utf8Reader]:
    with source.text() as text:
        yield _Utf8Reader(text)
