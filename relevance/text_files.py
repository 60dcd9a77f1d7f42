"""Text files that commands write."""

import gzip
from pathlib import Path

from shangsou.atomic_files import atomic_write
from shangsou.errors import UnusableInput


def write_text(path: Path, text: str) -> None:
    """Write a text file atomically without changing line ends, packed where its name ends with `.gz`.

    Raises `UnusableInput` where it cannot be written, or the text is no valid Unicode; an older file stays.
    """
    try:
        content = text.encode()
    except UnicodeEncodeError as reason:
        line = (text[: reason.start].rpartition("\n")[2] + text[reason.start :].partition("\n")[0]).strip()
        raise UnusableInput(
            f"{path}: {line[:80]!r} holds {text[reason.start]!r}, which is no character of Unicode (half of "
            "a pair of UTF-16); correct it where it comes from; nothing was written"
        ) from None
    if path.suffix.lower() == ".gz":
        # Without the time, so that the same text is the same file.
        content = gzip.compress(content, mtime=0)
    try:
        atomic_write(path, content)
    except OSError as reason:
        raise UnusableInput(f"{path}: cannot be written ({reason.strerror}); name another file") from None
