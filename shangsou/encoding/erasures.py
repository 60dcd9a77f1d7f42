"""Erasures of shoppers whose events models may have been trained on."""

import json
import shutil
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from shangsou.atomic_files import atomic_write

# Beside the card of a model, which stays as training wrote it.
_MARK: Final = "erased.json"
LAST: Final = "last_erasure.json"
"""In the home."""
_FIELD = "erased_since"


def read_erased_since(folder: Path) -> str:
    """Return when the first shopper was erased after a model was trained on events; empty for nobody."""
    try:
        return str(json.loads((folder / _MARK).read_bytes())[_FIELD])
    except FileNotFoundError:
        return ""
    except (OSError, ValueError, KeyError, TypeError):
        # It is there because of an erasure, whatever it holds.
        return "unknown"


def write_erased_since(folder: Path, at: datetime) -> None:
    """Mark a model, unless an earlier erasure has; raises `OSError`."""
    if not (folder / _MARK).exists():
        mark = {_FIELD: at.isoformat(timespec="seconds")}
        atomic_write(folder / _MARK, json.dumps(mark).encode() + b"\n")


def copy_erased_since(folder: Path, target: Path) -> None:
    """Copy the mark of a model, if it has one, to a copy of it that has none."""
    if (target / _MARK).exists():
        return
    with suppress(FileNotFoundError):
        shutil.copyfile(folder / _MARK, target / _MARK)


def read_last_erasure(home: Path) -> datetime | None:
    """Return when a shopper was erased last, None where nobody was; now where it cannot be read."""
    try:
        return datetime.fromisoformat(json.loads((home / LAST).read_bytes())["at"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        return datetime.now(UTC)


def write_last_erasure(home: Path, at: datetime) -> None:
    """Note when a shopper was erased, unless another one was later; raises `OSError`."""
    last = read_last_erasure(home)
    if last is None or last < at:
        home.mkdir(parents=True, exist_ok=True)
        # To the microsecond: it is compared with the last event of a model.
        atomic_write(home / LAST, json.dumps({"at": at.isoformat()}).encode() + b"\n")


def keep_later_erasure(home: Path, other: Path) -> None:
    """Take over the last erasure of another home where it is the later one; raises `OSError`."""
    at = read_last_erasure(other)
    if at is not None:
        write_last_erasure(home, at)
