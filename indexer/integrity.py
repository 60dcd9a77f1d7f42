"""Compare all that SHANGSOU_HOME holds of an index with what was written into it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

from indexer.backup import databases
from shangsou.atomic_files import is_sqlite_damage, sqlite_problem
from shangsou.encoding.model_folder import ModelFolder
from shangsou.encoding.weights import DEFAULT_FOLDER, models_folder
from shangsou.engines.embedded.store import EmbeddedStore
from shangsou.engines.stores import open_store
from shangsou.errors import RecipeMismatch
from shangsou.lexicon.lexicon_store import LexiconStore
from shangsou.settings import Settings
from shangsou.updates.journals import journal_path

_RESTORE = "restore it from a backup, or move it away"


class Checked(NamedTuple):
    """A part that was compared, and what of it is damaged."""

    part: str
    damage: str
    """In words; empty where it is whole."""
    advice: str
    """What to do about damage."""
    unchecked: str = ""
    """Why nothing is known of it, such as a lock that another process holds; empty where it was compared."""


def check_integrity(settings: Settings) -> Iterator[Checked]:
    """Yield each part when it has been read: generations, lexicons, databases, weights.

    A damaged generation is searched no more. With Elasticsearch its products are not looked at: it has
    checksums of its own.
    """
    store = open_store(settings)
    if isinstance(store, EmbeddedStore):
        yield from _check_generations(store)
    lexicons = LexiconStore(settings)
    for generation in store.generations():
        if lexicons.folder(generation).exists():
            damage = lexicons.verify(generation)
            if not damage or lexicons.folder(generation).exists():
                advice = 'searches go on without it; run "shangsou index FILE"'
                yield Checked(f"lexicon of {generation.name}", damage, advice)
    advice = 'suggestions go on without them; run "shangsou queries import FILE"'
    names_queries = lexicons.verify_current_queries()
    if names_queries is not None:
        yield Checked("lexicon/QUERIES", names_queries, advice)
    name = lexicons.current_queries()
    if name:
        damage = lexicons.verify_queries()
        # Those that are replaced meanwhile are removed while they are read.
        if damage and lexicons.current_queries() != name:
            damage = lexicons.verify_queries()
        yield Checked("known queries", damage, advice)
    journal = journal_path(settings.home)
    for database in sorted([*databases(settings.home), *([journal] if journal.exists() else [])]):
        name = str(database.relative_to(settings.home))
        yield _check_database(name, database)
    for folder in sorted(path for path in models_folder(settings).glob("*") if path.is_dir()):
        is_default = folder.name == DEFAULT_FOLDER
        advice = 'run "shangsou model fetch"' if is_default else "copy its folder again, or train it again"
        yield Checked(f"weights of {folder.name}", ModelFolder(folder).find_damage(), advice)


def _check_generations(store: EmbeddedStore) -> Iterator[Checked]:
    for name in store.names():
        with suppress(RecipeMismatch):  # of another version, which had no checksums
            damage = store.verify(name)
            if damage and name not in store.names():
                # An index that was built meanwhile has removed it.
                continue
            if store.is_marked(name):
                consequence = "it is not searched any more"
            else:
                # The disk is read-only or full, or nobody knows yet whether it is damaged.
                consequence = "it could not be marked, so that a server may search it on"
            yield Checked(name, damage, f'{consequence}; restore its files, or run "shangsou index FILE"')
    names_current = store.verify_current()
    if names_current is not None:
        advice = 'the newest generation is searched; run "shangsou rollback --to gen-N", or index again'
        yield Checked("index/CURRENT", names_current, advice)


def _check_database(name: str, path: Path) -> Checked:
    damage = unchecked = ""
    try:
        with closing(sqlite3.connect(path)) as connection:
            (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
        damage = "" if found == "ok" else str(found)
    except sqlite3.Error as problem:
        # One that is locked, or belongs to somebody else, must not be moved away.
        if is_sqlite_damage(problem):
            damage = str(problem)
        else:
            unchecked = sqlite_problem(problem, _RESTORE)
    return Checked(name, damage, _RESTORE, unchecked)
