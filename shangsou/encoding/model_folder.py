"""A folder of model files that is either complete or detectably incomplete, even if its writer is killed."""

import fcntl
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from shangsou.atomic_files import atomic_replace

# Lists the files with size and hash. A file that is not listed does not count as present.
_RECORD = "weights.json"
_LOCK = ".lock"
_SCRATCH = ".new-"
# Increased when the code derives other files from the same weights, so that the old ones are rebuilt.
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class _FileRecord:
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class _Record:
    model_hash: str = ""
    files: dict[str, _FileRecord] = field(default_factory=dict)


class ModelFolder:
    """The files of one model. Reading takes no lock; writers hold `exclusive_lock`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def model_hash(self) -> str:
        """The hash that identifies the weights; empty if there are none."""
        return self._read().model_hash

    def has_files(self, names: Iterable[str]) -> bool:
        """Whether the files are here with their full size, without reading them."""
        files = self._read().files
        return all(name in files and _size(self.path / name) == files[name].bytes for name in names)

    def is_intact(self, names: Iterable[str]) -> bool:
        """Whether the files are here and unchanged."""
        files = self._read().files
        return all(name in files and _sha256(self.path / name) == files[name].sha256 for name in names)

    def find_damage(self) -> str:
        """Return in words which file is not as it was written; empty where all are."""
        files = self._read().files
        if not files:
            return f"{_RECORD} is missing or cannot be read"
        changed = (name for name, file in files.items() if _sha256(self.path / name) != file.sha256)
        return next((f"{name} holds other bytes" for name in changed), "")

    @contextmanager
    def exclusive_lock(self) -> Iterator[None]:
        """Wait until no other process writes, and remove the leftovers of a killed one."""
        self.path.mkdir(parents=True, exist_ok=True)
        # A lock of the operating system is released with its process, even on kill -9.
        with (self.path / _LOCK).open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for leftover in self.path.glob(f"{_SCRATCH}*"):
                shutil.rmtree(leftover)
            yield

    @contextmanager
    def scratch_folder(self) -> Iterator[Path]:
        """Yield an empty folder on the same disk, and remove it afterwards."""
        with tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=self.path) as scratch_folder:
            yield Path(scratch_folder)

    def replace(self, files: Iterable[Path], model_hash: str) -> None:
        """Replace the folder's files by these, which are moved here."""
        files = list(files)
        self._write(_Record())
        for old in self.path.glob("*"):
            if old.name != _RECORD and not old.name.startswith("."):
                old.unlink()
        self._add_files(files, _Record(model_hash))

    def add(self, file: Path) -> None:
        """Add a file to the folder by moving it here."""
        self._add_files([file], self._read())

    def _add_files(self, files: Iterable[Path], record: _Record) -> None:
        records = dict(record.files)
        for file in files:
            records[file.name] = _FileRecord(file.stat().st_size, _sha256(file))
            atomic_replace(file, self.path / file.name)
        self._write(_Record(record.model_hash, records))

    def _read(self) -> _Record:
        try:
            payload = json.loads((self.path / _RECORD).read_bytes())
            if payload["format"] != _FORMAT:
                return _Record()
            files = {name: _FileRecord(**file) for name, file in payload["files"].items()}
            return _Record(payload["model_hash"], files)
        except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError, AttributeError):
            return _Record()

    def _write(self, record: _Record) -> None:
        text = json.dumps({"format": _FORMAT, **asdict(record)}, indent=2) + "\n"
        with self.scratch_folder() as scratch_folder:
            (scratch_folder / _RECORD).write_text(text, encoding="utf-8")
            atomic_replace(scratch_folder / _RECORD, self.path / _RECORD)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ""
