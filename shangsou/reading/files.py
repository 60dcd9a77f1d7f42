"""Read a file as text: gzip, encoding, and lines of bounded length."""

import codecs
import gzip
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BufferedReader, StringIO, TextIOWrapper
from pathlib import Path
from typing import NamedTuple, TextIO

from shangsou.errors import UnusableInput
from shangsou.reading.encodings import guess_encoding, is_mojibake, wide_encoding

# Characters of one row. The longest real cells are product pages in HTML, some 100,000 characters;
# a larger row is not a product, and must not fill the memory.
MAX_ROW_CHARACTERS = 1 << 20
TOO_LONG = f"the row has more than {MAX_ROW_CHARACTERS:,} characters"
# A file in which more than one character in 500 cannot be decoded is in another encoding; a text with a few
# damaged characters is a catalog whose rows are repaired.
_MAX_BROKEN = 1 / 500
_CHUNK = 1 << 20
# Characters read at a time: lines are cut from the text much faster than they are read one by one.
_BLOCK = 1 << 17
# Lines with bytes beyond ASCII that are kept to tell the encoding from.
# The same of the characters beyond ASCII: GBK read as UTF-8 has one in two or three that happens to be one.
_MOSTLY_BROKEN = 1 / 3
_SAMPLE_BYTES = 1 << 16
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
_GZIP = b"\x1f\x8b"
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
"""The first bytes of a workbook: of a zip, and of an old one."""
# A catalog packs to a fifth or a tenth, one with the same long description in every row to a hundredth.
# Deflate reaches 1,032 on nothing but blanks, and 228 where it is told to be quick.
MAX_PACKING_RATIO = 200
MIN_BOMB_BYTES = 1 << 28
# File types that people submit by mistake, and the advice for each.
_BINARY_FORMATS = {
    ZIP: "is an Excel workbook or a zip file; save it as CSV (UTF-8)",
    OLE: "is an old Excel workbook; save it as CSV (UTF-8)",
    b"SQLite f": "is an SQLite database; export the table as CSV (UTF-8)",
    b"%PDF": "is a PDF; export the products as CSV (UTF-8)",
    b"Rar!": "is a RAR archive; unpack it, or use zip",
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
    """The lines of a text with their numbers from 1, without line ends; lines can be put back.

    A long run of blank lines is left out, but counted.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._number = 0
        self._returned: list[tuple[int, str | LongLine]] = []
        self._block: Iterator[str | LongLine] = iter(())
        self._tail = ""

    @classmethod
    def of(cls, lines: Iterable[str]) -> "Lines":
        """Return lines that are in memory already."""
        return cls(StringIO("\n".join(lines)))

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> tuple[int, str | LongLine]:
        if self._returned:
            return self._returned.pop()
        for line in self._block:
            self._number += 1
            if len(line) >= MAX_ROW_CHARACTERS and isinstance(line, str):
                return self._number, LongLine(line.count('"'), line.lstrip()[:1])
            return self._number, line
        self._read_block()
        return next(self)

    def put_back(self, lines: Sequence[tuple[int, str | LongLine]]) -> None:
        """Put lines back, to be read next in this order."""
        self._returned.extend(reversed(lines))

    def _read_block(self) -> None:
        """Read the next lines; raises `StopIteration` behind the last."""
        while True:
            block = self._stream.read(_BLOCK)
            if not block:
                if not self._tail:
                    raise StopIteration
                last, self._tail = self._tail, ""
                self._block = iter((last.removesuffix("\r"),))
                return
            text = self._tail + block
            if self._number == 0:
                text = text.removeprefix("\ufeff")
            if "\r\n" in text:
                text = text.replace("\r\n", "\n")
            lines = text.split("\n")
            self._tail = lines.pop()
            if len(self._tail) >= MAX_ROW_CHARACTERS:
                self._block = iter((*lines, self._rest_of_long_line()))
                return
            if lines and (lines[0] or lines[-1] or any(lines)):
                self._block = iter(lines)
                return
            self._number += len(lines)

    def _rest_of_long_line(self) -> LongLine:
        quotes, start = self._tail.count('"'), self._tail.lstrip()[:1]
        self._tail = ""
        while block := self._stream.read(_BLOCK):
            line, end, self._tail = block.partition("\n")
            quotes += line.count('"')
            if end:
                break
        return LongLine(quotes, start)


def inspect(path: Path, name: str, encoding: str | None = None) -> SourceFile:
    """Return how to read a file, after reading all of it once, so that nothing fails half-way.

    Parameters
    ----------
    path
        A file, which may be packed with gzip.
    name
        For messages.
    encoding
        The encoding, where it is known. None: found by what the text then is (`shangsou.reading.encodings`).

    Raises
    ------
    UnusableInput
        The file is missing, empty, no text, its encoding is in doubt, or its gzip stream is damaged.
    """
    if not path.is_file():
        raise UnusableInput(f"{name}: there is no such file" if not path.exists() else f"{name}: is no file")
    try:
        with path.open("rb") as raw:
            compressed = raw.read(2) == _GZIP
        return _inspect(path, name, compressed, encoding)
    except PermissionError:
        raise UnusableInput(f"{name}: may not be read; check its permissions") from None
    except OSError as problem:
        raise UnusableInput(f"{path}: cannot be read: {problem}; nothing was changed") from None


def _inspect(path: Path, name: str, compressed: bool, encoding: str | None) -> SourceFile:
    unknown = SourceFile(path, name, compressed, encoding="", lines=0)
    with unknown.binary() as stream:
        start = stream.read(_SAMPLE_BYTES)
    if start.startswith(b"PAR1"):
        return unknown
    for magic, advice in _BINARY_FORMATS.items():
        if start.startswith(magic):
            raise UnusableInput(f"{name}: {advice}; nothing was changed")
    # U+FEFF is left to the reader of lines, whatever the encoding.
    encoding = encoding or wide_encoding(start)
    scan = _scan(unknown, encoding or "utf-8-sig")
    if not scan.blank and not encoding and (scan.broken > _MAX_BROKEN or _is_mostly_broken(scan)):
        guess = guess_encoding(scan.sample)
        if guess.doubt:
            raise UnusableInput(
                f"{name}: is no text in UTF-8, and its encoding cannot be told: {guess.doubt}; "
                "save it as UTF-8, or name the encoding, as in --encoding big5"
            )
        encoding = guess.encoding
        scan = _scan(unknown, encoding)
    if scan.blank:
        raise UnusableInput(f"{name}: is empty; nothing was changed")
    if scan.broken > _MAX_BROKEN:
        raise UnusableInput(
            f"{name}: is no text in {encoding}: {scan.broken:.1%} of its characters cannot be read; "
            "save it as UTF-8, or name the encoding, as in --encoding gb18030"
        )
    if not encoding and is_mojibake(scan.sample.decode("utf-8", "replace")):
        raise UnusableInput(
            f"{name}: its text is garbled (乱码): UTF-8 was once read in another encoding and saved so; "
            "export it again as UTF-8"
        )
    mac = scan.carriage_returns > scan.line_feeds and not scan.pairs
    return replace(
        unknown,
        encoding=encoding or "utf-8-sig",
        lines=scan.carriage_returns if mac else scan.line_feeds,
        carriage_returns=mac,
        damaged=scan.broken > 0,
    )


def _is_mostly_broken(scan: "_Scan") -> bool:
    """Return whether of the characters beyond ASCII most cannot be read, however few there are of them.

    In a file of prices the header alone may be Chinese.
    """
    if not scan.broken:
        return False
    text = scan.sample.decode("utf-8", "replace")
    beyond = len(text) - len(text.encode("ascii", "ignore"))
    return text.count("\ufffd") > _MOSTLY_BROKEN * beyond


class _Scan(NamedTuple):
    line_feeds: int
    carriage_returns: int
    pairs: bool
    """Whether a line ends with both."""
    broken: float
    """The share of characters that cannot be decoded."""
    blank: bool
    sample: bytes
    """Lines with bytes beyond ASCII."""


def _scan(file: SourceFile, encoding: str) -> _Scan:
    """Scan a file in an encoding; stop early if it is clearly in another one."""
    new_decoder = codecs.getincrementaldecoder(encoding)
    decoder = new_decoder(errors="strict")
    lines = returns = characters = broken = unpacked = 0
    pairs = False
    blank = True
    sample = bytearray()
    packed = file.path.stat().st_size if file.compressed else 0
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
            unpacked += len(chunk)
            if packed and unpacked > MIN_BOMB_BYTES and unpacked > MAX_PACKING_RATIO * packed:
                raise UnusableInput(
                    f"{file.name}: {packed:,} bytes unpack to more than {unpacked:,}; that is no catalog"
                )
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError:
                decoder = new_decoder(errors="replace")
                text = decoder.decode(chunk, final=not chunk)
                broken += not chunk
            if decoder.errors != "strict":
                broken += text.count("\ufffd")
            if len(sample) < _SAMPLE_BYTES and not chunk.isascii():
                _add_lines(sample, chunk)
            lines += text.count("\n")
            if "\r" in text:
                returns += text.count("\r")
                pairs = pairs or "\r\n" in text
            characters += len(text)
            blank = blank and not text.strip("\ufeff\0").strip()
            if characters >= _CHUNK // 4 and broken > _MAX_BROKEN * characters:
                break
    return _Scan(lines, returns, pairs, broken / max(characters, 1), blank, bytes(sample))


def _add_lines(sample: bytearray, chunk: bytes) -> None:
    """Add the lines with bytes beyond ASCII to a sample, until it is full."""
    end = 0
    while len(sample) < _SAMPLE_BYTES and (first := _BEYOND_ASCII.search(chunk, end)):
        begin = chunk.rfind(b"\n", end, first.start()) + 1 or end
        end = chunk.find(b"\n", first.start()) + 1 or len(chunk)
        # Of a long line the part from there on.
        begin = max(begin, first.start() - _SAMPLE_BYTES // 8)
        sample += chunk[begin : min(end, first.start() + _SAMPLE_BYTES // 2)]


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
