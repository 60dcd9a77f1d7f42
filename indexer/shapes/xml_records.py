"""Records of XML: feeds (RSS and Atom with `g:`), or whichever element is repeated."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any, cast
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from indexer.nested_records import MappedPaths, value_names
from shangsou.errors import UnusableInput
from shangsou.reading.files import SourceFile

_SAMPLE_SIZE = 100
# Elements that stand for a product in the feeds of shop systems, the likeliest first.
_RECORD_TAGS = [
    "item",
    "entry",
    "product",
    "offer",
    "goods",
    "sku",
    "article",
    "shopitem",
    "record",
    "row",
    "商品",
    "产品",
]
# Elements that are looked at to find which one is repeated.
_MAX_ELEMENTS = 20_000
# No record of a feed is nested deeper; the rest of it is left out.
_MAX_DEPTH = 8

Numbered = Iterator[tuple[int, Mapping[str, object] | str]]


@dataclass(frozen=True, slots=True)
class XmlRecords:
    """The repeated elements of an XML file; see `indexer.shapes.shape.Records`."""

    source: SourceFile
    tag: str
    names: Sequence[str]
    max_rows: int
    note: str = ""

    def records(self) -> Numbered:
        """Yield each element with its number, reading lazily."""
        yield from enumerate(_records(self.source, self.tag), start=1)


def open_xml(source: SourceFile, mapped: Collection[str] = ()) -> XmlRecords:
    """Return an XML file as records; raises `UnusableInput` where it is none or nothing is repeated in it.

    `mapped` are names and dotted paths that the user gave.
    """
    tag = _repeated_tag(source)
    names: dict[str, None] = {}
    paths = MappedPaths(mapped)
    for record in islice(_records(source, tag), _SAMPLE_SIZE):
        names.update(dict.fromkeys(value_names(record, paths)))
    count = sum(1 for _ in _records(source, tag))
    return XmlRecords(source, tag, list(names), count, f"each <{tag}> is a product")


def _repeated_tag(source: SourceFile) -> str:
    counts: Counter[str] = Counter()
    with_children: Counter[str] = Counter()
    for event, element in islice(_events(source), _MAX_ELEMENTS):
        if event == "end":
            tag = _local(element.tag)
            counts[tag] += 1
            with_children[tag] += len(element) > 1 or len(element.attrib) > 1
    known = [
        tag
        for tag in _RECORD_TAGS
        if any(name.lower() == tag for name in with_children if with_children[name])
    ]
    if known:
        return next(name for name in with_children if name.lower() == known[0])
    repeated = [tag for tag, count in with_children.items() if count > 1]
    if not repeated:
        raise UnusableInput(
            f"{source.name}: no element of this XML is repeated as products are; nothing was indexed"
        )
    return max(repeated, key=with_children.__getitem__)


def _records(source: SourceFile, tag: str) -> Iterator[dict[str, object]]:
    depth = 0
    parents: list[Element] = []
    for event, element in _events(source):
        if event == "start":
            parents.append(element)
            depth += _local(element.tag) == tag
            continue
        parents.pop()
        if _local(element.tag) == tag:
            depth -= 1
            if depth == 0:
                yield _record(element)
        if depth == 0:
            # What has been read must not stay in memory.
            element.clear()
            if parents:
                parents[-1].remove(element)


def _record(element: Element, level: int = 0) -> dict[str, object]:
    values: dict[str, object] = dict(element.attrib)
    for child in element if level < _MAX_DEPTH else ():
        name = _local(child.tag)
        parameter = (
            child.attrib.get("name") if name.lower() in ("param", "attribute", "property", "field") else None
        )
        value: object = (
            _record(child, level + 1)
            if len(child)
            else (child.text or child.attrib.get("href") or "").strip()
        )
        if parameter:
            values[f"attributes.{parameter}"] = value
        elif name in values:
            before = values[name]
            values[name] = [*before, value] if isinstance(before, list) else [before, value]
        else:
            values[name] = value
    return values


def _events(source: SourceFile) -> Iterator[tuple[str, Element]]:
    """Yield the start and end of elements; a document that declares entities is refused."""
    try:
        with source.text() as text:
            # The text is decoded already: expat reads it as such, whatever its declaration says.
            yield from iterparse(cast("IO[Any]", text), ("start", "end"), forbid_dtd=False)
    except DefusedXmlException:
        raise UnusableInput(
            f"{source.name}: the XML declares entities, which are not expanded; export it without"
        ) from None
    except ParseError as problem:
        raise UnusableInput(
            f"{source.name}: is no XML: {problem}; if it was cut off, make or fetch it again"
        ) from None


def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2]
