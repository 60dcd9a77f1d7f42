"""Files that commands write: checked before the work is done, and written whole or not at all."""

import gzip
from collections.abc import Sequence
from pathlib import Path

import click

from shangsou.atomic_files import atomic_write
from shangsou.errors import UnusableInput


def check_folders(paths: dict[str, Path | None], inputs: Sequence[Path] = ()) -> None:
    """Check files that a command writes, by option, before it does any work.

    `inputs` are the files that it reads.

    Raises `UnusableInput` for one whose folder does not exist, and `click.UsageError` for one that two
    options name, or that is an input.
    """
    options: dict[Path, str] = {}
    read = {path.resolve() for path in inputs}
    for option, path in paths.items():
        if path is None:
            continue
        if not path.absolute().parent.is_dir():
            raise UnusableInput(f"{option} {path}: its folder does not exist; make it first")
        if path.resolve() in read:
            raise click.UsageError(f"{option} would overwrite {path}, which is read; name another file")
        before = options.setdefault(path.resolve(), option)
        if before != option:
            raise click.UsageError(
                f"{option} would overwrite {path}, to which {before} writes; name another file"
            )


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
    write_bytes(path, content)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file atomically; raises `UnusableInput` where it cannot be written, and an older one stays."""
    try:
        atomic_write(path, content)
    except OSError as reason:
        raise UnusableInput(f"{path}: cannot be written ({reason.strerror}); name another file") from None
