"""The lexicons of a shop: one for each generation's catalog, one for the known queries."""

import json
import logging
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from typing import NamedTuple

from shangsou.atomic_files import atomic_replace, sync
from shangsou.engines.engine import Generation
from shangsou.lexicon.amount_values import AmountValues, open_amount_values
from shangsou.lexicon.categories import CategoryModel, open_category_model
from shangsou.lexicon.confusions import Confusions, character_shapes
from shangsou.lexicon.fact_tables import describe_changed_facts, open_fact_table
from shangsou.lexicon.fact_vocabulary import FactVocabulary, open_fact_vocabulary
from shangsou.lexicon.ngrams import Ngrams, write_ngrams
from shangsou.lexicon.phrases import CatalogPhrases, KnownQueries, Phrase
from shangsou.lexicon.pinyin import Sounds, character_sounds
from shangsou.lexicon.product_types import ProductTypes, open_product_types
from shangsou.lexicon.symmetric_delete import SymmetricDeleteIndex, write_symmetric_delete_index
from shangsou.lexicon.table import PhraseTable, write_table
from shangsou.settings import Settings
from shangsou.text.entities import EntityDictionary
from shangsou.text.facts import FactTable, load_facts
from shangsou.text.segmenter import PACKAGED, Segmenter

log = logging.getLogger(__name__)

# Raised by one whenever the files of a catalog's lexicon, or of the known queries, change.
_CATALOG_FORMAT, _QUERIES_FORMAT = 5, 3
_STAMP = "lexicon.json"
_SOUNDS = "sounds.json"
_SHAPES = "shapes.json"
_POPULAR = "popular.json"
_HEADS = "heads.json"
_ENTITIES = "entities.json"
_SUGGESTIONS = "suggestions"
_BUILDING = "building-"
_QUERIES = "queries-"
# File that names the folder of the current known queries.
_CURRENT = "QUERIES"
# A character seen less often is more likely a typo itself than intended.
_MIN_CHARACTER_COUNT = 3
# A build older than this was left behind by a killed process; 200,000 queries take 11 s.
_ABANDONED_S = 3600


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
    """Words that too few titles hold to be suggested; None if the lexicon was built before there were any."""
    suggestions: PhraseTable | None = None
    """Product words, alone and with a value or a brand; None where an older version built the index."""


class _KnownQueryFiles(NamedTuple):
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


class LexiconStore:
    """The lexicons in SHANGSOU_HOME."""

    def __init__(self, settings: Settings) -> None:
        self._home = settings.home
        self._folder = settings.home / "lexicon"
        index = settings.elastic_index if settings.engine == "elastic" else ""
        self._catalogs = self._folder / settings.engine / index

    def begin(self) -> AbstractContextManager[Path]:
        """Yield a folder for the lexicon of a generation; it is removed unless `complete` has moved it."""
        return _building(self._catalogs)

    def folder(self, generation: Generation) -> Path:
        """Return the folder of the lexicon of a generation, whether there is one or not."""
        return self._catalogs / generation.name

    def query_files(self) -> list[Path]:
        """Return the files of the known queries, the one that names the current ones last."""
        name = self.current_queries()
        return [*sorted((self._folder / name).iterdir()), self._folder / _CURRENT] if name else []

    def adopt(self, lexicon: Path, generation: Generation) -> None:
        """Copy the folder of a lexicon as that of a generation; nothing where there is none."""
        if not lexicon.exists():
            return
        with self.begin() as building:
            for path in lexicon.iterdir():
                shutil.copy2(path, building / path.name)
            _complete_folder(building, self._catalogs / generation.name, _stamp(generation))

    def complete(self, building: Path, generation: Generation, kept: Sequence[str]) -> None:
        """Make a folder the lexicon of a generation; remove the lexicons that are not in `kept`."""
        _complete_folder(building, self._catalogs / generation.name, _stamp(generation))
        for folder in self._catalogs.glob("gen-*"):
            if folder.name not in (*kept, generation.name):
                shutil.rmtree(folder, ignore_errors=True)

    def write_catalog(self, generation: Generation, phrases: CatalogPhrases, kept: Sequence[str]) -> None:
        """Write a lexicon of phrases alone: it has no entities and no category model."""
        with self.begin() as building:
            write_phrases(building, phrases, generation.recipe.segmenter)
            write_entities(building, {})
            self.complete(building, generation, kept)

    def write_queries(self, known: KnownQueries, segmenter: Segmenter = PACKAGED) -> None:
        """Replace the known queries, whose words `segmenter` finds."""
        target = self._folder / f"{_QUERIES}{time.time_ns()}"
        with _building(self._folder) as building:
            ordered = write_table(building, "queries", known.phrases, segmenter)
            write_symmetric_delete_index(
                building, "queries", [phrase.normalized.replace(" ", "") for phrase in ordered]
            )
            write_ngrams(building, known.texts)
            (building / _POPULAR).write_text(json.dumps(known.popular, ensure_ascii=False), "utf-8")
            (building / _HEADS).write_text(json.dumps(known.head_nouns, ensure_ascii=False), "utf-8")
            _complete_folder(building, target, {"format": _QUERIES_FORMAT})
        temporary = self._folder / f"{_CURRENT}.{target.name}"
        temporary.write_text(target.name, "utf-8")
        atomic_replace(temporary, self._folder / _CURRENT)
        for folder in self._folder.glob(f"{_QUERIES}*"):
            if folder != target:
                shutil.rmtree(folder, ignore_errors=True)

    def current_queries(self) -> str:
        """Return the name of the current known queries, empty if there are none. Cheap."""
        try:
            return (self._folder / _CURRENT).read_text("utf-8")
        except FileNotFoundError:
            return ""

    def open(self, generation: Generation) -> Lexicon | None:
        """Return the lexicon of a generation with the known queries; None if it was built elsewhere."""
        folder = self._catalogs / generation.name
        try:
            if not self._is_of(generation):
                return None
            segmenter = generation.recipe.segmenter
            sounds, shapes = (json.loads((folder / name).read_text("utf-8")) for name in (_SOUNDS, _SHAPES))
            catalog_entities = json.loads((folder / _ENTITIES).read_text("utf-8"))
            sequences = [Ngrams(folder)]
            words, brands, categories = (
                PhraseTable(folder, name) for name in ("words", "brands", "categories")
            )
        except FileNotFoundError:
            return None
        known = self._open_queries()
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
            rare_words=_open_rare_words(folder),
            suggestions=_open_suggestions(folder),
        )

    def changed_facts(self, generation: Generation) -> str:
        """Return in words that facts were changed since a generation was built; empty if they were not."""
        if not self._is_of(generation):
            return ""
        built = open_fact_table(self._catalogs / generation.name)
        return describe_changed_facts(self._home, built, generation.name)

    def _is_of(self, generation: Generation) -> bool:
        """Return whether the lexicon in the folder of a generation was built with it."""
        try:
            stamp = json.loads((self._catalogs / generation.name / _STAMP).read_text("utf-8"))
        except FileNotFoundError:
            return False
        return bool(stamp == _stamp(generation))

    def _open_queries(self) -> _KnownQueryFiles | None:
        name = self.current_queries()
        folder = self._folder / name
        try:
            if not name:
                return None
            if json.loads((folder / _STAMP).read_text("utf-8"))["format"] != _QUERIES_FORMAT:
                log.warning(
                    "%s was written by another version of this program and is not used; run "
                    '"shangsou queries import" again',
                    folder,
                )
                return None
            return _KnownQueryFiles(
                PhraseTable(folder, "queries"),
                tuple(json.loads((folder / _POPULAR).read_text("utf-8"))),
                json.loads((folder / _HEADS).read_text("utf-8")),
                Ngrams(folder),
                SymmetricDeleteIndex(folder, "queries"),
            )
        except FileNotFoundError:
            return None  # replaced just now: the next check finds the new ones


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


def _open_suggestions(folder: Path) -> PhraseTable | None:
    try:
        return PhraseTable(folder, _SUGGESTIONS)
    except FileNotFoundError:
        return None


def write_entities(folder: Path, entities: EntityDictionary) -> None:
    """Write the kinds of entity phrases into a folder."""
    (folder / _ENTITIES).write_text(json.dumps(entities, ensure_ascii=False, sort_keys=True), "utf-8")


def _open_rare_words(folder: Path) -> PhraseTable | None:
    try:
        return PhraseTable(folder, "rare")
    except FileNotFoundError:
        return None


@contextmanager
def _building(folder: Path) -> Iterator[Path]:
    """Yield a new folder inside `folder`; it is removed unless `_complete_folder` has moved it."""
    folder.mkdir(parents=True, exist_ok=True)
    for leftover in folder.glob(f"{_BUILDING}*"):
        if time.time() - leftover.stat().st_mtime > _ABANDONED_S:
            shutil.rmtree(leftover, ignore_errors=True)
    building = Path(mkdtemp(prefix=_BUILDING, dir=folder))
    try:
        yield building
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _complete_folder(building: Path, target: Path, stamp: dict[str, object]) -> None:
    (building / _STAMP).write_text(json.dumps(stamp), "utf-8")
    for path in (*building.iterdir(), building):
        sync(path)
    shutil.rmtree(target, ignore_errors=True)
    building.rename(target)
    sync(target.parent)


def _stamp(generation: Generation) -> dict[str, object]:
    # The name alone is reused when an index is deleted and rebuilt.
    return {"format": _CATALOG_FORMAT, "generation": generation.name, "created_at": generation.created_at}
