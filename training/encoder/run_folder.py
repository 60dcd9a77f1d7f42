"""The folder of a run: its parameters, the curve as it grows, checkpoints, page and export."""

import fcntl
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from shangsou.atomic_files import UNFINISHED, atomic_write, disk_problem
from shangsou.encoding.registry import check_name
from shangsou.errors import TrainingFailed, UnusableInput

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

# There while a process trains: how many pairs it has in memory at a time.
_TRAINING = ".training"
PARAMETERS, RESULT = "params.json", "result.json"
"""Files of a run: what it was begun with, and what it came to, which makes it complete."""
_Result = TypeVar("_Result")
_Point = TypeVar("_Point")


@dataclass(frozen=True, slots=True)
class Metrics:
    """A point of the curve, after an evaluation."""

    step: int
    epoch: float
    """Share of all batches, times the epochs."""
    loss: float | None
    """Mean since the last evaluation; none before the first step."""
    mrr: float
    """Mean reciprocal rank on validation."""
    learning_rate: float
    seconds: float
    """Of the steps since the last evaluation, without it."""


def check_run(home: Path, name: str) -> None:
    """Raise `UnusableInput`, which names the runs that there are, where a run was not begun."""
    check_name(name)
    begun = sorted(path.parent.name for path in (home / "runs").glob(f"*/{PARAMETERS}"))
    if name not in begun:
        there = f"there are {', '.join(begun)}" if begun else "there are none"
        raise UnusableInput(f"there is no run {name} in {home / 'runs'}; {there}")


class RunFolder:
    """One run, called as the model that comes of it. To be used within `locked`."""

    def __init__(self, home: Path, name: str) -> None:
        check_name(name)
        self.name = name
        self.path = home / "runs" / name
        self.checkpoints = self.path / "checkpoints"
        self.export = self.path / "export"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes from training the same run, and remove what a killed one left unfinished."""
        try:
            self.checkpoints.mkdir(parents=True, exist_ok=True)
            lock = (self.path / ".lock").open("ab")
        except OSError as problem:
            raise self._unwritable(problem) from problem
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise UnusableInput(
                    f"the run {self.name} is in use by another process, which trains or exports it; wait for "
                    "that, or take another name"
                ) from None
            for folder in (self.path, self.checkpoints):
                for left in folder.glob(f"{UNFINISHED}*"):
                    shutil.rmtree(left, ignore_errors=True)
            yield

    @contextmanager
    def training(self, pairs_at_a_time: int) -> Iterator[int | None]:
        """Note that the run is trained, for a process that is killed cannot say why. Within `locked`.

        The context is how many pairs at a time the process before had, where that was killed; else None.
        """
        mark = self.path / _TRAINING
        try:
            killed = int(mark.read_text("ascii"))
        except (FileNotFoundError, ValueError):
            killed = None
        self.write_text(_TRAINING, str(pairs_at_a_time))
        try:
            yield killed
        finally:
            mark.unlink(missing_ok=True)

    def _unwritable(self, problem: OSError) -> UnusableInput:
        return UnusableInput(
            f"{self.path} cannot be written: {disk_problem(problem) or problem}; set SHANGSOU_HOME to "
            "another folder"
        )

    @property
    def is_begun(self) -> bool:
        """Whether its parameters were written."""
        return (self.path / PARAMETERS).exists()

    def begin(self, parameters: Mapping[str, object], surroundings: Mapping[str, object]) -> None:
        """Write the parameters of a run, or check that it was begun with the same.

        `surroundings`, versions and the like, are written beside them, but may change. Raises `UnusableInput`
        that names what differs.
        """
        path = self.path / PARAMETERS
        before = self._read(path)
        # As JSON has them.
        wanted: dict[str, object] = json.loads(json.dumps(parameters))
        if before is not None and before != wanted:
            differing = [
                f"{name} was {before.get(name)!r} and is {wanted.get(name)!r}"
                for name in sorted(before.keys() | wanted.keys())
                if before.get(name) != wanted.get(name)
            ]
            raise UnusableInput(
                f"{self.path} holds a run that was begun otherwise: {'; '.join(differing)}. Choose another "
                "--out-name, or remove that folder, or give the same options to go on"
            )
        self.write(PARAMETERS, wanted | {"surroundings": surroundings})

    def metrics(self, kind: type[_Point]) -> list[_Point]:
        """Return the curve so far as points of a kind: `Metrics`, or those of another training."""
        return [kind(**point) for point in self.points()]

    def points(self) -> list[dict[str, Any]]:
        """Return the curve so far; a line that a killed process left unfinished does not count."""
        points = []
        try:
            lines = (self.path / "metrics.jsonl").read_text("utf-8").splitlines()
        except FileNotFoundError:
            lines = []
        for line in lines:
            try:
                points.append(json.loads(line))
            except ValueError:
                break
        return points

    def write_metrics(self, points: "Sequence[DataclassInstance]") -> None:
        """Write the curve."""
        lines = "".join(json.dumps(asdict(point)) + "\n" for point in points)
        self.write_text("metrics.jsonl", lines)

    def read(self, name: str) -> Any:
        """Return what a JSON file of the run holds; None where there is none. Raises `TrainingFailed`."""
        try:
            return json.loads((self.path / name).read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as problem:
            raise TrainingFailed(f"{self.path / name} cannot be read: {problem}; remove it") from None

    def read_result(self, kind: type[_Result]) -> _Result | None:
        """Return what a complete run came to; None before it is complete.

        Raises `UnusableInput` for a run of another command or version, `TrainingFailed` where it cannot be
        read.
        """
        facts = self.read(RESULT)
        try:
            return None if facts is None else kind(**facts)
        except TypeError:
            raise UnusableInput(
                f"{self.path} holds a complete run of another command or version; choose another --out-name"
            ) from None

    def write_result(self, result: "DataclassInstance") -> None:
        """Write what a run came to, which makes it complete. Raises `TrainingFailed`."""
        self.write(RESULT, asdict(result))

    def write(self, name: str, value: Mapping[str, object]) -> None:
        """Write a JSON file, whole or not at all."""
        self.write_text(name, json.dumps(value, ensure_ascii=False, indent=2) + "\n")

    def write_text(self, name: str, text: str) -> None:
        """Write a file, whole or not at all. Raises `TrainingFailed`."""
        self.write_bytes(name, text.encode())

    def write_bytes(self, name: str, content: bytes) -> None:
        """Write a file, whole or not at all. Raises `TrainingFailed`."""
        try:
            atomic_write(self.path / name, content)
        except OSError as problem:
            raise TrainingFailed(
                f"{name} was not written: {disk_problem(problem) or f'{self.path}: {problem}'}; what was "
                "trained is kept in the checkpoints: run the same command again to go on"
            ) from problem

    def _read(self, path: Path) -> dict[str, object] | None:
        try:
            parameters: dict[str, object] = json.loads(path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as problem:
            raise UnusableInput(f"{path} cannot be read: {problem}; remove {self.path}") from None
        parameters.pop("surroundings", None)
        return parameters
