"""Rankers in SHANGSOU_HOME: every trained version, and which one is live."""

import json
import os
import re
from pathlib import Path

from shangsou.atomic_files import atomic_replace
from shangsou.errors import RecipeMismatch
from shangsou.search.personal.ranker import Ranker, RankerFile, default_ranker, parse_ranker, ranker_to_json

_FOLDER = "ranker"
_CURRENT = "CURRENT"
_VERSION = re.compile(r"ranker-(\d+)\.json")


def current_ranker(home: Path) -> str:
    """Return the file name of the trained ranker that serves, empty where there is none; cheap to ask."""
    try:
        return (home / _FOLDER / _CURRENT).read_text("utf-8").strip()
    except FileNotFoundError:
        return ""


def ranker_files(home: Path) -> list[Path]:
    """Return the files of all trained rankers, the one that names what serves last."""
    folder = home / _FOLDER
    if not folder.is_dir():
        return []
    versions = sorted(path for path in folder.iterdir() if _VERSION.fullmatch(path.name))
    return [*versions, folder / _CURRENT]


def open_ranker(home: Path, model_hash: str) -> Ranker:
    """Return the ranker that serves: the one trained last that was found better, else the default.

    Raises
    ------
    UnusableInput
        The file is no ranker.
    RecipeMismatch
        It is gone, or was trained with another encoder or on other features.
    """
    name = current_ranker(home)
    if not name:
        return default_ranker()
    path = home / _FOLDER / name
    try:
        text = path.read_bytes()
    except OSError as problem:
        raise RecipeMismatch(
            f'{path} cannot be read ({problem.strerror}); run "shangsou train ranker" again'
        ) from None
    file = parse_ranker(text, str(path))
    if file.model_hash not in ("", model_hash):
        raise RecipeMismatch(
            f"{path} was trained with the encoder {file.model_hash}, the index has {model_hash}; "
            'run "shangsou train ranker" again'
        )
    return Ranker(file, path.stem)


def save_ranker(home: Path, file: RankerFile, *, live: bool) -> Path:
    """Write a ranker as the next version, and make it the one that serves if it is to be live."""
    folder = home / _FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    numbers = [int(match[1]) for path in folder.iterdir() if (match := _VERSION.fullmatch(path.name))]
    path = folder / f"ranker-{max(numbers, default=0) + 1}.json"
    _write(path, json.dumps(ranker_to_json(file), ensure_ascii=False))
    if live:
        _write(folder / _CURRENT, path.name + "\n")
    return path


def _write(path: Path, text: str) -> None:
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    temporary.write_text(text, "utf-8")
    atomic_replace(temporary, path)
