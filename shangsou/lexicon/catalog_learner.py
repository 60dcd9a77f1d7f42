"""Build the lexicon of a catalog: phrases, entities, n-grams and categories."""

from collections.abc import Sequence
from pathlib import Path

from shangsou.lexicon.category_training import CategoryLearner
from shangsou.lexicon.entities import EntityLearner
from shangsou.lexicon.lexicon import write_entities, write_phrases
from shangsou.lexicon.phrases import PhraseCounter
from shangsou.product import Product


class CatalogLearner:
    """Collects the data of a lexicon from products. Those off sale are left out: they are never found."""

    def __init__(self) -> None:
        self._phrases = PhraseCounter()
        self._entities = EntityLearner()
        self._categories = CategoryLearner()

    def add(self, products: Sequence[Product]) -> None:
        """Add products."""
        self._phrases.add(products)
        self._entities.add(products)
        self._categories.add(products)

    def write(self, folder: Path) -> None:
        """Write the lexicon of a generation into a folder, without its stamp."""
        write_phrases(folder, self._phrases.phrases())
        write_entities(folder, self._entities.extract(self._phrases.position_counts()))
        self._categories.write(folder)
