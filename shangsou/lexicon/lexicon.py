"""The lexicon of a shop: what can be said in it, learned from its catalog and its known queries."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from shangsou.lexicon.amount_values import AmountValues, open_amount_values
from shangsou.lexicon.categories import CategoryModel, open_category_model
from shangsou.lexicon.confusions import Confusions, character_shapes
from shangsou.lexicon.fact_vocabulary import FactVocabulary, open_fact_vocabulary
from shangsou.lexicon.ngrams import Ngrams, write_ngrams
from shangsou.lexicon.phrases import CatalogPhrases, KnownQueries, Phrase
from shangsou.lexicon.pinyin import Sounds, character_sounds
from shangsou.lexicon.product_types import ProductTypes, open_product_types
from shangsou.lexicon.symmetric_delete import SymmetricDeleteIndex, write_symmetric_delete_index
from shangsou.lexicon.table import PhraseTable, write_table
from shangsou.text.entities import EntityDictionary
from shangsou.text.facts import FactTable, load_facts
from shangsou.text.segmenter import PACKAGED, Segmenter

_SOUNDS = "sounds.json"
_SHAPES = "shapes.json"
_POPULAR = "popular.json"
_HEADS = "heads.json"
_ENTITIES = "entities.json"
_SUGGESTIONS = "suggestions"
# A character seen less often is more likely a typo itself than intended.
_MIN_CHARACTER_COUNT = 3


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words, queries and language models of a shop, open for reading."""

    words: PhraseTable
    """Words and pairs of adjacent words in titles."""
    brands: PhraseTable
    categories: PhraseTable
    queries: PhraseTable | None
    """The known queries; None if there are none."""
    popular: tuple[str, ...]
    """The most popular queries."""
    sounds: Sounds
    sequences: tuple[Ngrams, ...]
    """The n-grams of titles and, if there are known queries, those of queries."""
    confusions: Confusions
    """The characters of the shop that are confused with one another."""
    entities: EntityDictionary = field(default_factory=dict)
    """The kinds of phrases: learned from the catalog, and product words also from known queries."""
    category_model: CategoryModel | None = None
    """None if the catalog has fewer than two categories."""
    product_types: ProductTypes | None = None
    """None if there was nothing to learn them from."""
    facts: FactVocabulary | None = None
    """What products state; None if it is not known."""
    amount_values: AmountValues | None = None
    """The spellings of amounts in attributes; None if they are not known."""
    query_neighbours: SymmetricDeleteIndex | None = None
    """An index of those of `queries` that are one edit away from a text."""
    segmenter: Segmenter = PACKAGED
    """What the titles were cut into words by."""
    rare_words: PhraseTable | None = None
    """Words that too few titles hold to be suggested."""
    suggestions: PhraseTable | None = None
    """Product words, alone and with a value or a brand; None where nothing was learned to be suggested."""


class KnownQueryFiles(NamedTuple):
    """The files of the known queries, open for reading."""

    phrases: PhraseTable
    popular: tuple[str, ...]
    head_nouns: list[str]
    sequences: Ngrams
    query_neighbours: SymmetricDeleteIndex


def fact_table_of(lexicon: Lexicon | None) -> FactTable:
    """Return the table of facts that the products of a lexicon were read by; without one the packaged."""
    facts = lexicon.facts if lexicon else None
    return facts.table if facts else load_facts()


def write_phrases(folder: Path, phrases: CatalogPhrases, segmenter: Segmenter) -> None:
    """Write a catalog's phrases, n-grams and confusable characters into a folder."""
    for name in ("words", "brands", "categories", "rare"):
        write_table(folder, name, getattr(phrases, name), segmenter)
    write_ngrams(folder, phrases.texts)
    sounds = character_sounds()
    for name, table in ((_SOUNDS, sounds), (_SHAPES, character_shapes(sounds))):
        (folder / name).write_text(json.dumps(table, ensure_ascii=False), "utf-8")


def write_suggestions(folder: Path, phrases: Sequence[Phrase], segmenter: Segmenter) -> None:
    """Write what a catalog suggests into a folder."""
    write_table(folder, _SUGGESTIONS, phrases, segmenter)


def write_entities(folder: Path, entities: EntityDictionary) -> None:
    """Write the kinds of entity phrases into a folder."""
    (folder / _ENTITIES).write_text(json.dumps(entities, ensure_ascii=False, sort_keys=True), "utf-8")


def write_known_queries(folder: Path, known: KnownQueries, segmenter: Segmenter) -> None:
    """Write the known queries into a folder."""
    ordered = write_table(folder, "queries", known.phrases, segmenter)
    write_symmetric_delete_index(
        folder, "queries", [phrase.normalized.replace(" ", "") for phrase in ordered]
    )
    write_ngrams(folder, known.texts)
    (folder / _POPULAR).write_text(json.dumps(known.popular, ensure_ascii=False), "utf-8")
    (folder / _HEADS).write_text(json.dumps(known.head_nouns, ensure_ascii=False), "utf-8")


def open_known_queries(folder: Path) -> KnownQueryFiles:
    """Return the known queries in a folder; raises `FileNotFoundError` where one is missing."""
    return KnownQueryFiles(
        PhraseTable(folder, "queries"),
        tuple(json.loads((folder / _POPULAR).read_text("utf-8"))),
        json.loads((folder / _HEADS).read_text("utf-8")),
        Ngrams(folder),
        SymmetricDeleteIndex(folder, "queries"),
    )


def open_lexicon(folder: Path, known: KnownQueryFiles | None, segmenter: Segmenter) -> Lexicon:
    """Return the lexicon in a folder with the known queries; raises `FileNotFoundError`."""
    sounds, shapes = (json.loads((folder / name).read_text("utf-8")) for name in (_SOUNDS, _SHAPES))
    catalog_entities = json.loads((folder / _ENTITIES).read_text("utf-8"))
    sequences = [Ngrams(folder)]
    words, brands, categories = (PhraseTable(folder, name) for name in ("words", "brands", "categories"))
    if known is not None:
        sequences.append(known.sequences)
    vocabulary = {char for ngrams in sequences for char in ngrams.characters(_MIN_CHARACTER_COUNT)}
    # Entities of the catalog take precedence over head nouns of queries.
    entities = dict.fromkeys(known.head_nouns if known else (), "product") | catalog_entities
    return Lexicon(
        words=words,
        brands=brands,
        categories=categories,
        queries=known.phrases if known else None,
        popular=known.popular if known else (),
        sounds=sounds,
        sequences=tuple(sequences),
        confusions=Confusions(vocabulary, sounds, shapes),
        entities=entities,
        category_model=open_category_model(folder),
        product_types=open_product_types(folder, segmenter),
        facts=open_fact_vocabulary(folder, segmenter),
        amount_values=open_amount_values(folder),
        query_neighbours=known.query_neighbours if known else None,
        segmenter=segmenter,
        rare_words=PhraseTable(folder, "rare"),
        suggestions=_open_suggestions(folder),
    )


def _open_suggestions(folder: Path) -> PhraseTable | None:
    """Return what a catalog suggests; None where a lexicon was written of phrases alone."""
    try:
        return PhraseTable(folder, _SUGGESTIONS)
    except FileNotFoundError:
        return None
