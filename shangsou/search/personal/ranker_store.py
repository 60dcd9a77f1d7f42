"""Rankers in SHANGSOU_HOME: every trained version, and which one is live."""

import json
import os
import re
from contextlib import suppress
from pathlib import Path

from shangsou.atomic_files import atomic_replace
from shangsou.errors import RecipeMismatch, UnusableInput
from shangsou.search.personal.ranker import Ranker, RankerFile, default_ranker, parse_ranker, ranker_to_json

_FOLDER = "ranker"
_CURRENT = "CURRENT"
# Which one serves with each encoder, so that one that is gone back to has its ranker.
_CURRENT_OF_ENCODER = f"{_CURRENT}-"
_VERSION = re.compile(r"ranker-(\d+)\.json")


def current_ranker(home: Path) -> str:
    """Return the file name of the trained ranker that serves, empty where there is none; cheap to ask."""
    return _read_name(home / _FOLDER / _CURRENT)


def ranker_files(home: Path) -> list[Path]:
    """Return the files of all trained rankers, those that name what serves last."""
    folder = home / _FOLDER
    if not folder.is_dir():
        return []
    paths = sorted(folder.iterdir())
    versions = [path for path in paths if _VERSION.fullmatch(path.name)]
    of_encoders = [path for path in paths if path.name.startswith(_CURRENT_OF_ENCODER)]
    return [*versions, *of_encoders, folder / _CURRENT]


def open_ranker(home: Path, model_hash: str) -> Ranker:
    """Return the ranker that serves with an encoder: the one trained last that was found better.

    The default where none was trained. One that was trained with another encoder does not serve; the last one
    of this encoder does, if there is one.

    Raises
    ------
    UnusableInput
        The file is no ranker.
    RecipeMismatch
        It is gone, or was trained on other features; or all were trained with other encoders.
    """
    name = current_ranker(home)
    if not name:
        return default_ranker()
    file = _read(home / _FOLDER / name)
    if file.model_hash in ("", model_hash):
        return Ranker(file, Path(name).stem)
    of_encoder = _read_name(home / _FOLDER / f"{_CURRENT_OF_ENCODER}{model_hash}")
    if not of_encoder:
        raise RecipeMismatch(
            f"{home / _FOLDER / name} was trained with the encoder {file.model_hash}, the index has "
            f'{model_hash}; run "shangsou train ranker" again'
        )
    return Ranker(_read(home / _FOLDER / of_encoder), Path(of_encoder).stem)


def save_ranker(home: Path, file: RankerFile, *, live: bool) -> Path:
    """Write a ranker as the next version, and make it the one that serves if it is to be live."""
    folder = home / _FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    numbers = [int(match[1]) for path in folder.iterdir() if (match := _VERSION.fullmatch(path.name))]
    path = folder / f"ranker-{max(numbers, default=0) + 1}.json"
    _write(path, json.dumps(ranker_to_json(file), ensure_ascii=False))
    if live:
        _keep_for_its_encoder(home)
        _write(folder / _CURRENT, path.name + "\n")
        _keep_for_its_encoder(home)
    return path


def _keep_for_its_encoder(home: Path) -> None:
    """Note that the ranker that serves is the one of its encoder."""
    name = current_ranker(home)
    if not name:
        return
    with suppress(RecipeMismatch, UnusableInput):  # one that cannot be read serves with no encoder
        model_hash = _read(home / _FOLDER / name).model_hash
        if model_hash:
            _write(home / _FOLDER / f"{_CURRENT_OF_ENCODER}{model_hash}", name + "\n")


def _read(path: Path) -> RankerFile:
    try:
        text = path.read_bytes()
    except OSError as problem:
        raise RecipeMismatch(
            f'{path} cannot be read ({problem.strerror}); run "shangsou train ranker" again'
        ) from None
    return parse_ranker(text, str(path))


def _read_name(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except FileNotFoundError:
        return ""


def _write(path: Path, text: str) -> None:
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    temporary.write_text(text, "utf-8")
    atomic_replace(temporary, path)
