"""Bring back the state of a shop from a backup, also under a server that serves."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from indexer.backup import DESCRIPTION, FORMAT, copy_database, databases, own_files
from shangsou.atomic_files import atomic_replace
from shangsou.encoding.erasures import LAST as LAST_ERASURE
from shangsou.encoding.erasures import keep_later_erasure
from shangsou.encoding.registry import RegisteredModel, copy_model, list_models, model_folder
from shangsou.engines.embedded.store import EmbeddedStore
from shangsou.engines.engine import Generation
from shangsou.errors import UnusableInput
from shangsou.lexicon.lexicon_store import LexiconStore
from shangsou.settings import Settings
from shangsou.updates.journals import open_journal


def restore(settings: Settings, source: Path) -> Generation:
    """Bring back a backup, and return the generation that serves then.

    Products are brought back as a new generation: a server switches to it within 2 seconds, and
    `shangsou rollback` goes back to what served before. Events and the shop's own files take the place of
    those that there are; files that the backup does not hold stay.

    Raises
    ------
    UnusableInput
        The folder is no backup, or one of another version, the engine is Elasticsearch, or a generation
        here needs a model that the backup has another one of the same name of.
    IndexBusy
        An indexer is at work.
    CopyFailed
        A database is damaged, or the disk is full. The products are brought back already.
    """
    if settings.engine == "elastic":
        raise UnusableInput("the engine is Elasticsearch: restore a snapshot there, and copy SHANGSOU_HOME")
    name = _read_description(source)
    store, backed_up = EmbeddedStore(settings.home / "index"), EmbeddedStore(source / "index")
    saved = next((generation for generation in backed_up.generations() if generation.name == name), None)
    if saved is None:
        raise UnusableInput(f"{source}: {name} is missing, or was built by another version of shangsou")
    store.check_writable()
    models = [model for model in list_models(source) if isinstance(model, RegisteredModel)]
    _refuse_needed_models(settings.home, models, store.generations())
    there = settings.model_copy(update={"home": source})
    of_backup = open_journal(there)
    changes = [change.operation for change in of_backup.after(saved.sequence)]
    of_backup.close()
    # Before the generation, whose queries they encode.
    for model in models:
        copy_model(model, settings.home)
    journal, lexicons = open_journal(settings), LexiconStore(settings)
    with store.lock(), journal.writing() as writer:
        # What changed here since is of the state that is replaced: the changes of the backup come behind it.
        generation = store.adopt(source / "index" / name, sequence=journal.last_sequence())
        try:
            lexicons.adopt(LexiconStore(there).folder(saved), generation)
            writer.append(changes, generation.sequence)
            store.switch(generation.name)
        except BaseException:
            # It would stay as one to go back to, without its lexicon or its changes.
            if store.current() != generation.name:
                shutil.rmtree(lexicons.folder(generation), ignore_errors=True)
                store.remove(generation.name)
            raise
    journal.close()
    for database in databases(source):
        copy_database(database, settings.home / database.relative_to(source))
    for file in (*own_files(source), *LexiconStore(there).query_files()):
        if file != source / LAST_ERASURE:
            _replace(file, settings.home / file.relative_to(source))
    # Who was erased since the backup was made stays erased from what is trained on events.
    keep_later_erasure(settings.home, source)
    return generation


def _refuse_needed_models(
    home: Path, models: Sequence[RegisteredModel], generations: Sequence[Generation]
) -> None:
    """Raise `UnusableInput` where a model would be replaced that a generation of this home needs."""
    for model in models:
        there = model_folder(home, model.name)
        if there.model_hash in ("", model.model_hash):
            continue
        needing = [
            one.name
            for one in generations
            if (one.recipe.model, one.recipe.model_hash) == (model.name, there.model_hash)
        ]
        if needing:
            raise UnusableInput(
                f"the backup holds another model {model.name} ({model.model_hash}) than {there.path} "
                f"({there.model_hash}), which {', '.join(sorted(needing))} searches by: restore it into "
                "another SHANGSOU_HOME, or move that folder away, and a rollback there finds by words alone; "
                "nothing was changed"
            )


def _read_description(source: Path) -> str:
    try:
        description = json.loads((source / DESCRIPTION).read_text("utf-8"))
        if description["format"] != FORMAT:
            raise UnusableInput(f"{source} was made by another version of shangsou; use that one")
        return str(description["generation"])
    except (OSError, ValueError, KeyError, TypeError):
        raise UnusableInput(f"{source} is no backup: it has no {DESCRIPTION} that can be read") from None


def _replace(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.restored")
    shutil.copy2(source, temporary)
    atomic_replace(temporary, target)
