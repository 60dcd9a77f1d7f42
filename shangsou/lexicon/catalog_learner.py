"""Build the lexicon of a catalog: phrases, entities, n-grams, categories and product types."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from shangsou.lexicon.category_training import CategoryLearner
from shangsou.lexicon.entities import EntityLearner
from shangsou.lexicon.lexicon import write_entities, write_phrases
from shangsou.lexicon.phrases import PhraseCounter
from shangsou.lexicon.product_types import write_product_types
from shangsou.lexicon.type_training import TypeLearner
from shangsou.mmap_arrays import load_raw_mmap
from shangsou.product import Product

TITLE_VECTORS = "title_vectors.f32"
_ASSIGNED = "assigned_types.json"


class CatalogLearner:
    """Collects the data of a lexicon from products. Those off sale are left out: they are never found."""

    def __init__(self) -> None:
        self._phrases = PhraseCounter()
        self._entities = EntityLearner()
        self._categories = CategoryLearner()
        self._types = TypeLearner()

    def add(self, products: Sequence[Product]) -> None:
        """Add products."""
        self._phrases.add(products)
        self._entities.add(products)
        self._categories.add(products)
        self._types.add(products)

    def assign_types(self, folder: Path, dimensions: int) -> None:
        """Learn product types from the products and their title vectors, which lie in the folder, and write them."""
        vectors = load_raw_mmap(folder / TITLE_VECTORS, np.float32).reshape(-1, dimensions)
        assignment = self._types.assign(vectors)
        if assignment.types is not None:
            write_product_types(folder, assignment.types)
        payload = {"types": assignment.of_products, "unsure": assignment.unsure}
        (folder / _ASSIGNED).write_text(json.dumps(payload, ensure_ascii=False), "utf-8")

    def write(self, folder: Path) -> None:
        """Write the rest of the lexicon of a generation into a folder, without its stamp."""
        write_phrases(folder, self._phrases.phrases())
        write_entities(folder, self._entities.extract(self._phrases.position_counts()))
        self._categories.write(folder)


def take_assigned_types(folder: Path) -> tuple[list[list[str]], list[int]]:
    """Return the types of each product and the rows that are unsure, and remove what they were learned from."""
    payload = json.loads((folder / _ASSIGNED).read_text("utf-8"))
    for name in (_ASSIGNED, TITLE_VECTORS):
        (folder / name).unlink()
    return payload["types"], payload["unsure"]
