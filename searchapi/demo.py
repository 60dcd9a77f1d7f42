"""The sample shop for `shangsou demo`, indexed where there is no index yet."""

import hashlib
import json
import sys
from collections.abc import Sequence

import click
from tqdm import tqdm

from indexer.build import index_products
from indexer.encoder import open_index_encoder
from searchapi.serving.weights import fetch_missing_weights
from shangsou.encoding.registry import is_name_of
from shangsou.encoding.weights import find_weights
from shangsou.engines.embedded.store import EmbeddedStore
from shangsou.engines.engine import Generation
from shangsou.engines.generations import current_generation
from shangsou.engines.recipe import ANALYSER_VERSION
from shangsou.engines.stores import open_store
from shangsou.errors import UnusableInput
from shangsou.lexicon.dictionary_completion import complete_dictionary
from shangsou.lexicon.dictionary_file import describe_changed_dictionary, read_dictionary
from shangsou.lexicon.fact_tables import read_fact_table
from shangsou.lexicon.lexicon_store import LexiconStore
from shangsou.product import Product, product_to_json
from shangsou.sample.shop import sample_products
from shangsou.sample.source import SAMPLE_SOURCE, is_sample_shop
from shangsou.search.ranking.recipe import needs_reindex, read_ranking
from shangsou.settings import DEFAULT_MODEL, Settings
from shangsou.updates.journals import open_journal


def prepare_sample_shop(settings: Settings) -> None:
    """Index the sample shop, unless the index already holds it as it would be built now.

    Raises `UnusableInput` if the index holds other products: they are never replaced.
    """
    store = open_store(settings)
    current = current_generation(store)
    if current is not None and not is_sample_shop(current.source):
        raise UnusableInput(
            f"the index holds {current.documents:,} products of {current.source}, which the demo does not "
            'replace: run "shangsou serve" to serve them, or set SHANGSOU_HOME to another folder '
            "(with Elasticsearch, SHANGSOU_ELASTIC_INDEX to another name)"
        )
    fact_table, entries = read_fact_table(settings.home), read_dictionary(settings.home)
    products = sample_products()
    source = f"{SAMPLE_SOURCE} {_digest(products)}"
    if current is not None and _is_up_to_date(current, source, settings):
        fetch_missing_weights(settings)
        return
    click.echo(f"indexing the sample shop: {len(products):,} products", err=True)
    dictionary, _ = complete_dictionary(entries)
    encoder = open_index_encoder(settings, store)
    with tqdm(total=len(products), unit=" products", disable=not sys.stderr.isatty()) as bar:
        index_products(
            products,
            store=store,
            encoder=encoder,
            source=source,
            lexicons=LexiconStore(settings),
            ranking=read_ranking(settings.home),
            fact_table=fact_table,
            dictionary=dictionary,
            journal=open_journal(settings),
            progress=lambda written: bar.update(written - bar.n),
        )


def _is_up_to_date(current: Generation, source: str, settings: Settings) -> bool:
    recipe = current.recipe
    if (current.source, recipe.analyser) != (source, ANALYSER_VERSION):
        return False
    if needs_reindex(read_ranking(settings.home), recipe):
        return False
    if describe_changed_dictionary(settings.home, current):
        return False
    lexicons = LexiconStore(settings)
    if _is_damaged(current, settings) or not lexicons.fetch(current) or lexicons.changed_facts(current):
        return False
    if settings.model is not None and not is_name_of(settings.home, settings.model, recipe.model):
        return False
    weights = find_weights(settings)
    return recipe.model != DEFAULT_MODEL or weights is None or weights.model_hash == recipe.model_hash


def _is_damaged(current: Generation, settings: Settings) -> bool:
    store = open_store(settings)
    damage = store.verify(current.name) if isinstance(store, EmbeddedStore) else ""
    return bool(damage or LexiconStore(settings).verify(current))


def _digest(products: Sequence[Product]) -> str:
    payload = json.dumps([product_to_json(product) for product in products], sort_keys=True)
    return hashlib.sha256(payload.encode()).hexdigest()[:8]
