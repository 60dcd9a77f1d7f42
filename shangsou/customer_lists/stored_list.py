"""A list as two files: the rows as CSV, and what they are about as JSON."""

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from shangsou.customer_lists.customer_list import Kind
from shangsou.customer_lists.names import kind_of

_FORMAT = 1
# Of RFC 4180, which the csv module writes, and before every row: the header is the first.
_LINE_END = b"\r\n"
Rows = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class StoredAbout:
    """What the file of JSON holds."""

    name: str
    kind: Kind
    created_at: datetime
    read_at: datetime
    """The moment before which erasures are in the events already that the list was made from."""
    key_id: str
    about: Mapping[str, object]
    written: int
    """How many rows it was written with."""
    digests: tuple[str, ...]
    """SHA-256 of the rows. While rows are being replaced, of the old and of the new ones."""


def about_to_bytes(stored: StoredAbout) -> bytes:
    """Return the content of the file of JSON; raises `TypeError` or `ValueError` for no JSON."""
    payload = {
        "format": _FORMAT,
        "name": stored.name,
        "kind": stored.kind,
        "created_at": stored.created_at.isoformat(),
        "read_at": stored.read_at.isoformat(),
        "key": stored.key_id,
        "about": dict(stored.about),
        "written": stored.written,
        "sha256": list(stored.digests),
    }
    return json.dumps(payload, ensure_ascii=False, allow_nan=False, indent=1).encode() + b"\n"


def about_from_bytes(content: bytes, name: str) -> StoredAbout:
    """Return what the file of JSON of a list holds.

    Raises `ValueError` (also of another name, or another format), `KeyError` or `TypeError`: it is damaged.
    """
    payload = json.loads(content)
    if payload["format"] != _FORMAT:
        raise ValueError(f"it has format {payload['format']!r}, and this version of shangsou reads {_FORMAT}")
    if payload["name"] != name or payload["kind"] != kind_of(name):
        raise ValueError("it is that of another list")
    return StoredAbout(
        name,
        kind_of(name),
        _aware(payload["created_at"]),
        _aware(payload["read_at"]),
        str(payload["key"]),
        dict(payload["about"]),
        int(payload["written"]),
        tuple(map(str, payload["sha256"])),
    )


def rows_to_bytes(header: Sequence[str], rows: Rows) -> bytes:
    """Return the content of the file of CSV."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode()


def rows_from_bytes(content: bytes) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return the header and the rows in a file of CSV; raises `ValueError` for what is none."""
    try:
        lines = [tuple(line) for line in csv.reader(io.StringIO(content.decode(), newline=""))]
    except csv.Error as reason:
        raise ValueError(str(reason)) from None
    if not lines:
        raise ValueError("it is empty")
    return lines[0], tuple(lines[1:])


def without_row(content: bytes, pseudonym: str) -> bytes:
    """Return the content of a file of CSV without the row that begins with a pseudonym.

    The rows are not parsed: an erasure of a customer of 200,000 in a dozen lists would take eight seconds.
    """
    start = content.find(_LINE_END + pseudonym.encode())
    if start < 0:
        return content
    end = content.find(_LINE_END, start + 1)
    # Line ends in quotes are those of a cell.
    while end >= 0 and content.count(b'"', start, end) % 2:
        end = content.find(_LINE_END, end + 1)
    return content[:start] + content[end:]


def digest(content: bytes) -> str:
    """Return by what the content of a file is known again."""
    return hashlib.sha256(content).hexdigest()


def _aware(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time in it has no zone")
    return moment
