"""The state of an attached index between two passes: a small file in SHANGSOU_HOME for each."""

import fcntl
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path

from shangsou.atomic_files import atomic_replace
from shangsou.errors import IndexBusy, IndexingFailed, UnusableInput

FOLDER = "attached"
"""The folder of these files. Not in backups: without one, all documents are read again."""
_FORMAT = 1
_LOCK = ".lock"


@dataclass(frozen=True, slots=True)
class Choices:
    """What a user chose that decides how documents are read; another choice needs all of them again."""

    map: Mapping[str, str]
    follow: str | None
    deleted: str | None
    currency: str


@dataclass(frozen=True, slots=True)
class AttachedState:
    """What the last pass that was applied in full leaves for the next one."""

    source: str
    index: str
    choices: Choices
    indices: Mapping[str, str]
    """The unique ids of the indices that were read, by name."""
    last: float | None
    """The greatest value of the followed field that was read; None: none is followed."""
    without: int
    """Documents that had no value in it."""
    names: tuple[str, ...]
    """Of the values of the documents, as the last full pass found them."""
    fields: tuple[str, ...]
    """Of the products, which the documents state."""
    identity: tuple[str, str]
    """The fields that number the products and their groups."""
    complete_one_another: bool
    """Whether a product was made of several documents."""
    read_at: float
    """When the last pass began, in seconds since 1970."""
    full_at: float
    """When the last full pass began."""


def state_path(home: Path, source: str, index: str) -> Path:
    """Return the file of an attached index; `source` is an address without a password."""
    digest = blake2b(f"{source}\n{index}".encode(), digest_size=6).hexdigest()
    readable = re.sub(r"[^A-Za-z0-9._-]", "_", index)[:80].lstrip(".")
    return home / FOLDER / f"{readable}-{digest}.json"


def read_state(path: Path) -> AttachedState | None:
    """Return the state in a file; None where there is none yet.

    Raises `UnusableInput` for a file that is damaged or of another version.
    """
    try:
        payload = json.loads(path.read_text("utf-8"))
        if payload.pop("format") != _FORMAT:
            raise ValueError("it was written by another version of shangsou")
        product, group = payload["identity"]
        return AttachedState(
            **{
                **payload,
                "choices": Choices(**payload["choices"]),
                "names": tuple(payload["names"]),
                "fields": tuple(payload["fields"]),
                "identity": (product, group),
            }
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
        raise UnusableInput(
            f"{path}: cannot be read ({problem}); remove it, and all documents are read again"
        ) from None


def write_state(path: Path, state: AttachedState) -> None:
    """Replace the state in a file, atomically and durably; raises `IndexingFailed`."""
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(json.dumps({"format": _FORMAT, **asdict(state)}, ensure_ascii=False), "utf-8")
        atomic_replace(temporary, path)
    except OSError as problem:
        with suppress(OSError):
            temporary.unlink()
        raise IndexingFailed(
            f"{path}: cannot be written ({problem.strerror}); what was read is applied, and is read again "
            "the next time"
        ) from problem


@contextmanager
def attaching(home: Path) -> Iterator[None]:
    """Hold the lock of all that attach an index to this home; raises `IndexBusy` where another does."""
    folder = home / FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / _LOCK).open("ab")
    except OSError as problem:
        raise UnusableInput(f"{folder}: cannot be written ({problem.strerror}); set SHANGSOU_HOME") from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise IndexBusy(
                f"another shangsou attach is at work on {home}; wait for it, or stop it"
            ) from None
        yield
