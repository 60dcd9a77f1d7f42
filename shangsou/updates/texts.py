"""Texts of changed products: encoded, with types and facts by the models of their generation."""

import logging
from collections.abc import Sequence

import numpy as np

from shangsou.encoding.encoder import Encoder
from shangsou.encoding.product_texts import description_text, title_text
from shangsou.engines.changes import SearchedTexts
from shangsou.engines.query import Vector
from shangsou.errors import EncoderUnavailable, IndexingFailed
from shangsou.lexicon.lexicon import Lexicon
from shangsou.lexicon.product_classifier import FactClassifier, TypeClassifier
from shangsou.product import Product

log = logging.getLogger(__name__)


class TextLearner:
    """Encodes the texts of products, and tells their types and facts.

    Parameters
    ----------
    encoder
        Preferably one that caches: every process of a server learns the same. None: there are no vectors.
    lexicon
        Of the generation. None: nothing has types or facts.
    """

    def __init__(self, encoder: Encoder | None, lexicon: Lexicon | None) -> None:
        self._encoder = encoder
        types, facts = (lexicon.product_types, lexicon.facts) if lexicon else (None, None)
        self._types = TypeClassifier(types) if types else None
        self._facts = FactClassifier(facts) if facts else None

    def learn(self, products: Sequence[Product]) -> list[SearchedTexts]:
        """Return what is learned of each product."""
        if not products:
            return []
        titles = self._encode([title_text(product) for product in products])
        descriptions = self._encode([description_text(product) for product in products])
        types: Sequence[Sequence[str]] = [()] * len(products)
        held = [vector for vector in titles if vector is not None]
        if self._types is not None and len(held) == len(products):
            types = self._types.types_of(products, np.stack(held))
        facts: Sequence[Sequence[str]] = (
            self._facts.facts_of(products) if self._facts else [()] * len(products)
        )
        return [
            SearchedTexts(*of_product) for of_product in zip(titles, descriptions, types, facts, strict=True)
        ]

    def _encode(self, texts: Sequence[str]) -> list[Vector | None]:
        """Return the vector of each text; None of an empty one, and where none can be encoded."""
        vectors: list[Vector | None] = [None] * len(texts)
        filled = [number for number, text in enumerate(texts) if text]
        if self._encoder is None or not filled:
            return vectors
        try:
            encoded = self._encoder.encode([texts[number] for number in filled])
        except (EncoderUnavailable, IndexingFailed) as problem:
            log.warning("changed products are found by words alone: %s", problem)
            return vectors
        for number, vector in zip(filled, encoded, strict=True):
            vectors[number] = vector
        return vectors
