"""The folder of lists: one process at a time, files for their owner alone, each whole or not there."""

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shangsou.atomic_files import atomic_replace, disk_problem, sync
from shangsou.customer_lists.names import is_list_name
from shangsou.errors import ListsUnavailable

_LOCK = "lock"
_OWNER_ALONE = 0o700
_ROWS, _ABOUT, _UNFINISHED = ".csv", ".json", ".new"
# Files of the folder itself: no list has such a name.
JOURNAL, EXPORTS = "erasures.json", "exports.json"


class ListFolder:
    """Reads and writes files. `locked` turns the errors of the disk into `ListsUnavailable`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def exists(self) -> bool:
        """Return whether lists were ever written here."""
        with translate_errors(self.path):
            return self.path.is_dir()

    def make(self) -> None:
        """Make the folder, if it is missing, for its owner alone."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if stat.S_IMODE(self.path.stat().st_mode) != _OWNER_ALONE:
            self.path.chmod(_OWNER_ALONE)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep all others out of the folder, which is made if it is missing.

        What a killed process left unfinished is removed first: it may hold rows that nothing else reaches.
        """
        with translate_errors(self.path):
            self.make()
            descriptor = os.open(self.path / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                self._remove_unfinished()
                yield
            finally:
                os.close(descriptor)

    def names(self) -> list[str]:
        """Return the names of all lists, in order."""
        return sorted(path.stem for path in self.path.glob(f"*{_ABOUT}") if is_list_name(path.stem))

    def rows_path(self, name: str) -> Path:
        """Return the file of the rows of a list."""
        return self.path / f"{name}{_ROWS}"

    def about_path(self, name: str) -> Path:
        """Return the file of what a list is about: the list is there once this file is."""
        return self.path / f"{name}{_ABOUT}"

    def write(self, path: Path, content: bytes) -> None:
        """Replace a file of the folder, atomically and durably."""
        unfinished = path.with_name(f"{path.name}{_UNFINISHED}")
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            atomic_replace(unfinished, path)
        except OSError:
            unfinished.unlink(missing_ok=True)
            raise

    def remove(self, name: str) -> None:
        """Remove a list: first what says that it is there."""
        self.about_path(name).unlink(missing_ok=True)
        self.rows_path(name).unlink(missing_ok=True)
        sync(self.path)

    def _remove_unfinished(self) -> None:
        for path in self.path.glob(f"*{_UNFINISHED}"):
            path.unlink()
        for path in self.path.glob(f"*{_ROWS}"):
            # Not what somebody else has laid here.
            if is_list_name(path.stem) and not self.about_path(path.stem).exists():
                path.unlink()


@contextmanager
def translate_errors(path: Path) -> Iterator[None]:
    """Turn errors of the disk into `ListsUnavailable`."""
    try:
        yield
    except OSError as reason:
        words = disk_problem(reason) or f"{reason.strerror}; check that its files can be read and written"
        raise ListsUnavailable(f"lists of customers in {path}: {words}") from reason
