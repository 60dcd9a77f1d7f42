"""Switch the encoder: a generation of the same products is built with another model, and then serves.

The model that searches encode by is the one that the generation was built with. So both are switched
together, and a rollback takes both back.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace

from indexer.encoder import open_index_encoder
from indexer.older_generation import open_older_generation
from indexer.rebuild import index_live_products
from shangsou.encoding.registry import (
    RegisteredModel,
    find_model,
    is_name_of,
    list_models,
    mark_if_erased_before,
    require_model,
)
from shangsou.encoding.weights import DEFAULT_FOLDER, fetch_weights, find_weights
from shangsou.engines.embedded.engine import EmbeddedEngine
from shangsou.engines.engine import Generation, GenerationStore, LiveEngine
from shangsou.engines.generations import current_generation
from shangsou.engines.recipe import IndexRecipe
from shangsou.engines.stores import open_store
from shangsou.errors import IndexBusy, IndexingFailed, NoIndex, UnusableInput, WeightsUnavailable
from shangsou.lexicon.lexicon_store import LexiconStore
from shangsou.product import Product
from shangsou.search.service.live_index import LiveIndex
from shangsou.settings import DEFAULT_MODEL, Settings
from shangsou.updates.journal import ChangeJournal
from shangsou.updates.journals import open_journal


@dataclass(frozen=True, slots=True)
class ModelSwitch:
    """A model that serves now."""

    model: str
    model_hash: str
    generation: Generation
    before: Generation
    """What served before; the same generation where the model served already."""
    built: bool
    """Whether the generation was built for it, rather than lying there already."""


def check_setting(settings: Settings, model: str) -> None:
    """Raise `UnusableInput` where SHANGSOU_MODEL names another model than one that is to serve."""
    if settings.model is not None and not is_name_of(settings.home, settings.model, model):
        raise UnusableInput(
            f"SHANGSOU_MODEL is {settings.model} and wins over the model of an index: every process that has "
            f"it refuses one built with {model}. Unset it, for the server too, and restart that; nothing was "
            "changed"
        )


def use_model(settings: Settings, name: str) -> ModelSwitch:
    """Make a model and a generation of the current products that was built with it serve together.

    One that was built beside the current one is taken (`build_with_model`); else one is built now, while the
    current one serves. Changes of products that came meanwhile lie over it.

    Raises
    ------
    UnusableInput
        There is no such model, or SHANGSOU_MODEL names another one.
    NoIndex
        There are no products yet.
    WeightsUnavailable
        The model is incomplete, or the default one cannot be fetched.
    IndexBusy, IndexingFailed
        As `index_products`; what served before serves on.
    """
    trained = find_usable(settings, name)
    model = trained.name if trained else DEFAULT_MODEL
    check_setting(settings, model)
    model_hash = (
        trained.model_hash if trained else (find_weights(settings) or fetch_weights(settings)).model_hash
    )
    store = open_store(settings)
    before = current_generation(store)
    if before is None:
        raise NoIndex(f'there is no index yet; run "SHANGSOU_MODEL={model} shangsou index FILE"')
    if before.recipe.model_hash == model_hash:
        return ModelSwitch(model, model_hash, before, before, built=False)
    if beside := _switch_to_beside(settings, store, before, model_hash):
        return ModelSwitch(model, model_hash, beside, before, built=False)
    generation = build_with_model(settings, model)
    return ModelSwitch(model, model_hash, replace(generation, current=True), before, built=True)


def use_beside(settings: Settings, beside: Generation) -> None:
    """Let a generation serve that was built beside the current one, as `build_with_model` builds it.

    Raises `IndexBusy` where the current one is not that which it was built beside any more.
    """
    store = open_store(settings)
    with store.lock():
        before = current_generation(store)
        found = before and find_beside(settings, store, before, beside.recipe.model_hash)
        if found is None or found.name != beside.name:
            raise IndexBusy(
                f"the index was switched since {beside.name} was built beside it, so that this one does not "
                "serve: run the same command again"
            )
        # One that cannot be opened would not serve.
        store.open(beside.name).close()
        store.switch(beside.name)


def build_with_model(settings: Settings, model: str, *, serves: bool = True) -> Generation:
    """Build a generation of the products as they are now with a model, and return it.

    Without `serves` it lies beside the current one. Changes that come later lie over it, as over any other.

    Raises
    ------
    NoIndex, RecipeMismatch, DamagedIndex, EngineUnavailable
        The products cannot be read.
    WeightsUnavailable, IndexBusy, IndexingFailed
        As `index_products`; what serves is not touched.
    """
    store = open_store(settings)
    # The products are opened as they were built, whatever encodes them next.
    as_built = settings.model_copy(update={"model": None})
    with closing(open_journal(settings)) as journal:
        index = LiveIndex(as_built, store, journal, for_searches=False)
        index.follow()
        engine = index.require().engine
        if engine.generation.name != store.current():
            # The current one is damaged, and what it holds must not be given up unnoticed.
            store.open()
        try:
            return index_live_products(
                settings,
                engine,
                _products(settings, engine, journal),
                open_index_encoder(settings.model_copy(update={"model": model}), store),
                store=store,
                journal=journal,
                gate=lambda _: _check_still_current(store, engine.generation),
                switches=serves,
            )
        finally:
            index.close()


def describe_missing_model(settings: Settings, recipe: IndexRecipe) -> str:
    """Return why queries cannot be encoded by the model of a recipe; empty where they can.

    Cheap: sizes and hashes on record are compared. A model of sentence-transformers is not looked for.
    """
    if recipe.model == DEFAULT_MODEL:
        weights = find_weights(settings)
        if weights is None:
            return f'{DEFAULT_MODEL} is not fetched; run "shangsou model fetch"'
        model_hash = weights.model_hash
    elif recipe.is_trained:
        try:
            model_hash = require_model(settings.home, recipe.model).model_hash
        except WeightsUnavailable as problem:
            return str(problem)
    else:
        return ""
    if model_hash == recipe.model_hash:
        return ""
    return f"{recipe.model} is another model here ({model_hash}) than it was built with ({recipe.model_hash})"


def find_usable(settings: Settings, name: str) -> RegisteredModel | None:
    """Return the trained model of a name; None for the default one.

    One whose folder was copied here by hand is marked where a shopper was erased after its events.

    Raises `UnusableInput` that names those that there are, and `WeightsUnavailable` for an incomplete one.
    """
    if name in (DEFAULT_MODEL, DEFAULT_FOLDER):
        return None
    model = find_model(settings.home, name)
    if model is None:
        names = [one.name for one in list_models(settings.home) if isinstance(one, RegisteredModel)]
        raise UnusableInput(f"there is no model {name}; there are {', '.join([DEFAULT_MODEL, *names])}")
    mark_if_erased_before(settings.home, model)
    return model


def find_beside(
    settings: Settings, store: GenerationStore, before: Generation, model_hash: str
) -> Generation | None:
    """Return the newest generation that was built beside the current one with a model; None without one.

    Of no other are the products those of the current one, nor does a rollback lead back to it.
    """
    beside = next(
        (
            one
            for one in store.generations()
            if one.recipe.model_hash == model_hash
            and one.merges == one.replaces == before.name == store.current()
        ),
        None,
    )
    # Without its lexicon it was never verified: whoever built it was killed before that.
    return beside if beside is not None and LexiconStore(settings).fetch(beside) else None


def _switch_to_beside(
    settings: Settings, store: GenerationStore, before: Generation, model_hash: str
) -> Generation | None:
    """Switch to the generation that was built beside the current one with a model, if there is one."""
    with store.lock():
        beside = find_beside(settings, store, before, model_hash)
        if beside is not None:
            # One that cannot be opened would not serve.
            store.open(beside.name).close()
            store.switch(beside.name)
    return beside and replace(beside, current=True)


def _check_still_current(store: GenerationStore, source: Generation) -> None:
    """Raise `IndexingFailed` where another index was built between reading its products and the lock."""
    current = store.current()
    if current != source.name:
        raise IndexingFailed(
            f"{current} took the place of {source.name}, whose products these are; run it again"
        )


def _products(settings: Settings, engine: LiveEngine, journal: ChangeJournal) -> Iterator[Product]:
    if isinstance(engine, EmbeddedEngine):
        return engine.iter_products()
    return open_older_generation(settings, engine.generation.name).products(journal)
