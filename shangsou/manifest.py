"""Sizes and hashes of the files of a folder, in a file beside them.

A line for each file: the SHA-256 of its content, its size in bytes, the SHA-256 of its first bytes, and its
name. The last line is the SHA-256 of the lines before it.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

MANIFEST = "MANIFEST"
# Headers of .npy files and of faiss are far shorter: an array of another type or shape has another head.
_HEAD_BYTES = 4_096


class Damage(NamedTuple):
    """What of a folder does not hold what was written into it."""

    text: str
    """In words, which name the file."""
    is_certain: bool
    """Whether content was compared or is missing; otherwise a file could not be read, which may pass."""


class FileEntry(NamedTuple):
    """What one file held when it was written."""

    name: str
    size: int
    head: str
    """SHA-256 of the first bytes."""
    content: str
    """SHA-256 of all."""


def write_manifest(folder: Path) -> None:
    """Write down what the files of a folder hold; it has no folders in it."""
    entries = [_describe(path) for path in sorted(folder.iterdir()) if path.name != MANIFEST]
    lines = "".join(f"{one.content} {one.size} {one.head} {one.name}\n" for one in entries)
    (folder / MANIFEST).write_text(f"{lines}{_digest(lines.encode())}\n", "utf-8")


def find_damage(folder: Path, *, fully: bool = False) -> str:
    """Return in words the first file that does not hold what was written into it, empty where each does.

    Sizes and heads alone are compared, which takes a millisecond whatever they hold; `fully` all of it.
    """
    damage = compare_folder(folder, fully=fully)
    return damage.text if damage else ""


def compare_folder(folder: Path, *, fully: bool = False, name: str = "") -> Damage | None:
    """Return the first damage as `find_damage` does, None without; of one file alone if `name` is given."""
    try:
        entries = _read_entries(folder / MANIFEST)
    except (OSError, ValueError) as problem:
        is_certain = isinstance(problem, (FileNotFoundError, ValueError))
        return Damage(f"{MANIFEST} cannot be read", is_certain)
    compared = (entry for entry in entries if not name or entry.name == name)
    return next((damage for entry in compared if (damage := _compare_file(folder, entry, fully=fully))), None)


def _compare_file(folder: Path, entry: FileEntry, *, fully: bool) -> Damage | None:
    path = folder / entry.name
    try:
        size = path.stat().st_size
        if size != entry.size:
            return Damage(f"{entry.name} has {size:,} bytes instead of {entry.size:,}", True)
        with path.open("rb") as file:
            head = _digest(file.read(_HEAD_BYTES))
            file.seek(0)
            content = hashlib.file_digest(file, "sha256").hexdigest() if fully else entry.content
    except FileNotFoundError:
        return Damage(f"{entry.name} is missing", True)
    except OSError as problem:
        return Damage(f"{entry.name} cannot be read: {problem.strerror}", False)
    is_whole = (head, content) == (entry.head, entry.content)
    return None if is_whole else Damage(f"{entry.name} holds other bytes", True)


def _describe(path: Path) -> FileEntry:
    with path.open("rb") as file:
        head = _digest(file.read(_HEAD_BYTES))
        file.seek(0)
        content = hashlib.file_digest(file, "sha256").hexdigest()
        return FileEntry(path.name, file.tell(), head, content)


def _read_entries(path: Path) -> list[FileEntry]:
    """Return the entries of a manifest; raises `ValueError` where it is not as it was written."""
    text = path.read_text("utf-8")
    lines = text.splitlines(keepends=True)
    if not lines or lines[-1] != f"{_digest(''.join(lines[:-1]).encode())}\n":
        raise ValueError(path)
    return list(_entries(lines[:-1]))


def _entries(lines: list[str]) -> Iterator[FileEntry]:
    for line in lines:
        content, size, head, name = line.rstrip("\n").split(" ", 3)
        yield FileEntry(name, int(size), head, content)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
