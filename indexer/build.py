"""Build a new generation: encode, write, verify, switch. Until the switch the current one keeps serving."""

import errno
import gc
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np

from indexer.verify import Sample, verify
from shangsou.atomic_files import is_disk_full
from shangsou.background import BackgroundWorker
from shangsou.encoding.encoder import Encoder
from shangsou.encoding.product_texts import description_text, title_text
from shangsou.engines.engine import Document, Engine, Generation, GenerationStore
from shangsou.engines.generations import current_generation, find_superseded_beside, would_lose_most
from shangsou.engines.product_terms import ProductTerms
from shangsou.engines.recipe import IndexRecipe
from shangsou.errors import EngineUnavailable, IndexingFailed, ShangsouError
from shangsou.lexicon.amount_values import AmountValues
from shangsou.lexicon.catalog_learner import (
    TITLE_VECTORS,
    CatalogLearner,
    TypeSummary,
    take_assigned_facts,
    take_assigned_types,
)
from shangsou.lexicon.category_training import CategoryLearner
from shangsou.lexicon.lexicon_store import LexiconStore
from shangsou.product import Product
from shangsou.search.ranking.recipe import RankingRecipe, default_ranking
from shangsou.text.dictionary import NO_DICTIONARY, Dictionary
from shangsou.text.facts import FactTable, load_facts
from shangsou.updates.journal import ChangeJournal

# Products held in memory at a time. Enough for the encoder to sort texts by length into even batches of 32,
# and about 10 MB with their vectors.
BATCH_SIZE = 1_024
_DISK_FULL_CAUSE = "the disk is full; free some space, or set SHANGSOU_HOME to another disk"
# numpy reports a short write without an error number.
_SHORT_WRITE = re.compile(r"\d+ requested and \d+ written")


def index_products(  # noqa: C901, PLR0913 - each a part of an index
    products: Iterable[Product],
    *,
    store: GenerationStore,
    encoder: Encoder,
    source: str,
    lexicons: LexiconStore | None = None,
    ranking: RankingRecipe | None = None,
    fact_table: FactTable | None = None,
    dictionary: Dictionary = NO_DICTIONARY,
    journal: ChangeJournal | None = None,
    merged: Engine | None = None,
    gate: Callable[[Generation], None] | None = None,
    allow_fewer: bool = False,
    switches: bool = True,
    progress: Callable[[int], None] | None = None,
    on_types: Callable[[TypeSummary], None] | None = None,
) -> Generation:
    """Build a generation of the products, verify it, make it current unless told not to, and return it.

    Parameters
    ----------
    products
        With distinct ids, in catalog order; consumed once, a batch at a time. An error in it stops the
        build.
    store
        The store to write the generation to.
    encoder
        Preferably one that caches (`indexer.encoder.open_index_encoder`).
    source
        The source of the products, for people.
    lexicons
        The store of the catalog's lexicon. None: no lexicon is built, so nothing is suggested or corrected.
    ranking
        The recipe whose `k1` and `b` the index is built with. None: the default one.
    fact_table
        What the texts of products are read by; kept with the lexicon, for queries. None: the packaged one.
    dictionary
        The shop's own words, by which texts are segmented; kept with the index, for queries.
    journal
        The changes since other generations: those that come from now on lie over the new one. None: none.
    merged
        The engine that the products are those of, with the changes that it holds; None: they come from a
        catalog.
    gate
        Called with the generation before it serves; what it raises keeps the old one.
    allow_fewer
        Whether there may be fewer than half as many products as in the current generation.
    switches
        Whether it becomes current. Otherwise it lies beside the current one, to be measured or used later; of
        each model the newest of these is kept.
    progress
        Called after each batch with the number of products written so far.
    on_types
        Called with how many products have no product type, or an unsure one.

    Raises
    ------
    IndexingFailed
        There is no product, there are far fewer than in the current generation, the disk is full, or a
        check failed. As with every other error, the current generation stays current.
    IndexBusy
        Another indexer holds the lock.
    """
    recipe = _make_recipe(encoder, ranking or default_ranking(), dictionary)
    sample = Sample()
    table = fact_table or load_facts()
    categories, amounts = CategoryLearner(recipe.segmenter), AmountValues(table)
    written = 0
    sequence = merged.sequence if merged else journal.last_sequence() if journal else 0
    merges = merged.generation.name if merged else ""
    with (
        _keep_current_on_failure(store),
        _without_garbage_collection(),
        store.writer(recipe, source, sequence=sequence, merges=merges) as writer,
        lexicons.begin() if lexicons else nullcontext() as lexicon,
        BackgroundWorker(partial(CatalogLearner, table, recipe.segmenter)) as learner,
    ):
        for batch in _batches(products):
            documents = _encode_documents(batch, encoder)
            writer.add(documents)
            sample.add(documents)
            if lexicon:
                learner.submit(CatalogLearner.add, batch)
                categories.add(batch)
                amounts.add(batch)
                _append_vectors(lexicon / TITLE_VECTORS, documents)
            written += len(documents)
            if progress:
                progress(written)
        if written == 0:
            raise IndexingFailed(f"{source}: there is no product to index")
        if not allow_fewer:
            refuse_fewer(written, store)
        types: Sequence[Sequence[str]] = ()
        facts: ProductTerms | None = None
        if lexicon:
            learner.submit(CatalogLearner.assign, lexicon, recipe.dimensions, recipe.cosines)
            # While the types are learned, this process does what needs none.
            writer.write_documents()
            categories.write(lexicon)
            amounts.write(lexicon)
            # The titles of a large catalog are not needed while it is checked.
            del categories, amounts
            learner.join()
            types, summary = take_assigned_types(lexicon)
            facts = take_assigned_facts(lexicon)
            learner.submit(CatalogLearner.write, lexicon)
            if on_types:
                on_types(summary)
        generation = writer.finish(types, facts)
        verify(store, generation, written, sample)
        if lexicons and lexicon:
            learner.join()
            lexicons.complete(lexicon, generation, store.generations())
        if gate:
            gate(generation)
        _let_serve_or_lie(store, generation.name, switches=switches)
    if journal:
        journal.prune(min(other.sequence for other in store.generations()))
    return generation


def _let_serve_or_lie(store: GenerationStore, name: str, *, switches: bool) -> None:
    """Make a generation current, or let it lie beside the current one; remove those that it supersedes."""
    if switches:
        store.switch(name)
        return
    for superseded in find_superseded_beside(store.generations()):
        store.remove(superseded)


def _make_recipe(encoder: Encoder, ranking: RankingRecipe, dictionary: Dictionary) -> IndexRecipe:
    stamp = encoder.stamp
    return IndexRecipe(
        stamp.model,
        stamp.model_hash,
        stamp.dimensions,
        stamp.precision,
        k1=ranking.k1,
        b=ranking.b,
        dictionary=dictionary.words,
        dictionary_hash=dictionary.file_hash,
        cosine_offset=stamp.cosine_offset,
        cosine_factor=stamp.cosine_factor,
        is_trained=stamp.is_trained,
    )


def refuse_fewer(products: int, store: GenerationStore) -> None:
    """Raise `IndexingFailed` for fewer than half as many products as in the current generation.

    A truncated file is more likely than a shrunken shop. The sample shop may be replaced by any number.
    """
    serving = current_generation(store)
    if serving is not None and would_lose_most(serving, products):
        raise IndexingFailed(
            f"{products:,} products are fewer than half of the {serving.documents:,} of {serving.name} "
            f"({serving.source}); if that is intended, run it again with --allow-fewer"
        )


def _batches(products: Iterable[Product]) -> Iterator[list[Product]]:
    remaining = iter(products)
    while batch := list(islice(remaining, BATCH_SIZE)):
        yield batch


def _encode_documents(products: Sequence[Product], encoder: Encoder) -> list[Document]:
    title_vectors = encoder.encode([title_text(product) for product in products])
    descriptions = {row: text for row, product in enumerate(products) if (text := description_text(product))}
    description_vectors = dict(
        zip(descriptions, encoder.encode(list(descriptions.values())), strict=True) if descriptions else ()
    )
    return [
        Document(product, title_vector, description_vectors.get(row))
        for row, (product, title_vector) in enumerate(zip(products, title_vectors, strict=True))
    ]


def _append_vectors(path: Path, documents: Sequence[Document]) -> None:
    with path.open("ab") as vectors:
        vectors.write(np.stack([document.title_vector for document in documents], dtype=np.float32).data)


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Disable the garbage collector: a tenth of the time it would walk millions of terms without a cycle."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextmanager
def _keep_current_on_failure(store: GenerationStore) -> Iterator[None]:
    """Add to every error that nothing is lost; turn disk errors into `IndexingFailed`."""
    try:
        yield
    except OSError as problem:
        cause = (
            _DISK_FULL_CAUSE
            if is_disk_full(problem) or _SHORT_WRITE.fullmatch(str(problem))
            else f"writing failed: {problem}"
        )
        raise IndexingFailed(f"{cause}, and run it again; {_current_generation_note(store)}") from problem
    except RuntimeError as problem:
        # faiss tells a full disk in words alone.
        if os.strerror(errno.ENOSPC) not in str(problem):
            raise
        raise IndexingFailed(
            f"{_DISK_FULL_CAUSE}, and run it again; {_current_generation_note(store)}"
        ) from problem
    except (IndexingFailed, EngineUnavailable) as problem:
        raise type(problem)(f"{problem}; {_current_generation_note(store)}") from problem


def _current_generation_note(store: GenerationStore) -> str:
    try:
        current = store.current()
    except ShangsouError:
        return "the index is as it was"
    return f"{current} serves on" if current else "there is no index yet"
