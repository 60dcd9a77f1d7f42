"""The record of what the gate found of a trained model: `gate.json` beside its card."""

import json
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from shangsou.atomic_files import atomic_write

FILE: Final = "gate.json"


def read_gate(folder: Path) -> dict[str, Any]:
    """Return what was found last; empty where it was never measured, or that cannot be read."""
    try:
        found = json.loads((folder / FILE).read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write_gate(folder: Path, found: Mapping[str, object]) -> None:
    """Write what was found in place of what was found before; raises `OSError`."""
    text = json.dumps(found, ensure_ascii=False, indent=2, allow_nan=False)
    atomic_write(folder / FILE, text.encode() + b"\n")


def copy_gate(folder: Path, target: Path) -> None:
    """Copy it to a copy of the model, if there is any."""
    with suppress(FileNotFoundError):
        shutil.copyfile(folder / FILE, target / FILE)
