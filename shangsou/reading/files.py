"""Read a file as text: gzip, encoding, and lines of bounded length."""

import codecs
import gzip
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BufferedReader, TextIOWrapper
from pathlib import Path
from typing import NamedTuple, TextIO

from shangsou.errors import UnusableInput

# Characters of one row. The longest real cells are product pages in HTML, some 100,000 characters;
# a larger row is not a product, and must not fill the memory.
MAX_ROW_CHARACTERS = 1 << 20
TOO_LONG = f"the row has more than {MAX_ROW_CHARACTERS:,} characters"
# A file in which more than one character in 500 is neither UTF-8 nor GB18030 is not text; a text with a few
# damaged characters is a catalog whose rows are repaired.
_MAX_BROKEN = 1 / 500
_CHUNK = 1 << 20
_GZIP = b"\x1f\x8b"
# File types that people submit by mistake, and the advice for each.
_BINARY_FORMATS = {
    b"PK\x03\x04": "is an Excel workbook or a zip file; save it as CSV (UTF-8)",
    b"\xd0\xcf\x11\xe0": "is an old Excel workbook; save it as CSV (UTF-8)",
    b"\xff\xfe": "is UTF-16; save it as UTF-8",
    b"\xfe\xff": "is UTF-16; save it as UTF-8",
    b"\x28\xb5\x2f\xfd": "is compressed with zstd; unpack it, or use gzip",
    b"BZh": "is compressed with bzip2; unpack it, or use gzip",
    b"7z\xbc\xaf": "is a 7z archive; unpack it, or use gzip",
}

Binary = BufferedReader | gzip.GzipFile


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that can be read as text, or a Parquet file (`encoding` is then empty)."""

    path: Path
    name: str
    """The name of the file in messages."""
    compressed: bool
    encoding: str
    lines: int
    """The number of line ends, which is at least the number of rows minus one."""
    carriage_returns: bool = False
    """Whether lines end with a carriage return only, as written by Excel for Mac."""
    damaged: bool = False
    """Whether some bytes cannot be decoded; they are read as U+FFFD."""

    @contextmanager
    def text(self) -> Iterator[TextIO]:
        """Open the file as text. A line ends with a line feed, unless the file has none."""
        errors = "replace" if self.damaged else "strict"
        newline = None if self.carriage_returns else "\n"
        with translate_read_errors(self), _open(self.path, self.compressed) as stream:
            yield TextIOWrapper(stream, encoding=self.encoding, errors=errors, newline=newline)

    @contextmanager
    def binary(self) -> Iterator[Binary]:
        """Open the file as bytes, unpacked."""
        with translate_read_errors(self), _open(self.path, self.compressed) as stream:
            yield stream


class LongLine(NamedTuple):
    """A line over the limit, without its text."""

    quotes: int
    start: str
    """Its first character that is no blank."""


class Lines:
    """The lines of a text with their numbers from 1, without line ends; lines can be put back."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._number = 0
        self._returned: list[tuple[int, str | LongLine]] = []

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> tuple[int, str | LongLine]:
        if self._returned:
            return self._returned.pop()
        line = self._stream.readline(MAX_ROW_CHARACTERS)
        if not line:
            raise StopIteration
        self._number += 1
        if self._number == 1:
            line = line.removeprefix("\ufeff")
        if line.endswith("\n"):
            return self._number, line[:-2] if line.endswith("\r\n") else line[:-1]
        if len(line) < MAX_ROW_CHARACTERS:
            return self._number, line
        quotes, start = line.count('"'), line.lstrip()[:1]
        while line and not line.endswith("\n"):
            line = self._stream.readline(MAX_ROW_CHARACTERS)
            quotes += line.count('"')
        return self._number, LongLine(quotes, start)

    def put_back(self, lines: Sequence[tuple[int, str | LongLine]]) -> None:
        """Put lines back, to be read next in this order."""
        self._returned.extend(reversed(lines))


def inspect(path: Path, name: str) -> SourceFile:
    """Return how to read a file, after reading all of it once, so that nothing fails half-way.

    Raises
    ------
    UnusableInput
        The file is missing, empty, no text, or its gzip stream is damaged.
    """
    if not path.is_file():
        raise UnusableInput(f"{name}: there is no such file" if not path.exists() else f"{name}: is no file")
    try:
        with path.open("rb") as raw:
            compressed = raw.read(2) == _GZIP
        return _inspect(path, name, compressed)
    except PermissionError:
        raise UnusableInput(f"{name}: may not be read; check its permissions") from None
    except OSError as problem:
        raise UnusableInput(f"{path}: cannot be read: {problem}; nothing was changed") from None


def _inspect(path: Path, name: str, compressed: bool) -> SourceFile:
    unknown = SourceFile(path, name, compressed, encoding="", lines=0)
    with unknown.binary() as stream:
        start = stream.read(8)
    if start.startswith(b"PAR1"):
        return unknown
    for magic, advice in _BINARY_FORMATS.items():
        if start.startswith(magic):
            raise UnusableInput(f"{name}: {advice}; nothing was changed")
    scans: dict[str, _Scan] = {}
    for encoding in ("utf-8-sig", "gb18030"):
        scans[encoding] = scan = _scan(unknown, encoding)
        if scan.blank:
            raise UnusableInput(f"{name}: is empty; nothing was changed")
        if not scan.broken:
            break
    encoding = min(scans, key=lambda name: scans[name].broken)
    scan = scans[encoding]
    if scan.broken > _MAX_BROKEN:
        raise UnusableInput(f"{name}: is no text in UTF-8 or GB18030; save it as UTF-8")
    return replace(
        unknown,
        encoding=encoding,
        lines=scan.line_feeds or scan.carriage_returns,
        carriage_returns=not scan.line_feeds and scan.carriage_returns > 0,
        damaged=scan.broken > 0,
    )


class _Scan(NamedTuple):
    line_feeds: int
    carriage_returns: int
    broken: float
    """The share of characters that cannot be decoded."""
    blank: bool


def _scan(file: SourceFile, encoding: str) -> _Scan:
    """Scan a file in an encoding; stop early if it is clearly in another one."""
    new_decoder = codecs.getincrementaldecoder(encoding)
    decoder = new_decoder(errors="strict")
    lines = returns = characters = broken = 0
    blank = True
    chunk = b"more"
    with file.binary() as stream:
        while chunk:
            try:
                # Not `read`: for a truncated stream it would return nothing of the last chunk.
                chunk = stream.read1(_CHUNK)
            except (EOFError, zlib.error, gzip.BadGzipFile) as problem:
                raise UnusableInput(
                    f"{file.name}: the gzip stream is damaged or cut off after {lines:,} lines ({problem}); "
                    "nothing was changed; make or fetch the file again"
                ) from None
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError:
                decoder = new_decoder(errors="replace")
                text = decoder.decode(chunk, final=not chunk)
                broken += not chunk
            if decoder.errors != "strict":
                broken += text.count("\ufffd")
            lines += chunk.count(b"\n")
            returns += chunk.count(b"\r")
            characters += len(text)
            blank = blank and not text.strip("\ufeff\0").strip()
            if characters >= _CHUNK // 4 and broken > _MAX_BROKEN * characters:
                break
    return _Scan(lines, returns, broken / max(characters, 1), blank)


@contextmanager
def translate_read_errors(file: SourceFile) -> Iterator[None]:
    """Turn the various errors of a damaged gzip stream, or of a disk, into `UnusableInput`."""
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile) as problem:
        raise UnusableInput(
            f"{file.name}: the gzip stream is damaged or cut off ({problem}); make or fetch the file again"
        ) from None
    except OSError as problem:
        raise UnusableInput(f"{file.path}: cannot be read: {problem}; nothing was changed") from None


def _open(path: Path, compressed: bool) -> Binary:
    return gzip.GzipFile(path, "rb") if compressed else path.open("rb")
