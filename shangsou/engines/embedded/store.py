"""The generations of an embedded index: folders `gen-N`, and a file `CURRENT` that names one."""

import fcntl
import json
import logging
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO

import numpy as np

from shangsou.atomic_files import atomic_replace, copy_files, sync
from shangsou.background import BackgroundWorker
from shangsou.engines.embedded.engine import EmbeddedEngine
from shangsou.engines.embedded.product_files import ProductFiles
from shangsou.engines.embedded.row_data import open_row_data
from shangsou.engines.embedded.term_rows import write_term_rows
from shangsou.engines.embedded.types import write_types
from shangsou.engines.embedded.vectors import VectorsWriter
from shangsou.engines.engine import Document, Generation
from shangsou.engines.generations import find_superseded, make_stamp, pass_over, read_stamp, replaced_by
from shangsou.engines.product_terms import ProductTerms, check_products, no_terms
from shangsou.engines.recipe import IndexRecipe
from shangsou.errors import DamagedIndex, IndexBusy, NoIndex, RecipeMismatch, UnusableInput
from shangsou.manifest import MANIFEST, Damage, compare_folder, find_damage, write_manifest

log = logging.getLogger(__name__)
_GENERATION_FOLDER = re.compile(r"gen-(\d+)")
STAMP = "generation.json"
# Increased whenever the files of a generation change.
_FORMAT = 7
# File that says how a generation was found to be damaged. It counts by being there, whatever it holds.
_DAMAGED = "DAMAGED"
_CURRENT = "CURRENT"


class EmbeddedStore:
    """A `GenerationStore` in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # By name, so that a server that asks again and again logs each once.

    def current(self) -> str | None:
        """Return the name of the current generation; None also where the file that names it is damaged."""
        try:
            return self._read_current()
        except DamagedIndex:
            return None

    def current_key(self) -> str | None:
        """Return what tells the current generation from every other."""
        try:
            name = self._read_current()
        except DamagedIndex:
            return _CURRENT
        if name is None:
            return None
        try:
            status = (self._folder / name / STAMP).stat()
        except OSError:
            return name
        is_damaged = self.is_marked(name)
        return f"{name} {status.st_ino} {status.st_mtime_ns}{' damaged' if is_damaged else ''}"

    def generations(self) -> list[Generation]:
        """Return all complete generations that this version can read, newest first."""
        current = self.current()
        readable = []
        for name in reversed(_generation_names(self._folder)):
            try:
                readable.append(replace(self._read_stamp(name), current=name == current))
            except (RecipeMismatch, DamagedIndex) as problem:
                pass_over(name, str(problem))
        return readable

    def open(self, name: str | None = None) -> EmbeddedEngine:
        """Open a generation, by default the current one."""
        names = _generation_names(self._folder)
        if name is None:
            # Where what is current has gone it counts as damaged, as long as there is another.
            name = self._read_current() if names else None
        elif name not in names:
            name = None
        if name is None:
            raise NoIndex(f'no index in {self._folder}; run "shangsou index FILE" or "shangsou demo"')
        generation = replace(self._read_stamp(name), current=name == self.current())
        damage = compare_folder(self._folder / name)
        if damage:
            raise self._damaged(name, damage.text)
        try:
            data = open_row_data(self._folder / name, generation.recipe.dimensions)
        except Exception as problem:
            # Whatever a damaged file makes the libraries raise that read it.
            kind = type(problem).__name__
            raise self._damaged(name, f"{kind} when it is opened", str(problem)) from problem
        return EmbeddedEngine(generation, data, generation.sequence)

    def verify(self, name: str) -> str:
        """Compare all files of a generation with what was written, and return the damage, empty without.

        One that is damaged is neither searched nor gone back to any more, until it is found whole again:
        `is_marked`, unless that could not be written, or its files could not be read, which may pass.
        Raises `RecipeMismatch` for a generation of another version that has no checksums.
        """
        folder = self._folder / name
        if _exists(folder / MANIFEST):
            damage = compare_folder(folder, fully=True)
        else:
            damage = self._compare_without_manifest(name)
        if damage is None:
            return self._remove_mark(name)
        if damage.is_certain and folder.is_dir():
            self._write_mark(name, damage.text)
        return damage.text

    def is_marked(self, name: str) -> bool:
        """Return whether a generation was found to be damaged, so that it is not searched."""
        return _exists(self._folder / name / _DAMAGED)

    def verify_current(self) -> str | None:
        """Return what is wrong with the file that names the current generation, empty if nothing is.

        None without such a file.
        """
        try:
            name = self._read_current()
        except DamagedIndex as problem:
            return problem.damage
        if name is None:
            return None
        return "" if name in self.names() else f"it names {name}, which is missing"

    def names(self) -> list[str]:
        """Return the names of all generations, those of other versions and damaged ones too, newest first."""
        return _generation_names(self._folder)[::-1]

    def writer(
        self, recipe: IndexRecipe, source: str, *, sequence: int = 0, merges: str = ""
    ) -> "EmbeddedWriter":
        """Begin a new generation."""
        self._folder.mkdir(parents=True, exist_ok=True)
        return EmbeddedWriter(
            self._folder, Generation("", "", 0, recipe, source, sequence=sequence, merges=merges)
        )

    def check_writable(self) -> None:
        """Raise `UnusableInput` if the path is not a folder or not writable."""
        existing = next(path for path in (self._folder, *self._folder.parents) if path.exists())
        if not (existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)):
            raise UnusableInput(
                f"{existing} is no folder that can be written to; set SHANGSOU_HOME to one that can"
            )

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the writer lock, or raise `IndexBusy`."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with _lock(self._folder):
            yield

    def adopt(self, folder: Path, *, sequence: int) -> Generation:
        """Copy the folder of a generation of elsewhere as a new one, and return that, not yet current.

        Must be called with the lock held. Its products are taken as they are at the change `sequence`.
        """
        for leftover in self._folder.glob("building-*"):
            shutil.rmtree(leftover)
        number = _next_number(self._folder)
        building, name = self._folder / f"building-{number}", f"gen-{number}"
        try:
            copy_files(folder, building)
            damage = find_damage(building, fully=True)
            if damage:
                raise DamagedIndex(folder.name, str(folder.parent), damage)
            generation = replace(
                read_stamp(
                    json.loads((building / STAMP).read_text("utf-8")),
                    name,
                    file_format=_FORMAT,
                    location=f"in {folder.parent}",
                ),
                created_at=_now(),
                replaces=self.current() or "",
                sequence=sequence,
                merges="",
            )
            _complete(building, self._folder / name, generation)
        except BaseException:
            # On a full disk the next attempt needs the room.
            shutil.rmtree(building, ignore_errors=True)
            if (self._folder / name).exists():
                self.remove(name)
            raise
        return generation

    def remove(self, name: str) -> None:
        """Remove a generation, which must not be the current one, with the lock held."""
        # Renamed first: after a kill in between, the next writer finds rubbish, not half a generation.
        rubbish = self._folder / f"building-{name}"
        (self._folder / name).rename(rubbish)
        shutil.rmtree(rubbish, ignore_errors=True)

    def switch(self, name: str) -> None:
        """Make a generation current and remove the oldest ones."""
        if not (self._folder / name / STAMP).exists():
            raise UnusableInput(f'{name} is no generation of {self._folder}; see "shangsou generations"')
        damage = find_damage(self._folder / name)
        if damage:
            raise self._damaged(name, damage)
        previous = self.current()
        temporary = self._folder / f"{_CURRENT}.{os.getpid()}"
        try:
            temporary.write_text(name + "\n", "utf-8")
            atomic_replace(temporary, self._folder / _CURRENT)
        finally:
            temporary.unlink(missing_ok=True)
        for old in find_superseded(_generation_names(self._folder), self.generations(), name, previous):
            self.remove(old)

    def _read_current(self) -> str | None:
        """Return the name of the current generation, None without one.

        Raises `DamagedIndex` where the file that names it is damaged.
        """
        try:
            name = (self._folder / _CURRENT).read_text("utf-8").strip()
        except FileNotFoundError:
            return None
        except OSError as problem:
            raise self._damaged(_CURRENT, f"it cannot be read: {problem.strerror}") from problem
        except UnicodeDecodeError:
            name = ""
        if not _GENERATION_FOLDER.fullmatch(name):
            raise self._damaged(_CURRENT, "it names no generation")
        return name

    def _read_stamp(self, name: str) -> Generation:
        """Return what describes a generation; raises `DamagedIndex`, also where `verify` found it damaged."""
        folder = self._folder / name
        if self.is_marked(name):
            raise self._damaged(name, self._read_mark(name))
        # Before it is interpreted: a changed number of its format would pass as another version.
        damage = compare_folder(folder, name=STAMP) if _exists(folder / MANIFEST) else None
        if damage:
            raise self._damaged(name, damage.text)
        return self._interpret_stamp(name)

    def _interpret_stamp(self, name: str) -> Generation:
        try:
            payload = json.loads((self._folder / name / STAMP).read_text("utf-8"))
        except FileNotFoundError:
            raise self._damaged(name, f"{STAMP} is missing") from None
        except OSError as problem:
            raise self._damaged(name, f"{STAMP} cannot be read: {problem.strerror}") from problem
        except ValueError:
            payload = None
        if not isinstance(payload, dict):
            raise self._damaged(name, f"{STAMP} holds other bytes")
        return read_stamp(payload, name, file_format=_FORMAT, location=f"in {self._folder}")

    def _compare_without_manifest(self, name: str) -> Damage:
        """Return what is damaged of a generation of this version; raises `RecipeMismatch` for others."""
        try:
            self._interpret_stamp(name)
        except DamagedIndex as problem:
            return Damage(problem.damage, not isinstance(problem.__cause__, OSError))
        return Damage(f"{MANIFEST} is missing", True)

    def _read_mark(self, name: str) -> str:
        try:
            text = (self._folder / name / _DAMAGED).read_text("utf-8").strip()
        except (OSError, ValueError):
            text = ""
        return text or '"shangsou verify" found other bytes in it'

    def _write_mark(self, name: str, damage: str) -> None:
        # Not in place: a server that reads it meanwhile, or a full disk, must not leave half of it.
        temporary = self._folder / f"{_DAMAGED}.{os.getpid()}"
        try:
            temporary.write_text(damage, "utf-8")
            atomic_replace(temporary, self._folder / name / _DAMAGED)
        except OSError as problem:
            log.warning("%s cannot be marked as damaged: %s", name, problem.strerror)
        finally:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)

    def _remove_mark(self, name: str) -> str:
        """Return why a generation that is whole is not searched nevertheless, empty if it is."""
        try:
            (self._folder / name / _DAMAGED).unlink(missing_ok=True)
        except OSError as problem:
            return f"its files are whole, but {_DAMAGED} beside them cannot be removed: {problem.strerror}"
        return ""

    def _damaged(self, name: str, damage: str, detail: str = "") -> DamagedIndex:
        return DamagedIndex(name, str(self._folder), damage, detail)


class EmbeddedWriter:
    """A `GenerationWriter` that builds a folder next to the others and renames it once it is complete."""

    def __init__(self, folder: Path, draft: Generation) -> None:
        self._folder, self._draft, self._recipe = folder, draft, draft.recipe
        self._lock: BinaryIO | None = None

    def __enter__(self) -> "EmbeddedWriter":
        self._lock = _lock(self._folder)
        try:
            self._begin()
        except BaseException:
            self._lock.close()
            raise
        return self

    def _begin(self) -> None:
        for leftover in self._folder.glob("building-*"):
            shutil.rmtree(leftover)
        number = _next_number(self._folder)
        self._name = f"gen-{number}"
        self._building = self._folder / f"building-{number}"
        self._building.mkdir()
        dimensions = self._recipe.dimensions
        # Half of the work of writing, in a process of its own.
        self._products = BackgroundWorker(partial(ProductFiles, self._building, self._recipe.segmenter))
        self._titles = VectorsWriter(self._building, "title_vector", dimensions)
        self._descriptions = VectorsWriter(self._building, "description_vector", dimensions)
        self._documents = 0
        self._written = False

    def __exit__(self, kind: object = None, *exc: object) -> None:
        self._products.close()
        for open_file in (self._titles, self._descriptions):
            # On a full disk closing fails just as writing did; the folder is removed in any case.
            with suppress(OSError):
                open_file.close()
        shutil.rmtree(self._building, ignore_errors=True)
        if kind is not None and EmbeddedStore(self._folder).current() != self._name:
            # Complete, but verification failed.
            shutil.rmtree(self._folder / self._name, ignore_errors=True)
        if self._lock is not None:
            self._lock.close()

    def add(self, documents: Sequence[Document]) -> None:
        """Append documents."""
        self._products.submit(ProductFiles.add, [document.product for document in documents])
        rows = list(range(self._documents, self._documents + len(documents)))
        if documents:
            self._titles.add(rows, np.stack([document.title_vector for document in documents]))
        described = [
            (row, document.description_vector)
            for row, document in zip(rows, documents, strict=True)
            if document.description_vector is not None
        ]
        if described:
            self._descriptions.add([row for row, _ in described], np.stack([v for _, v in described]))
        self._documents += len(documents)

    def write_documents(self) -> None:
        """Write all files but those of product types and facts."""
        if self._written:
            return
        self._products.submit(ProductFiles.finish, k1=self._recipe.k1, b=self._recipe.b)
        self._titles.finish()
        self._descriptions.finish()
        self._written = True

    def finish(self, types: Sequence[Sequence[str]] = (), facts: ProductTerms | None = None) -> Generation:
        """Complete the generation on disk."""
        facts = facts or no_terms(self._documents)
        check_products(facts, self._documents)
        self.write_documents()
        write_types(self._building, types, self._documents)
        write_term_rows(self._building, "facts", facts)
        self._products.join()
        generation = replace(
            self._draft,
            name=self._name,
            created_at=_now(),
            documents=self._documents,
            replaces=replaced_by(self._draft, EmbeddedStore(self._folder).generations()),
        )
        _complete(self._building, self._folder / self._name, generation)
        return generation


def _complete(building: Path, folder: Path, generation: Generation) -> None:
    """Describe a generation, and make its files durable under its name."""
    stamp = make_stamp(generation, file_format=_FORMAT)
    (building / STAMP).write_text(json.dumps(stamp, ensure_ascii=False, indent=1), "utf-8")
    write_manifest(building)
    for path in [*building.iterdir(), building]:
        sync(path)
    building.rename(folder)
    sync(folder.parent)


def _exists(path: Path) -> bool:
    """Return whether a file can be seen; `Path.exists` raises where a folder may not be entered."""
    try:
        path.lstat()
    except OSError:
        return False
    return True


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _next_number(folder: Path) -> int:
    return 1 + max(map(_generation_number, _generation_names(folder)), default=0)


def _generation_names(folder: Path) -> list[str]:
    """Return the names of the complete generations, oldest first."""
    if not folder.exists():
        return []
    names = [path.name for path in folder.iterdir() if _GENERATION_FOLDER.fullmatch(path.name)]
    return sorted(names, key=_generation_number)


def _generation_number(name: str) -> int:
    return int(name.removeprefix("gen-"))


def _lock(folder: Path) -> BinaryIO:
    # A lock of the operating system is released with its process, even on kill -9.
    lock = (folder / "LOCK").open("ab")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise IndexBusy(
            f"another indexer is at work in {folder}; wait for it, the index it replaces serves on"
        ) from None
    return lock
