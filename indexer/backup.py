"""Copy a shop's state while it serves: its generation, what changed since, events, the shop's own files.

A backup is a folder that looks like SHANGSOU_HOME, with one generation and a description. The default
weights and cached vectors are left out: they can be fetched and computed again.
"""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from indexer.attached.state import FOLDER as ATTACHED
from shangsou.atomic_files import copy_files, sqlite_problem, sync
from shangsou.encoding.registry import RegisteredModel, copy_model, list_models
from shangsou.engines.generations import current_generation
from shangsou.engines.stores import open_store
from shangsou.errors import CopyFailed, DamagedIndex, IndexingFailed, NoIndex, UnusableInput
from shangsou.lexicon.lexicon_store import LexiconStore
from shangsou.manifest import find_damage
from shangsou.settings import Settings
from shangsou.updates.journals import journal_path, open_journal

DESCRIPTION = "backup.json"
FORMAT = 1
# Folders of SHANGSOU_HOME that are not copied file by file: what can be had again, what is copied otherwise,
# and what is there only while a command runs.
_LEFT_OUT = frozenset({"models", "vectors", "index", "lexicon", "updates", "trial", ATTACHED})
_DATABASES = (".sqlite", ".sqlite3", ".db")
# A generation that is copied may be removed meanwhile, when two new ones are switched to.
_ATTEMPTS = 3


def back_up(settings: Settings, target: Path) -> dict[str, object]:
    """Copy the state of a shop into a new folder, and return its description.

    Raises
    ------
    UnusableInput
        The folder is not empty, lies within SHANGSOU_HOME, or the engine is Elasticsearch.
    NoIndex
        There is no index.
    DamagedIndex
        A file of the generation is not as it was written.
    IndexingFailed
        The index was replaced again and again meanwhile.
    CopyFailed
        A database is damaged, or the disk is full.
    """
    if settings.engine == "elastic":
        raise UnusableInput(
            "products, changes and events are in Elasticsearch: use its snapshots, and copy SHANGSOU_HOME"
        )
    if target.exists() and any(target.iterdir()):
        raise UnusableInput(f"{target} is not empty; name a new folder")
    if target.absolute().is_relative_to(settings.home.absolute()):
        raise UnusableInput(f"{target} lies within SHANGSOU_HOME; name a folder outside of it")
    target.mkdir(parents=True, exist_ok=True)
    try:
        return _copy_home(settings, target)
    except BaseException:
        # Half of one would keep the next from being made there.
        for path in target.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise


def _copy_home(settings: Settings, target: Path) -> dict[str, object]:
    """Copy the state of a shop into an empty folder, and return its description."""
    name = _copy_generation(settings, target)
    for database in databases(settings.home):
        copy_database(database, target / database.relative_to(settings.home))
    for file in own_files(settings.home):
        _copy(file, target / file.relative_to(settings.home))
    for model in list_models(settings.home):
        if isinstance(model, RegisteredModel):
            copy_model(model, target)
    description: dict[str, object] = {
        "format": FORMAT,
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "generation": name,
    }
    # Last: a folder without it is no backup.
    (target / DESCRIPTION).write_text(json.dumps(description, indent=1), "utf-8")
    for path in (*target.rglob("*"), target):
        sync(path)
    return description


def databases(home: Path) -> Iterator[Path]:
    """Yield the databases of a home or a backup but those of changes and cached vectors."""
    return (path for path in _files(home) if path.suffix in _DATABASES)


def own_files(home: Path) -> Iterator[Path]:
    """Yield the other files of a home or a backup that cannot be had again."""
    return (path for path in _files(home) if not _is_of_database(path) and path.name != DESCRIPTION)


def copy_database(source: Path, target: Path) -> None:
    """Copy a SQLite file into another, as it is at one moment, even while both are open elsewhere.

    Raises `CopyFailed`.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target)) as written:
            read.backup(written)
    except sqlite3.Error as problem:
        # The target may be the damaged one, where a backup is brought back over it.
        words = sqlite_problem(problem, "move the damaged one of the two away, and try again")
        raise CopyFailed(f"{source} was not copied to {target}: {words}") from problem


def _copy_generation(settings: Settings, target: Path) -> str:
    """Copy the generation that serves, its lexicon and the changes since, and return its name."""
    store, journal, lexicons = open_store(settings), open_journal(settings), LexiconStore(settings)
    for _ in range(_ATTEMPTS):
        generation = current_generation(store)
        if generation is None:
            raise NoIndex('there is no index to back up; run "shangsou index FILE"')
        for folder in ("index", "lexicon", "updates"):
            shutil.rmtree(target / folder, ignore_errors=True)
        name = generation.name
        try:
            copy_files(settings.home / "index" / name, target / "index" / name)
            if lexicons.folder(generation).exists():
                copied = target / lexicons.folder(generation).relative_to(settings.home)
                copy_files(lexicons.folder(generation), copied)
            for file in lexicons.query_files():
                _copy(file, target / file.relative_to(settings.home))
            copied = target / journal_path(settings.home).relative_to(settings.home)
            copied.parent.mkdir()
            journal.backup(copied)
        except FileNotFoundError:
            continue
        # As long as it is kept, so are the changes since.
        if any(kept.name == name for kept in store.generations()):
            damage = find_damage(target / "index" / name, fully=True)
            if damage:
                raise DamagedIndex(name, str(settings.home / "index"), damage)
            (target / "index" / "CURRENT").write_text(f"{name}\n", "utf-8")
            return name
    raise IndexingFailed("the index was replaced again and again while it was copied; back up again later")


def _files(home: Path) -> Iterator[Path]:
    for path in sorted(home.rglob("*")):
        top = path.relative_to(home).parts[0]
        if path.is_file() and not path.is_symlink() and top not in _LEFT_OUT:
            yield path


def _is_of_database(path: Path) -> bool:
    """Return whether a file is a database, or stands beside one while it is open."""
    return any(path.name.endswith((end, f"{end}-wal", f"{end}-shm", f"{end}-journal")) for end in _DATABASES)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)
