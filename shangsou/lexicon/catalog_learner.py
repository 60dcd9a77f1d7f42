"""Build the lexicon of a catalog: phrases, entities, n-grams, product types and facts."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from shangsou.engines.cosine_scale import SAME_SCALE, CosineScale
from shangsou.engines.product_terms import ProductTerms
from shangsou.lexicon.branded_types import find_branded_types
from shangsou.lexicon.entities import EntityLearner
from shangsou.lexicon.fact_training import FactLearner
from shangsou.lexicon.fact_vocabulary import FactVocabulary, write_fact_vocabulary
from shangsou.lexicon.lexicon import write_entities, write_phrases, write_suggestions
from shangsou.lexicon.phrases import Phrase, PhraseCounter
from shangsou.lexicon.product_types import write_product_types
from shangsou.lexicon.suggestion_phrases import compose_suggestions
from shangsou.lexicon.type_assignment import TypeAssignment
from shangsou.lexicon.type_training import TypeLearner
from shangsou.lexicon.type_words import ACCESSORY
from shangsou.product import Product
from shangsou.row_file import RowFile
from shangsou.text.entities import EntityDictionary
from shangsou.text.facts import FactTable
from shangsou.text.segmenter import Segmenter

TITLE_VECTORS = "title_vectors.f32"
_ASSIGNED = "assigned_types.json"
_FACT_NAMES, _FACT_STARTS, _FACT_CODES = "facts.names.json", "facts.starts.npy", "facts.codes.npy"
# As many as a merchant reads.
_EXAMPLES = 10


class TypeSummary(NamedTuple):
    """How many products of a catalog have no product type, or an unsure one."""

    products: int
    without: int
    unsure: int
    """Their titles name types, but are far from what else is called so."""
    examples: list[str]
    """Ids and titles of the first that have none."""
    unsure_examples: list[str]


class CatalogLearner:
    """Collects the data of a lexicon from products. Those off sale are left out: they are never found.

    Parameters
    ----------
    table
        The facts that the texts of products are read by.
    segmenter
        Cuts titles into words.
    """

    def __init__(self, table: FactTable, segmenter: Segmenter) -> None:
        self._segmenter = segmenter
        self._phrases = PhraseCounter(segmenter)
        self._entities = EntityLearner(segmenter)
        self._types = TypeLearner(segmenter)
        self._facts = FactLearner(table)

    def add(self, products: Sequence[Product]) -> None:
        """Add products."""
        self._phrases.add(products)
        self._entities.add(products)
        self._types.add(products)
        self._facts.add(products)

    def assign(self, folder: Path, dimensions: int, cosines: CosineScale = SAME_SCALE) -> None:
        """Write the product types and the facts of all products, and what queries may ask for of both.

        Types are learned from the products and their title vectors in the folder, whose cosines lie on a
        scale. Called once, behind the
        last product: what types and facts were learned from is dropped, each before the next needs memory.
        """
        entities = self._entities.extract(self._phrases.position_counts())
        facts, vocabulary = self._assign_facts(folder, entities)
        del self._facts, self._entities
        assignment = self._assign_types(folder, dimensions, cosines)
        suggestions: list[Phrase] = []
        if assignment.types is not None:
            of_products = assignment.of_products
            branded = find_branded_types(assignment.types.wider, of_products, facts, vocabulary.brands)
            write_product_types(folder, replace(assignment.types, branded=branded))
            products = {phrase for phrase, kind in entities.items() if kind == "product"}
            suggestions = compose_suggestions(
                self._types.titles, assignment.types, of_products, facts, vocabulary, products
            )
        write_suggestions(folder, suggestions, self._segmenter)
        del self._types

    def write(self, folder: Path) -> None:
        """Write phrases and n-grams into the folder."""
        write_phrases(folder, self._phrases.phrases(), self._segmenter)

    def _assign_types(self, folder: Path, dimensions: int, cosines: CosineScale) -> TypeAssignment:
        with (folder / TITLE_VECTORS).open("rb") as file:
            assignment = self._types.assign(RowFile(file, dimensions), cosines)
        payload = {
            "types": assignment.of_products,
            "summary": _summarize(assignment, self._types.ids, self._types.titles)._asdict(),
        }
        (folder / _ASSIGNED).write_text(json.dumps(payload, ensure_ascii=False), "utf-8")
        return assignment

    def _assign_facts(self, folder: Path, entities: EntityDictionary) -> tuple[ProductTerms, FactVocabulary]:
        """Write the entities and the facts, and return these with what a query may ask for."""
        write_entities(folder, entities)
        brands = [phrase for phrase, kind in entities.items() if kind == "brand"]
        facts, vocabulary = self._facts.finish(brands)
        write_fact_vocabulary(folder, vocabulary)
        (folder / _FACT_NAMES).write_text(json.dumps(facts.names, ensure_ascii=False), "utf-8")
        np.save(folder / _FACT_STARTS, facts.starts)
        np.save(folder / _FACT_CODES, facts.codes)
        return facts, vocabulary


def take_assigned_facts(folder: Path) -> ProductTerms:
    """Return the facts of each product, and remove the files that they were handed over in."""
    facts = ProductTerms(
        json.loads((folder / _FACT_NAMES).read_text("utf-8")),
        np.load(folder / _FACT_STARTS),
        np.load(folder / _FACT_CODES),
    )
    for name in (_FACT_NAMES, _FACT_STARTS, _FACT_CODES):
        (folder / name).unlink()
    return facts


def take_assigned_types(folder: Path) -> tuple[list[list[str]], TypeSummary]:
    """Return the types of each product and their summary, and remove what they were learned from."""
    payload = json.loads((folder / _ASSIGNED).read_text("utf-8"))
    for name in (_ASSIGNED, TITLE_VECTORS):
        (folder / name).unlink()
    return payload["types"], TypeSummary(**payload["summary"])


def _summarize(assignment: TypeAssignment, ids: Sequence[str], titles: Sequence[str]) -> TypeSummary:
    unsure = set(assignment.unsure)
    untyped = [
        row
        for row, types in enumerate(assignment.of_products)
        if not {*types} - {ACCESSORY} and row not in unsure
    ]
    without, doubtful = (
        [f"{ids[row]} {titles[row]}" for row in rows[:_EXAMPLES]] for rows in (untyped, assignment.unsure)
    )
    return TypeSummary(
        products=len(ids),
        without=len(untyped),
        unsure=len(unsure),
        examples=without,
        unsure_examples=doubtful,
    )
