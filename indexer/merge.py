"""Write the changes since a generation was built into a new one."""

from indexer.build import index_products
from indexer.encoder import open_index_encoder
from shangsou.engines.embedded.engine import EmbeddedEngine
from shangsou.engines.engine import Generation
from shangsou.engines.stores import open_store
from shangsou.lexicon.fact_tables import read_fact_table
from shangsou.lexicon.lexicon_store import LexiconStore
from shangsou.search.ranking.recipe import read_ranking
from shangsou.search.service.live_index import LiveIndex
from shangsou.settings import Settings
from shangsou.text.dictionary import Dictionary
from shangsou.updates.journals import open_journal


def merge_changes(settings: Settings) -> Generation | None:
    """Build a generation of the products as they are now, and return it; None where nothing changed.

    It is learned from them as from a catalog; a rollback goes to the generation before the merged one.
    Changes that come meanwhile lie over it. Elasticsearch merges by itself.

    Raises
    ------
    NoIndex, RecipeMismatch
        There is no generation, or none that this version can read.
    IndexBusy, IndexingFailed
        As `index_products`.
    """
    store, journal = open_store(settings), open_journal(settings)
    index = LiveIndex(settings, store, journal, for_searches=False)
    index.follow()
    engine = index.require().engine
    if not isinstance(engine, EmbeddedEngine) or engine.sequence == engine.generation.sequence:
        return None
    recipe = engine.generation.recipe
    return index_products(
        engine.iter_products(),
        store=store,
        encoder=open_index_encoder(settings, store),
        source=engine.generation.source,
        lexicons=LexiconStore(settings),
        ranking=read_ranking(settings.home),
        fact_table=read_fact_table(settings.home),
        dictionary=Dictionary(recipe.dictionary, recipe.dictionary_hash),
        journal=journal,
        merged=engine,
        allow_fewer=True,
    )
