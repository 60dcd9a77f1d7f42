"""Keep the shared files of SHANGSOU_HOME the same as those of all other servers of a shop.

A change is found by comparing three states: what was the same last time, what this home has, and what
Elasticsearch has. What changed on one side goes to the other. Where both changed, what Elasticsearch has
counts, and the file of this home is kept beside it under another name.
"""

import fcntl
import json
import logging
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from shangsou.atomic_files import atomic_replace, sync
from shangsou.engines.elastic.file_sets import FileSet, digest_of, open_file_sets
from shangsou.errors import UnusableInput
from shangsou.search.service.home_files import shared_files
from shangsou.settings import Settings

log = logging.getLogger(__name__)

SET = "home"
"""The name of the set of the files of a home."""
_STATE, _LOCK = "shared.json", ".shared.lock"
_BUILDING = ".shared-"
_KEPT = ".replaced"
# Between reading and writing a set another server may write it; each attempt is a few requests.
_ATTEMPTS = 5

Digests = dict[str, str]


@contextmanager
def shared_home(settings: Settings) -> Iterator[None]:
    """Have the files of the shop in SHANGSOU_HOME, and hand on what a command changes of them.

    With the embedded engine they are here alone. Raises `EngineUnavailable`, or `UnusableInput` where the
    home cannot be written.
    """
    if settings.engine != "elastic":
        yield
        return
    sync_of_home = HomeSync(settings)
    try:
        _synchronise(sync_of_home, settings)
        yield
        if sync_of_home.has_local_changes():
            _synchronise(sync_of_home, settings)
    finally:
        sync_of_home.close()


def _synchronise(sync_of_home: "HomeSync", settings: Settings) -> None:
    try:
        sync_of_home.synchronise()
    except OSError as problem:
        raise UnusableInput(f"{settings.home} cannot be written: {problem.strerror}") from problem


class HomeSync:
    """Synchronises one home. Safe for many threads and processes."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._home, self._sets = settings, settings.home, open_file_sets(settings)
        self._known: dict[Path, tuple[tuple[int, ...], str]] = {}
        self._seen: tuple[FileSet | None, Digests] | None = None

    def close(self) -> None:
        """Close the connections."""
        self._sets.close()

    def has_local_changes(self) -> bool:
        """Return whether a file changed here since all was the same; asks nobody."""
        return self._local() != self._read_state()[1]

    def synchronise(self) -> None:
        """Take over what changed elsewhere, and hand on what changed here.

        Raises `EngineUnavailable`, and `OSError` where the home cannot be written.
        """
        remote, local = self._sets.read(SET), self._local()
        if self._seen is not None and (remote, local) == self._seen:
            return
        with self._locked():
            for _ in range(_ATTEMPTS):
                if self._synchronise():
                    break
                log.info("another server shared files of %s at the same moment", self._home)

    def _synchronise(self) -> bool:
        """Return whether both sides are the same now; not where another server wrote meanwhile."""
        remote, local = self._sets.read(SET), self._local()
        theirs: Mapping[str, str] = remote.digests if remote else {}
        token, before = self._read_state()
        if remote is None or token != remote.token:
            before = {}
        taken = [path for path, digest in theirs.items() if digest not in (local.get(path), before.get(path))]
        removed = [
            path for path in before if path not in theirs and local.get(path) == before[path]
        ]  # removed elsewhere, and not changed here
        self._keep_replaced([path for path in taken if path in local and local[path] != before.get(path)])
        self._take(taken, theirs)
        for path in removed:
            (self._home / path).unlink(missing_ok=True)
        local = self._local()
        if local != theirs:
            written = self._sets.write(SET, local, self._content, remote)
            if written is None:
                return False
            remote = written
        if remote is not None and (token, before) != (remote.token, local):
            self._write_state(remote.token, local)
        self._seen = (remote, local)
        return True

    def _local(self) -> Digests:
        """Return the digests of the shared files that are here; contents are read only when they changed."""
        digests = {}
        for path in shared_files(self._settings):
            try:
                status = (self._home / path).stat()
                signature = (status.st_ino, status.st_size, status.st_mtime_ns)
                known = self._known.get(path)
                if known is None or known[0] != signature:
                    known = self._known[path] = signature, digest_of((self._home / path).read_bytes())
            except FileNotFoundError:
                continue  # replaced or removed just now
            digests[str(path)] = known[1]
        return digests

    def _content(self, path: str) -> bytes:
        return (self._home / path).read_bytes()

    def _take(self, paths: Sequence[str], theirs: Mapping[str, str]) -> None:
        """Write files as they are elsewhere; a folder that is new comes as a whole."""
        by_folder: dict[Path, list[str]] = {}
        for path in paths:
            by_folder.setdefault((self._home / path).parent, []).append(path)
        for folder, files in by_folder.items():
            folder.parent.mkdir(parents=True, exist_ok=True)
            building = Path(mkdtemp(prefix=_BUILDING, dir=self._home))
            try:
                for path in files:
                    (building / Path(path).name).write_bytes(self._sets.content(theirs[path]))
                if folder.exists():
                    for path in files:
                        atomic_replace(building / Path(path).name, self._home / path)
                else:
                    building.chmod(0o755)
                    for file in (*building.iterdir(), building):
                        sync(file)
                    building.rename(folder)
                    sync(folder.parent)
            finally:
                shutil.rmtree(building, ignore_errors=True)

    def _keep_replaced(self, paths: Sequence[str]) -> None:
        for path in paths:
            file = self._home / path
            kept = file.with_name(file.name + _KEPT)
            shutil.copy2(file, kept)
            log.warning(
                "%s was changed by another server too; that one counts, yours is kept as %s", file, kept
            )

    def _read_state(self) -> tuple[str, Digests]:
        """Return the token of the set and the digests when both sides were the same last."""
        try:
            state = json.loads((self._home / _STATE).read_text("utf-8"))
            return state["token"], dict(state["files"])
        except (OSError, ValueError, KeyError, TypeError):
            return "", {}

    def _write_state(self, token: str, digests: Digests) -> None:
        temporary = self._home / f"{_STATE}.{os.getpid()}"
        temporary.write_text(json.dumps({"token": token, "files": digests}), "utf-8")
        atomic_replace(temporary, self._home / _STATE)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the lock of all processes of this home."""
        self._home.mkdir(parents=True, exist_ok=True)
        with (self._home / _LOCK).open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for leftover in self._home.glob(f"{_BUILDING}*/"):
                shutil.rmtree(leftover, ignore_errors=True)
            yield
