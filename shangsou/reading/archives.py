"""Unpack zip files and keep standard input, in a folder that goes with the process, within bounds."""

import errno
import lzma
import shutil
import struct
import sys
import tempfile
import weakref
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from shangsou.errors import UnusableInput
from shangsou.reading.files import MAX_PACKING_RATIO, MIN_BOMB_BYTES
from shangsou.reading.issue import excerpt

# More than any shop exports at once, and less than a disk.
MAX_UNPACKED_BYTES = 1 << 35
MAX_MEMBERS = 10_000
_CHUNK = 1 << 20
# Names that a message lists.
_MAX_LISTED = 3
# What zip programs add, and what lies beside an export: pictures, forms, licences.
_DATA_SUFFIXES = [
    ".csv",
    ".tsv",
    ".tab",
    ".txt",
    ".json",
    ".jsonl",
    ".ndjson",
    ".xml",
    ".rss",
    ".atom",
    ".xlsx",
    ".xlsm",
    ".xlsb",
    ".xls",
    ".ods",
    ".parquet",
    ".gz",
    ".html",
    ".htm",
]


class Member(NamedTuple):
    """An unpacked file and its name in messages."""

    path: Path
    name: str


class Workspace:
    """A temporary folder that is removed with this object, or when the process ends."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="shangsou-"))
        self._remove = weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)
        self._count = 0

    def keep(self, stream: BinaryIO, name: str, packed_bytes: int = 0) -> Path:
        """Write a stream to a file of the folder; raises `UnusableInput` if it unpacks to too much."""
        self._count += 1
        path = self.folder / f"{self._count}{Path(name).suffix.lower()}"
        size = 0
        with path.open("wb") as file:
            while chunk := stream.read(_CHUNK):
                size += len(chunk)
                if size > MAX_UNPACKED_BYTES or (
                    packed_bytes and size > MIN_BOMB_BYTES and size > MAX_PACKING_RATIO * packed_bytes
                ):
                    raise UnusableInput(
                        f"{name}: {packed_bytes:,} bytes unpack to more than {size:,}; that is no catalog"
                    )
                file.write(chunk)
        return path


def keep_standard_input(workspace: Workspace) -> Path:
    """Return a file that holds what comes through standard input."""
    return workspace.keep(sys.stdin.buffer, "standard input")


DAMAGED_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    struct.error,
    IndexError,
    ValueError,
)
"""What Python's reader raises of a damaged zip, beside `OSError` for an offset that is none.

`IndexError` for a file without a name, `ValueError` for a name that is no text."""


def unpack_zip(path: Path, name: str, workspace: Workspace) -> list[Member]:
    """Return the files in a zip that may hold products; raises `UnusableInput` where there is none."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [info.filename for info in archive.infolist() if not info.is_dir()]
            members = list(_unpacked(archive, name, workspace))
    except (*DAMAGED_ZIP, OSError) as problem:
        if isinstance(problem, OSError) and problem.errno != errno.EINVAL:
            raise
        raise UnusableInput(
            f"{name}: the zip file is damaged or cut off ({problem}); make or fetch it again"
        ) from None
    except RuntimeError as problem:
        raise UnusableInput(
            f"{name}: cannot be unpacked ({problem}); unpack it and name the files in it"
        ) from None
    if not members:
        raise UnusableInput(
            f"{name}: the zip file holds no file that could be a catalog, but {_list_names(names)}; "
            "unpack it and name the file; nothing was indexed"
        )
    return members


def _list_names(names: list[str]) -> str:
    more = f" and {len(names) - _MAX_LISTED} more" if len(names) > _MAX_LISTED else ""
    return f"{', '.join(excerpt(name) for name in names[:_MAX_LISTED]) or 'nothing'}{more}"


def _unpacked(archive: zipfile.ZipFile, name: str, workspace: Workspace) -> Iterator[Member]:
    infos = [info for info in archive.infolist() if _may_hold_products(info)]
    # A readme lies beside the tables of some exports.
    others = [info for info in infos if not info.filename.lower().endswith((".txt", ".html", ".htm"))]
    for info in (others or infos)[:MAX_MEMBERS]:
        with archive.open(info) as stream:
            member = f"{name}/{_member_name(info)}"
            # The sizes that a zip states are not to be trusted: what comes out is counted.
            yield Member(workspace.keep(stream, member, info.compress_size), member)  # type: ignore[arg-type]


def _may_hold_products(info: zipfile.ZipInfo) -> bool:
    parts = info.filename.split("/")
    is_hidden = any(part.startswith((".", "__MACOSX", "~$")) for part in parts)
    return not info.is_dir() and not is_hidden and Path(parts[-1]).suffix.lower() in _DATA_SUFFIXES


def _member_name(info: zipfile.ZipInfo) -> str:
    """Return the name of a member; Chinese Windows writes it in GBK without saying so."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return info.filename
