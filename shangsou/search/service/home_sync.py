"""Keep the shared files of SHANGSOU_HOME the same as those of all other servers of a shop.

A change is found by comparing three states: what was the same last time, what this home has, and what
Elasticsearch has. What changed on one side goes to the other. Where both changed, what Elasticsearch has
counts, and the file of this home is kept beside it under another name.

A file that is gone here was removed by somebody only where it is the only one: a home that is emptied, half
restored or not there is filled again.
"""

import fcntl
import json
import logging
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp

from shangsou.atomic_files import atomic_replace, sync
from shangsou.engines.elastic.file_sets import FileSet, digest_of, open_file_sets
from shangsou.errors import EngineUnavailable, UnusableInput
from shangsou.search.service.home_files import is_of_queries, shared_files
from shangsou.settings import Settings

log = logging.getLogger(__name__)

SET = "home"
"""The name of the set of the files of a home."""
_STATE, _LOCK = "shared.json", ".shared.lock"
_BUILDING = ".shared-"
# Between reading and writing a set another server may write it; each attempt is a few requests.
_ATTEMPTS = 5

Digests = dict[str, str]


@contextmanager
def shared_home(settings: Settings) -> Iterator[None]:
    """Have the files of the shop in SHANGSOU_HOME, and hand on what a command changes of them.

    With the embedded engine they are here alone. Raises `EngineUnavailable`, or `UnusableInput` where the
    home cannot be written or has the files of another shop.
    """
    if settings.engine != "elastic":
        yield
        return
    home = HomeSync(settings)
    try:
        home.synchronise()
        yield
        if home.has_local_changes():
            home.synchronise()
    finally:
        home.close()


class HomeSync:
    """Synchronises one home. For one thread; safe beside other processes."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._home, self._sets = settings, settings.home, open_file_sets(settings)
        self._known: dict[Path, tuple[tuple[int, ...], str]] = {}
        self._looked_at: Digests | None = None
        self._same: tuple[FileSet | None, Digests] | None = None

    def close(self) -> None:
        """Close the connections."""
        self._sets.close()

    def has_local_changes(self) -> bool:
        """Return whether a file changed here since all was the same; asks nobody."""
        return self._local() != self._read_state()[1]

    def synchronise(self) -> None:
        """Take over what changed elsewhere, and hand on what changed here.

        Raises `EngineUnavailable`, or `UnusableInput` where the home cannot be written or has the files of
        another shop.
        """
        self._synchronise(waits=True)

    def look(self) -> None:
        """Do so where nobody is writing here: a file is handed on once it was the same at two looks."""
        local = self._local()
        is_settled, self._looked_at = local == self._looked_at, local
        if is_settled:
            self._synchronise(waits=False)

    def _synchronise(self, *, waits: bool) -> None:
        if self._same is not None and (self._sets.read(SET), self._local()) == self._same:
            return
        try:
            with self._locked(waits=waits) as is_held:
                done = is_held and any(self._try() for _ in range(_ATTEMPTS))
        except OSError as problem:
            raise UnusableInput(
                f"{self._home} cannot be written: {problem.strerror}",
                public=f"SHANGSOU_HOME cannot be written: {problem.strerror}",
            ) from problem
        if waits and not done:
            raise EngineUnavailable(
                "other servers wrote files of the shop again and again; what changed here is handed on by "
                "the next command, or by a server"
            )

    def _try(self) -> bool:
        """Return whether both sides are the same now; not where either changed meanwhile."""
        remote, local = self._sets.read(SET), self._local()
        theirs: Mapping[str, str] = remote.digests if remote else {}
        token, before = self._read_state()
        if remote is None or token != remote.token:
            before = {}
        dropped = _dropped_here(before, local, theirs)
        taken = [
            path
            for path, digest in theirs.items()
            if digest != local.get(path)
            and path not in dropped
            and (path not in local or digest != before.get(path))
        ]
        removed = [path for path in before if path not in theirs and local.get(path) == before[path]]
        with self._downloaded(taken, theirs) as folder:
            if self._local() != local:
                return False
            self._keep_replaced([path for path in taken if path in local and local[path] != before.get(path)])
            self._place(folder, taken)
        self._remove(removed)
        local = self._local()
        if local != theirs:
            written = self._sets.write(SET, local, self._content, remote)
            if written is None:
                return False
            remote = written
        if remote is not None and (token, before) != (remote.token, local):
            self._write_state(remote.token, local)
        self._same = (remote, local)
        return True

    def _local(self) -> Digests:
        """Return the digests of the shared files that are here; contents are read only when they changed."""
        digests = {}
        for path in shared_files(self._settings):
            with suppress(FileNotFoundError):  # replaced or removed just now
                status = (self._home / path).stat()
                signature = (status.st_ino, status.st_size, status.st_mtime_ns)
                known = self._known.get(path)
                if known is None or known[0] != signature:
                    known = self._known[path] = signature, digest_of((self._home / path).read_bytes())
                digests[str(path)] = known[1]
        return digests

    def _content(self, path: str) -> bytes:
        return (self._home / path).read_bytes()

    @contextmanager
    def _downloaded(self, paths: Sequence[str], theirs: Mapping[str, str]) -> Iterator[Path]:
        """Yield a folder with files as they are elsewhere."""
        folder = Path(mkdtemp(prefix=_BUILDING, dir=self._home))
        try:
            for path in paths:
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_bytes(self._sets.content(theirs[path]))
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _place(self, folder: Path, paths: Sequence[str]) -> None:
        """Move files into the home, in their order; a folder that is new comes as a whole."""
        for path in paths:
            parent = (self._home / path).parent
            if not (folder / path).exists():
                continue  # with its folder
            if parent.exists():
                atomic_replace(folder / path, self._home / path)
            else:
                new = (folder / path).parent
                for file in (*new.iterdir(), new):
                    sync(file)
                parent.parent.mkdir(parents=True, exist_ok=True)
                new.rename(parent)
                sync(parent.parent)

    def _remove(self, paths: Sequence[str]) -> None:
        """Remove what was removed elsewhere; what people write is kept under another name."""
        self._keep_replaced([path for path in paths if "/" not in path])
        for path in paths:
            (self._home / path).unlink(missing_ok=True)
            with suppress(OSError):  # not empty
                if "/" in path:
                    (self._home / path).parent.rmdir()

    def _keep_replaced(self, paths: Sequence[str]) -> None:
        for path in paths:
            file = self._home / path
            kept = file.with_name(f"{file.name}.replaced-{datetime.now(UTC):%Y%m%dT%H%M%S.%f}")
            shutil.copy2(file, kept)
            log.warning("%s was changed by another server; that one counts, yours is kept as %s", file, kept)

    def _read_state(self) -> tuple[str, Digests]:
        """Return the token of the set and the digests when both sides were the same last.

        Raises `UnusableInput` where that was with the files of another shop.
        """
        try:
            state = json.loads((self._home / _STATE).read_text("utf-8"))
            name, token, files = state["name"], state["token"], dict(state["files"])
        except (OSError, ValueError, KeyError, TypeError):
            return "", {}
        if name != self._settings.elastic_index:
            raise UnusableInput(
                f"{self._home} has the files of the shop {name}, not of {self._settings.elastic_index}; set "
                f"SHANGSOU_HOME to a folder of its own for each, or remove {self._home / _STATE}",
                public="SHANGSOU_HOME has the files of another shop",
            )
        return token, files

    def _write_state(self, token: str, digests: Digests) -> None:
        temporary = self._home / f"{_STATE}.{os.getpid()}"
        state = {"name": self._settings.elastic_index, "token": token, "files": digests}
        temporary.write_text(json.dumps(state), "utf-8")
        atomic_replace(temporary, self._home / _STATE)

    @contextmanager
    def _locked(self, *, waits: bool) -> Iterator[bool]:
        """Hold the lock of all processes of this home, and yield whether it is held."""
        self._home.mkdir(parents=True, exist_ok=True)
        with (self._home / _LOCK).open("ab") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | (0 if waits else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
                return
            for leftover in self._home.glob(f"{_BUILDING}*/"):
                shutil.rmtree(leftover, ignore_errors=True)
            yield True


def _dropped_here(
    before: Mapping[str, str], local: Mapping[str, str], theirs: Mapping[str, str]
) -> list[str]:
    """Return the paths that somebody removed here, of those that are elsewhere as they were here."""
    gone = [path for path in before if path not in local and theirs.get(path) == before[path]]
    of_queries = [path for path in gone if is_of_queries(path)]
    others = [path for path in gone if not is_of_queries(path)]
    # Known queries are replaced as a whole.
    dropped = of_queries if any(map(is_of_queries, local)) else []
    if len(others) == 1 and "/" not in others[0]:
        dropped = [*dropped, *others]
    return dropped
