"""The model in SHANGSOU_HOME: one file, replaced as a whole."""

import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from shangsou.atomic_files import atomic_replace
from shangsou.errors import UnusableInput
from shangsou.recommend.affinity import Affinities
from shangsou.recommend.model import RecommendModel

MODEL_FILE = "recommend.npz"
# Increased whenever the arrays of the file, or their meaning, change.
_FORMAT = 1


def write_model(home: Path, model: RecommendModel) -> Path:
    """Replace the model file atomically, and return its path."""
    payload = {
        "format": _FORMAT,
        "product_ids": model.product_ids,
        "trending": model.trending,
        "beside": model.related_categories,
        "in_category": model.products_by_category,
        "events": model.events,
        "last_at": model.last_at.isoformat() if model.last_at else None,
    }
    arrays: dict[str, Any] = {"text": np.frombuffer(json.dumps(payload).encode(), np.uint8)}
    for name, affinities in (("viewed", model.viewed), ("bought", model.bought)):
        arrays |= {f"{name}.{field}": values for field, values in affinities._asdict().items()}
    home.mkdir(parents=True, exist_ok=True)
    # On the same disk, so that it replaces the old file atomically; removed if that fails.
    with TemporaryDirectory(dir=home, prefix=".recommend-") as folder:
        written = Path(folder) / MODEL_FILE
        np.savez(written, **arrays)
        atomic_replace(written, home / MODEL_FILE)
    return home / MODEL_FILE


def model_stamp(home: Path) -> tuple[int, int] | None:
    """Return a value that changes with the file, None if there is no file. Cheap."""
    try:
        status = (home / MODEL_FILE).stat()
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_mtime_ns


def read_model(home: Path) -> RecommendModel:
    """Read the model from the file; raises `UnusableInput` that says what to do."""
    path = home / MODEL_FILE
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            payload: Mapping[str, Any] = json.loads(arrays["text"].tobytes())
            if payload["format"] != _FORMAT:
                raise UnusableInput(
                    f'{path} was built by another version of shangsou; run "shangsou recommend build"'
                )
            viewed, bought = (
                Affinities(*(arrays[f"{name}.{field}"] for field in Affinities._fields))
                for name in ("viewed", "bought")
            )
        return RecommendModel(
            product_ids=tuple(payload["product_ids"]),
            viewed=viewed,
            bought=bought,
            trending=tuple(payload["trending"]),
            related_categories=_tuples(payload["beside"]),
            products_by_category=_tuples(payload["in_category"]),
            events=payload["events"],
            last_at=datetime.fromisoformat(payload["last_at"]) if payload["last_at"] else None,
        )
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as problem:
        raise UnusableInput(f'{path} cannot be read ({problem}); run "shangsou recommend build"') from None


def _tuples(payload: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(values) for name, values in payload.items()}
