"""The lexicons of a shop on disk: one for each generation's catalog, one for the known queries."""

import fcntl
import json
import logging
import os
import re
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import mkdtemp

from shangsou.atomic_files import atomic_replace, sync
from shangsou.engines.engine import Generation
from shangsou.errors import DamagedLexicon
from shangsou.lexicon.fact_tables import describe_changed_facts, open_fact_table
from shangsou.lexicon.lexicon import (
    KnownQueryFiles,
    Lexicon,
    open_known_queries,
    open_lexicon,
    write_entities,
    write_known_queries,
    write_phrases,
)
from shangsou.lexicon.phrases import CatalogPhrases, KnownQueries
from shangsou.lexicon.shared_lexicons import SharedLexicons
from shangsou.manifest import MANIFEST, find_damage, write_manifest
from shangsou.settings import Settings
from shangsou.text.segmenter import PACKAGED, Segmenter

log = logging.getLogger(__name__)

# Raised by one whenever the files of a catalog's lexicon, or of the known queries, change.
_CATALOG_FORMAT, _QUERIES_FORMAT = 6, 4
_STAMP = "lexicon.json"
_BUILDING = "building-"
_QUERIES = "queries-"
_QUERIES_FOLDER = re.compile(rf"{_QUERIES}\d+")
_INDEX_AGAIN = 'run "shangsou index FILE" again, which learns it anew'
_IMPORT_AGAIN = 'run "shangsou queries import" again'
# File that names the folder of the current known queries.
_CURRENT = "QUERIES"


class LexiconStore:
    """The lexicons in SHANGSOU_HOME."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._home = settings, settings.home
        self._shared: SharedLexicons | None = None
        self._folder = settings.home / "lexicon"
        self.queries_problem: DamagedLexicon | None = None
        """Why the known queries were left out when a lexicon was opened; None where they were not."""
        index = settings.elastic_index if settings.engine == "elastic" else ""
        self._catalogs = self._folder / settings.engine / index

    def fetch(self, generation: Generation) -> bool:
        """Return whether the lexicon of a generation is here, after copying what servers share.

        Raises `EngineUnavailable`.
        """
        if self._is_of(generation):
            return True
        shared = self._shared_lexicons()
        if shared is None:
            return False
        try:
            with self.begin() as building:
                if not shared.fetch(building / "fetched", generation, _STAMP, _stamp(generation)):
                    return False
                # Unless another process of this home was faster.
                if not self._is_of(generation):
                    target = self._catalogs / generation.name
                    _complete_folder(building / "fetched", target, _stamp(generation))
        except OSError as problem:
            log.warning(
                "the lexicon of %s cannot be written in %s: %s", generation.name, self._folder, problem
            )
            return False
        return True

    def begin(self) -> AbstractContextManager[Path]:
        """Yield a folder for the lexicon of a generation; it is removed unless `complete` has moved it."""
        return _building(self._catalogs)

    def folder(self, generation: Generation) -> Path:
        """Return the folder of the lexicon of a generation, whether there is one or not."""
        return self._catalogs / generation.name

    def query_files(self) -> list[Path]:
        """Return the files of the known queries, the one that names the current ones last."""
        name = self.current_queries()
        folder = self._folder / name
        return [*sorted(folder.iterdir()), self._folder / _CURRENT] if name and folder.is_dir() else []

    def adopt(self, lexicon: Path, generation: Generation) -> None:
        """Copy the folder of a lexicon as that of a generation; nothing where there is none."""
        if not lexicon.exists():
            return
        damage = find_damage(lexicon, fully=True)
        if damage:
            log.warning("%s is damaged and left out: %s", lexicon, damage)
            return
        with self.begin() as building:
            for path in lexicon.iterdir():
                shutil.copy2(path, building / path.name)
            _complete_folder(building, self._catalogs / generation.name, _stamp(generation))

    def complete(self, building: Path, generation: Generation, kept: Sequence[Generation]) -> None:
        """Make a folder the lexicon of a generation; remove the lexicons of all that are not `kept`.

        With Elasticsearch it is stored there too, for other servers. Raises `EngineUnavailable`.
        """
        _complete_folder(building, self._catalogs / generation.name, _stamp(generation))
        self.remove_others((generation, *kept))
        shared = self._shared_lexicons()
        if shared:
            shared.share(self._catalogs / generation.name, generation)

    def remove_others(self, kept: Sequence[Generation]) -> None:
        """Remove the lexicons of all generations but these."""
        names = {generation.name for generation in kept}
        for folder in self._catalogs.glob("gen-*"):
            if folder.name not in names:
                shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        """Close the connections, if there are any."""
        if self._shared is not None:
            self._shared.close()

    def _shared_lexicons(self) -> SharedLexicons | None:
        """Return where servers share lexicons; None with the embedded engine."""
        if self._shared is None and self._settings.engine == "elastic":
            self._shared = SharedLexicons(self._settings)
        return self._shared

    def write_catalog(
        self, generation: Generation, phrases: CatalogPhrases, kept: Sequence[Generation]
    ) -> None:
        """Write a lexicon of phrases alone: it has no entities and no category model."""
        with self.begin() as building:
            write_phrases(building, phrases, generation.recipe.segmenter)
            write_entities(building, {})
            self.complete(building, generation, kept)

    def write_queries(self, known: KnownQueries, segmenter: Segmenter = PACKAGED) -> None:
        """Replace the known queries, whose words `segmenter` finds."""
        target = self._folder / f"{_QUERIES}{time.time_ns()}"
        with _building(self._folder) as building:
            write_known_queries(building, known, segmenter)
            _complete_folder(building, target, {"format": _QUERIES_FORMAT})
        temporary = self._folder / f"{_CURRENT}.{target.name}"
        temporary.write_text(target.name, "utf-8")
        atomic_replace(temporary, self._folder / _CURRENT)
        for folder in self._folder.glob(f"{_QUERIES}*"):
            if folder != target:
                shutil.rmtree(folder, ignore_errors=True)

    def current_queries(self) -> str:
        """Return the name of the current known queries, empty if there are none. Cheap.

        Empty also where the file that names them is damaged, which `verify_current_queries` tells.
        """
        try:
            return self._read_current_queries()
        except DamagedLexicon:
            return ""

    def open(self, generation: Generation) -> Lexicon | None:
        """Return the lexicon of a generation with the known queries; None if it was built elsewhere.

        Damaged known queries are left out, and `queries_problem` says why. Raises `DamagedLexicon`.
        """
        folder = self._catalogs / generation.name
        if not self.fetch(generation):
            if folder.exists() and not _is_foreign(folder):
                damage = find_damage(folder) or f"{_STAMP} cannot be read"
                raise DamagedLexicon(str(folder), damage, _INDEX_AGAIN)
            return None
        known = self._open_queries()
        with _refuse_damaged(folder, _INDEX_AGAIN):
            return open_lexicon(folder, known, generation.recipe.segmenter)

    def verify(self, generation: Generation) -> str:
        """Compare all files of a lexicon with what was written, and return the damage, empty without."""
        return find_damage(self.folder(generation), fully=True)

    def verify_queries(self) -> str:
        """Compare all files of the known queries with what was written, and return the damage."""
        name = self.current_queries()
        return find_damage(self._folder / name, fully=True) if name else ""

    def verify_current_queries(self) -> str | None:
        """Return what is wrong with the file that names the current known queries, empty if nothing is.

        None without such a file.
        """
        try:
            name = self._read_current_queries()
        except DamagedLexicon as problem:
            return problem.damage
        if not name:
            return None
        return "" if (self._folder / name).is_dir() else f"it names {name}, which is missing"

    def find_queries_damage(self) -> str:
        """Return what of the known queries is damaged by sizes and first bytes. Cheap."""
        name = self.current_queries()
        return self.verify_current_queries() or (find_damage(self._folder / name) if name else "")

    def changed_facts(self, generation: Generation) -> str:
        """Return in words that facts were changed since a generation was built; empty if they were not."""
        if not self._is_of(generation):
            return ""
        built = open_fact_table(self._catalogs / generation.name)
        return describe_changed_facts(self._home, built, generation.name)

    def _is_of(self, generation: Generation) -> bool:
        """Return whether the lexicon in the folder of a generation was built with it."""
        return _read_stamp(self._catalogs / generation.name) == _stamp(generation)

    def _read_current_queries(self) -> str:
        """Return the name of the current known queries, empty without; raises `DamagedLexicon`."""
        path = self._folder / _CURRENT
        try:
            name = path.read_text("utf-8").strip()
        except FileNotFoundError:
            return ""
        except OSError as problem:
            damage = f"it cannot be read: {problem.strerror}"
            raise DamagedLexicon(str(path), damage, _IMPORT_AGAIN) from problem
        except UnicodeDecodeError:
            name = ""
        if not _QUERIES_FOLDER.fullmatch(name):
            raise DamagedLexicon(str(path), "it names no known queries", _IMPORT_AGAIN)
        return name

    def _open_queries(self) -> KnownQueryFiles | None:
        name, self.queries_problem = self.current_queries(), None
        try:
            return self._open_current_queries()
        except DamagedLexicon as problem:
            # Those that were replaced just now are being removed: the next check finds the new ones.
            if self.current_queries() == name:
                self.queries_problem = problem
            return None

    def _open_current_queries(self) -> KnownQueryFiles | None:
        name = self._read_current_queries()
        if not name:
            return None
        folder = self._folder / name
        if not folder.exists():
            raise DamagedLexicon(str(folder), "it is missing", _IMPORT_AGAIN)
        if _is_foreign(folder, _QUERIES_FORMAT):
            log.warning(
                "%s was written by another version of this program and is not used; run "
                '"shangsou queries import" again',
                folder,
            )
            return None
        with _refuse_damaged(folder, _IMPORT_AGAIN):
            return open_known_queries(folder)


@contextmanager
def _building(folder: Path) -> Iterator[Path]:
    """Yield a new folder inside `folder`; it is removed unless `_complete_folder` has moved it."""
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder):
        for leftover in folder.glob(f"{_BUILDING}*"):
            _remove_abandoned(leftover)
        building = Path(mkdtemp(prefix=_BUILDING, dir=folder))
        held = _lock(building)
    try:
        yield building
    finally:
        shutil.rmtree(building, ignore_errors=True)
        os.close(held)


def _complete_folder(building: Path, target: Path, stamp: dict[str, object]) -> None:
    (building / _STAMP).write_text(json.dumps(stamp), "utf-8")
    write_manifest(building)
    for path in (*building.iterdir(), building):
        sync(path)
    shutil.rmtree(target, ignore_errors=True)
    building.rename(target)
    sync(target.parent)


def _is_foreign(folder: Path, file_format: int | None = None) -> bool:
    """Return whether a folder is as it was written, but of another version, or of another generation.

    Damage is looked for before the stamp is interpreted, since it may be what is damaged. Folders of older
    versions have no manifest.
    """
    if (folder / MANIFEST).exists() and find_damage(folder):
        return False
    stamp = _read_stamp(folder)
    return isinstance(stamp, dict) and (file_format is None or stamp.get("format") != file_format)


def _read_stamp(folder: Path) -> object:
    try:
        return json.loads((folder / _STAMP).read_text("utf-8"))
    except (OSError, ValueError):
        return None


@contextmanager
def _refuse_damaged(folder: Path, advice: str) -> Iterator[None]:
    """Raise `DamagedLexicon` for files that hold something else, and for what reading them raises."""
    damage = find_damage(folder)
    if damage:
        raise DamagedLexicon(str(folder), damage, advice)
    try:
        yield
    except Exception as problem:
        # Whatever a damaged file makes the libraries raise that read it.
        damage = f"{type(problem).__name__} when it is opened"
        raise DamagedLexicon(str(folder), damage, advice, str(problem)) from problem


def _remove_abandoned(building: Path) -> None:
    """Remove a folder that no living process builds: the lock of one that was killed is gone with it."""
    try:
        held = _lock(building)
    except OSError:
        return
    shutil.rmtree(building, ignore_errors=True)
    os.close(held)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold a folder while what is built in it is begun or removed."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _lock(folder: Path) -> int:
    """Lock a folder, and return the descriptor to close; raises `OSError` where another process holds it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _stamp(generation: Generation) -> dict[str, object]:
    # The name alone is reused when an index is deleted and rebuilt.
    return {"format": _CATALOG_FORMAT, "generation": generation.name, "created_at": generation.created_at}
