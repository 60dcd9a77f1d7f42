"""Read the lines of text files of judged queries and runs."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO, cast

from shangsou.errors import UnusableInput

_GZIP_MAGIC = b"\x1f\x8b"


def numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines that are not blank, without their ends, with their number in the file.

    The file is UTF-8, with or without a byte order mark, plain or gzip. Raises `UnusableInput`.
    """
    try:
        with path.open("rb") as raw:
            is_gzip = raw.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC
        with _open(path, is_gzip=is_gzip) as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield number, line.rstrip("\r\n")
    except UnicodeDecodeError as reason:
        raise UnusableInput(
            f"{path}: byte {reason.object[reason.start]:#04x} is not UTF-8; save the file as UTF-8 "
            '(of judgements, "shangsou judgements convert" reads other encodings and Excel)'
        ) from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as reason:
        raise UnusableInput(f"{path}: broken gzip ({reason}); copy the file again") from None
    except OSError as reason:
        raise UnusableInput(f"{path}: cannot be read ({reason.strerror}); check the path") from None


def _open(path: Path, *, is_gzip: bool) -> TextIO:
    if is_gzip:
        return cast("TextIO", gzip.open(path, "rt", encoding="utf-8-sig"))
    return path.open(encoding="utf-8-sig")
