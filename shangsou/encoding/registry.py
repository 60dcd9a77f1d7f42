"""The trained models of a home: a folder each below `models/`, beside the default model's."""

import hashlib
import logging
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from shangsou.encoding.erasures import (
    copy_erased_since,
    read_erased_since,
    read_last_erasure,
    write_erased_since,
    write_last_erasure,
)
from shangsou.encoding.gate_record import copy_gate
from shangsou.encoding.model_card import FILE as CARD
from shangsou.encoding.model_card import NO_EVENTS, EventsBehind, ModelCard, parse_moment, read_card
from shangsou.encoding.model_config import FILE as CONFIG
from shangsou.encoding.model_config import ModelConfig, read_config
from shangsou.encoding.model_folder import ModelFolder
from shangsou.encoding.static import VECTORS, WEIGHTS
from shangsou.encoding.weights import DEFAULT_FOLDER, FLOAT32, TOKENIZER, ModelWeights
from shangsou.errors import UnusableInput, WeightsUnavailable
from shangsou.settings import DEFAULT_MODEL

log = logging.getLogger(__name__)
_FOLDER = "models"
# One folder below `models/` on every file system; no name of a hub's, which has a slash, nor a path.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_FILES: Mapping[str, tuple[str, ...]] = {
    "onnx": (FLOAT32, TOKENIZER, CONFIG, CARD),
    "static": (VECTORS, WEIGHTS, TOKENIZER, CONFIG, CARD),
}


@dataclass(frozen=True, slots=True)
class RegisteredModel:
    """A trained model that is complete on this disk."""

    name: str
    """As settings and recipes name it; the path where its folder is not in the home."""
    folder: Path
    model_hash: str
    config: ModelConfig

    @property
    def weights(self) -> ModelWeights:
        """Its ONNX files."""
        return ModelWeights(self.folder, self.model_hash)

    @property
    def card(self) -> ModelCard:
        """What it was made of; raises `UnusableInput` where that cannot be read."""
        return read_card(self.folder / CARD)

    @property
    def erased_since(self) -> str:
        """When the first shopper was erased after it was trained on events; empty for nobody."""
        return read_erased_since(self.folder)


@dataclass(frozen=True, slots=True)
class UnusableModel:
    """A folder below `models/` that holds no model that can be used."""

    name: str
    problem: str


def check_name(name: str) -> None:
    """Raise `UnusableInput` for what cannot be the name of a trained model."""
    if not _NAME.fullmatch(name) or name.lower() == DEFAULT_FOLDER:
        raise UnusableInput(
            f"{name!r} cannot name a model: use up to 64 letters, digits, dots, underscores and hyphens, "
            f"beginning with a letter or digit, and not {DEFAULT_FOLDER}, which is the default model's"
        )


def find_model(home: Path, name: str) -> RegisteredModel | None:
    """Return the trained model of a name or a folder; None for the default model, hub names and others.

    Cheap: sizes of files are compared, not what they hold. Raises `WeightsUnavailable` for one that is
    incomplete or whose configuration cannot be read, and for the default model without its publisher.
    """
    if name == DEFAULT_MODEL:
        return None
    if name == DEFAULT_FOLDER:
        raise WeightsUnavailable(f"{name} is the folder of the default model: name it {DEFAULT_MODEL}")
    if _NAME.fullmatch(name) and (home / _FOLDER / name).is_dir():
        return _open(name, home / _FOLDER / name)
    # The recipe of an index names it, for processes that run in any folder.
    folder = Path(name).absolute()
    try:
        is_model = (folder / CONFIG).is_file() and bool(ModelFolder(folder).model_hash)
    except OSError:  # longer than a path can be, or not to be read
        is_model = False
    if not is_model:
        return None
    return _open(_name_of(home, folder), folder)


def is_name_of(home: Path, name: str, model: str) -> bool:
    """Return whether a name or folder is that of the model that recipes call `model`, even if it is gone."""
    try:
        return name == model or _name_of(home, Path(name).absolute()) == model
    except OSError:  # see above
        return False


def require_model(home: Path, name: str) -> RegisteredModel:
    """Return the trained model of a name or a folder; raises `WeightsUnavailable` where it is gone."""
    model = find_model(home, name)
    if model is None:
        folder = home / _FOLDER / name if _NAME.fullmatch(name) else Path(name)
        raise WeightsUnavailable(
            f"the trained model {name} is gone: there is no {folder}; copy its folder back, run "
            '"shangsou restore", or use another model by "shangsou model use"',
            public=f"the trained model {Path(name).name} is gone from the server; its log says what to do",
        )
    return model


def list_models(home: Path) -> Iterator[RegisteredModel | UnusableModel]:
    """Yield the trained models of a home by name, whether they can be used or not."""
    for folder in sorted((home / _FOLDER).glob("*")):
        if folder.is_dir() and folder.name != DEFAULT_FOLDER and _NAME.fullmatch(folder.name):
            try:
                yield _open(folder.name, folder)
            except WeightsUnavailable as problem:
                yield UnusableModel(folder.name, str(problem))


def copy_model(model: RegisteredModel, home: Path) -> None:
    """Copy a model into another home, unless that has it; one of the same name is replaced.

    Whether an index needs that one is for the caller to know.

    Without the integer weights, which are derived for each processor. Raises `OSError`.
    """
    target = model_folder(home, model.folder.name)
    with target.exclusive_lock():
        if target.model_hash != model.model_hash or not target.has_files(_FILES[model.config.kind]):
            with target.scratch_folder() as scratch:
                for name in _FILES[model.config.kind]:
                    shutil.copyfile(model.folder / name, scratch / name)
                target.replace(sorted(scratch.iterdir()), model.model_hash)
        copy_erased_since(model.folder, target.path)
        copy_gate(model.folder, target.path)


def mark_erased(home: Path, at: datetime) -> list[str]:
    """Note in every model that was trained on events up to a moment that a shopper was erased then.

    Returns the names of these models, also of those that an earlier erasure marked. Whose events a model was
    trained on is not known any more, so each of them is marked. Cheap: a small file of each is read. Raises
    `OSError`.
    """
    # For models that are trained now, on events that were read before.
    write_last_erasure(home, at)
    marked = []
    for model in list_models(home):
        if isinstance(model, RegisteredModel) and _was_trained_before(model, at):
            write_erased_since(model.folder, at)
            marked.append(model.name)
    return marked


def mark_if_erased_before(home: Path, model: RegisteredModel) -> None:
    """Mark a model that is new here if a shopper was erased after the last event that it was trained on.

    It was installed now, or its folder was copied here by hand. A mark that cannot be written is logged.
    """
    at = read_last_erasure(home)
    if at is None or model.erased_since or not _was_trained_before(model, at):
        return
    try:
        write_erased_since(model.folder, at)
    except OSError as problem:
        log.warning(
            "%s was trained on events before %s, when a shopper was erased, but cannot be marked: %s",
            model.name,
            at.isoformat(timespec="seconds"),
            problem,
        )


def events_behind(home: Path, base: str, events: EventsBehind = NO_EVENTS) -> EventsBehind:
    """Return the shoppers' events behind a model that is made from another.

    For the card of one that is distilled from a teacher, or trained from a base: what that was trained on is
    in its vectors too. So the later one of the last events counts, and the earlier one of the moments at
    which erasures were looked up.

    Parameters
    ----------
    base
        The teacher or base, by name or folder. Only a trained model of the registry was trained on events.
    events
        Those that the new model itself is trained on.

    Raises
    ------
    WeightsUnavailable, UnusableInput
        The base is incomplete, or its card cannot be read.
    """
    model = find_model(home, base)
    of_base = _events_of(model.card) if model else NO_EVENTS
    behind = [one for one in (events, of_base) if one.until]
    return EventsBehind(
        max((one.until for one in behind), key=parse_moment, default=""),
        min((one.erasures_known_until for one in behind), key=parse_moment, default=""),
    )


def _events_of(card: ModelCard) -> EventsBehind:
    until = card.trained_on_events_until
    # Before it was noted when erasures were looked up, the last event told that it was not earlier.
    return EventsBehind(until, card.erasures_known_until or until)


def _was_trained_before(model: RegisteredModel, at: datetime) -> bool:
    try:
        known_until = _events_of(model.card).erasures_known_until
    except UnusableInput:
        # It may be that of a model trained on events.
        return True
    # An erasure of the very moment may not have been seen.
    return bool(known_until) and parse_moment(known_until) <= at


def hash_files(files: Mapping[str, Path], config: ModelConfig) -> str:
    """Return what tells a model from every other that ranks otherwise, 16 hexadecimal digits."""
    digest = hashlib.sha256(
        f"{config.kind} {config.dimensions} {config.pooling} {config.max_tokens} "
        f"{config.cosine_offset} {config.cosine_factor}".encode()
    )
    for name, path in sorted(files.items()):
        with path.open("rb") as file:
            digest.update(f"\n{name} {hashlib.file_digest(file, 'sha256').hexdigest()}".encode())
    return digest.hexdigest()[:16]


def model_folder(home: Path, name: str) -> ModelFolder:
    """Return the folder that a name stands for, whether there is one yet or not."""
    return ModelFolder(home / _FOLDER / name)


def _name_of(home: Path, folder: Path) -> str:
    is_of_home = folder.resolve().parent == (home / _FOLDER).resolve()
    return folder.resolve().name if is_of_home else str(folder)


def _open(name: str, path: Path) -> RegisteredModel:
    folder = ModelFolder(path)
    model_hash = folder.model_hash
    if model_hash:
        config = read_config(path / CONFIG)
        if folder.has_files(_FILES.get(config.kind, ())) and config.kind in _FILES:
            return RegisteredModel(name, path, model_hash, config)
    raise WeightsUnavailable(
        f"{path} holds no complete model; copy its folder again or train it again, and remove this one first",
        public=f"the trained model {path.name} is not complete on the server; its log says what to do",
    )
