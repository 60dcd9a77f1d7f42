"""Build a generation of the products that are searched already."""

from collections.abc import Callable, Iterable

from indexer.build import index_products
from shangsou.encoding.encoder import Encoder
from shangsou.engines.engine import Generation, GenerationStore, LiveEngine
from shangsou.lexicon.fact_tables import read_fact_table
from shangsou.lexicon.lexicon_store import LexiconStore
from shangsou.product import Product
from shangsou.search.ranking.recipe import read_ranking
from shangsou.settings import Settings
from shangsou.text.dictionary import Dictionary
from shangsou.updates.journal import ChangeJournal


def index_live_products(  # noqa: PLR0913 - what is built, of what, and whether it serves
    settings: Settings,
    engine: LiveEngine,
    products: Iterable[Product],
    encoder: Encoder,
    *,
    store: GenerationStore,
    journal: ChangeJournal,
    gate: Callable[[Generation], None] | None = None,
    switches: bool = True,
) -> Generation:
    """Build a generation of the products of an engine, with its changes, and return it.

    Its dictionary is that of the engine's generation: another one counts from the next index on.

    Parameters
    ----------
    engine
        Of the live index.
    products
        Its own, as they are now.
    gate, switches
        As of `index_products`, which says what is raised.
    """
    generation = engine.generation
    return index_products(
        products,
        store=store,
        encoder=encoder,
        source=generation.source,
        lexicons=LexiconStore(settings),
        ranking=read_ranking(settings.home),
        fact_table=read_fact_table(settings.home),
        dictionary=Dictionary(generation.recipe.dictionary, generation.recipe.dictionary_hash),
        journal=journal,
        merged=engine,
        gate=gate,
        allow_fewer=True,
        switches=switches,
    )
