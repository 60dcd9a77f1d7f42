"""Write the changes since a generation was built into a new one."""

from indexer.build import index_products
from indexer.encoder import open_index_encoder
from indexer.older_generation import open_older_generation
from indexer.rebuild import index_live_products
from shangsou.encoding.registry import is_name_of, require_model
from shangsou.engines.embedded.engine import EmbeddedEngine
from shangsou.engines.engine import Generation, GenerationStore
from shangsou.engines.stores import open_store
from shangsou.errors import RecipeMismatch
from shangsou.lexicon.dictionary_completion import complete_dictionary
from shangsou.lexicon.dictionary_file import read_dictionary
from shangsou.lexicon.fact_tables import read_fact_table
from shangsou.lexicon.lexicon_store import LexiconStore
from shangsou.search.ranking.recipe import read_ranking
from shangsou.search.service.live_index import LiveIndex
from shangsou.settings import Settings
from shangsou.updates.journal import ChangeJournal
from shangsou.updates.journals import open_journal


def merge_changes(settings: Settings) -> Generation | None:
    """Build a generation of the products as they are now, and return it; None where nothing changed.

    It is learned from them as from a catalog; a rollback goes to the generation before the merged one.
    Changes that come meanwhile lie over it. Elasticsearch merges by itself. A generation that another version
    built is rebuilt from its products, though nothing changed.

    Raises
    ------
    NoIndex, RecipeMismatch
        There is no generation, or none that this version can read.
    DamagedIndex
        The current generation is damaged, and the one before serves.
    IndexBusy, IndexingFailed
        As `index_products`.
    """
    store, journal = open_store(settings), open_journal(settings)
    index = LiveIndex(settings, store, journal, for_searches=False)
    try:
        index.follow()
    except RecipeMismatch:
        return _rebuild(settings, store, journal)
    engine = index.require().engine
    if engine.generation.name != store.current():
        # What serves takes the place of a damaged one: merged, that one would be given up for good.
        store.open()
    if not isinstance(engine, EmbeddedEngine) or engine.sequence == engine.generation.sequence:
        return None
    encoder = open_index_encoder(settings, store)
    return index_live_products(
        settings, engine, engine.iter_products(), encoder, store=store, journal=journal
    )


def _rebuild(settings: Settings, store: GenerationStore, journal: ChangeJournal) -> Generation:
    """Build a generation of the products of the current one, which this version cannot search."""
    older = open_older_generation(settings, str(store.current()))
    if older.is_trained and is_name_of(settings.home, settings.model or older.model, older.model):
        # Where it is gone its name is none of a hub.
        require_model(settings.home, older.model)
    return index_products(
        older.products(journal),
        store=store,
        encoder=open_index_encoder(_with_model(settings, older.model), store),
        source=older.source,
        lexicons=LexiconStore(settings),
        ranking=read_ranking(settings.home),
        fact_table=read_fact_table(settings.home),
        dictionary=complete_dictionary(read_dictionary(settings.home))[0],
        journal=journal,
    )


def _with_model(settings: Settings, model: str) -> Settings:
    """Return settings that name the model of a generation, unless they name one."""
    return settings.model_copy(update={"model": settings.model or model or None})
