"""Checkpoints: the whole state of a training in a file, from which it goes on as if never interrupted."""

import io
import pickle
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from shangsou.atomic_files import atomic_write, disk_problem
from shangsou.errors import TrainingFailed

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_NAME = re.compile(r"step-(\d{8})\.pt")
_FORMAT = 4
_State = TypeVar("_State")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a fine-tuning after a step.

    The learning rate, the batches and all that is drawn follow from its number.
    """

    step: int
    """Steps that are done."""
    weights: Mapping[str, Any]
    """State of the model."""
    optimizer: Mapping[str, Any]
    best_step: int
    """The latest that validation does not tell from the one with the highest MRR so far."""
    best_mrr: float
    """Of `best_step`."""
    lowest_equal: float
    """The MRR down to which a step is not told from the one with the highest."""
    base_mrr: float
    base_error: float
    """Of the untrained model, and its standard error."""
    worse: int
    """Evaluations since `best_step`."""


def save_checkpoint(
    folder: Path, checkpoint: "DataclassInstance", *, step: int, keep: int, best_step: int | None = None
) -> None:
    """Write the state after a step, and remove all but the last `keep` and that of `best_step`.

    Raises `TrainingFailed` where it cannot be written, and `MemoryError`: those before are still there.
    """
    import torch

    # Through memory: torch's own writer turns a full disk into an error without its number.
    written = io.BytesIO()
    state = {field.name: getattr(checkpoint, field.name) for field in fields(checkpoint)}
    try:
        torch.save({"format": _FORMAT} | state, written)
    except RuntimeError as problem:
        # What torch says of it is where it stopped to write; nothing else can stop it here.
        raise MemoryError(f"the checkpoint of step {step} does not fit into memory") from problem
    path = _path(folder, step)
    try:
        folder.mkdir(exist_ok=True)
        atomic_write(path, written.getvalue())
    except OSError as problem:
        earlier = _steps(folder)
        kept = f"the one of step {earlier[-1]} is kept" if earlier else "there is none before it"
        raise TrainingFailed(
            f"the checkpoint of step {step} was not written, {kept}: "
            f"{disk_problem(problem) or f'{path}: {problem}'}. It takes {written.tell() / 1e6:,.0f} MB; run "
            "the same command again to go on"
        ) from problem
    steps = _steps(folder)
    for before in steps[: max(0, len(steps) - keep)]:
        if before != best_step:
            _path(folder, before).unlink(missing_ok=True)


def last_checkpoint(folder: Path, kind: type[_State]) -> _State | None:
    """Return the state to go on from; None where there is none."""
    steps = _steps(folder)
    return read_checkpoint(folder, steps[-1], kind) if steps else None


def read_checkpoint(folder: Path, step: int, kind: type[_State]) -> _State:
    """Return the state after a step, on the CPU. Raises `TrainingFailed` for a damaged one."""
    import torch

    path = _path(folder, step)
    try:
        stored = torch.load(path, map_location="cpu", weights_only=True)
        if stored.pop("format") != _FORMAT:
            raise ValueError("another version of the program wrote it")
        return kind(**stored)
    except (
        OSError,
        RuntimeError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        EOFError,
        pickle.UnpicklingError,
    ) as problem:
        # The first sentence: torch goes on for lines, with the advice to run whatever code the file holds.
        reason = next(iter(str(problem).splitlines()), "it is empty").partition(". ")[0]
        raise TrainingFailed(
            f"{path} cannot be read: {reason}; remove it to go on from the checkpoint before it, or the "
            "folder of the run to train from the beginning"
        ) from problem


def _steps(folder: Path) -> list[int]:
    found = (_NAME.fullmatch(path.name) for path in folder.glob("*.pt"))
    return sorted(int(match[1]) for match in found if match)


def _path(folder: Path, step: int) -> Path:
    return folder / f"step-{step:08d}.pt"
