"""Tell the product types and the facts of single products by what a catalog taught.

For products that change after the catalog was indexed. Types are decided as in `type_assignment`, but for the
product's own share in the types that it is compared with.
"""

from collections.abc import Collection, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from shangsou.lexicon.fact_terms import stated_values
from shangsou.lexicon.fact_vocabulary import FactVocabulary
from shangsou.lexicon.own_terms import own_terms
from shangsou.lexicon.phrases import brand_spellings
from shangsou.lexicon.product_types import ProductTypes
from shangsou.lexicon.title_brands import find_bilingual_brand
from shangsou.lexicon.type_assignment import MIN_CLOSENESS, MIN_LEAF_CLOSENESS, MIN_UNNAMED
from shangsou.lexicon.type_vocabulary import leaf_words, node_words
from shangsou.lexicon.type_words import ACCESSORY, TypeWordScanner, goes_with, word_suffixes
from shangsou.lexicon.value_terms import ProductTexts, find_part_terms, find_text_terms
from shangsou.product import Product
from shangsou.text.normalize import normalize

Vectors = NDArray[np.float32]


class TypeClassifier:
    """Tells the product types of products."""

    def __init__(self, types: ProductTypes) -> None:
        self._types = types
        self._positions = {name: position for position, name in enumerate(types.names)}
        self._scanner = TypeWordScanner([*types.names, *types.other_words], types.segmenter)

    def types_of(self, products: Sequence[Product], vectors: Vectors) -> list[tuple[str, ...]]:
        """Return the types of each product, the main one first.

        Parameters
        ----------
        products
            Any number.
        vectors
            Their title vectors, shape (products, dimensions).
        """
        if not products:
            return []
        closeness = self._types.space.project(vectors) @ self._types.centroids.T.astype(np.float32)
        return [
            self._types_of(product, of_product)
            for product, of_product in zip(products, closeness, strict=True)
        ]

    def _types_of(self, product: Product, closeness: NDArray[np.float32]) -> tuple[str, ...]:
        title = normalize(product.title)
        for spelling in brand_spellings(product.brand):
            title = title.replace(spelling, " ")
        declared = normalize(product.product_type)
        accepted = self._accepted(product, title, declared, closeness)
        if not declared:
            # What is filed below a category is of it, however far it lies from the rest of it.
            accepted += [name for name in node_words(product.category) if name in self._positions]
        types = dict.fromkeys(wider for name in accepted for wider in self._with_wider(name))
        main = declared or next(filter(self._positions.__contains__, leaf_words(product.category)), "")
        if main in types:
            types = dict.fromkeys((main, *types))
        return (*types, *([ACCESSORY] if goes_with(title) else ()))

    def _accepted(
        self, product: Product, title: str, declared: str, closeness: NDArray[np.float32]
    ) -> list[str]:
        """Return the types that a product is of by its title, its leaf and its vector, the closest first."""
        leaf = leaf_words(product.category)
        heads = self._scanner.heads(title)
        endings = [suffix for head in heads for suffix in word_suffixes(head, self._types.segmenter)]
        named = [declared] if declared else [*heads, *endings, *leaf]
        named = [name for name in dict.fromkeys(named) if name in self._positions]
        close = [name for name in named if closeness[self._positions[name]] >= MIN_CLOSENESS]
        if not self._types.is_whitened and not set(leaf).isdisjoint(heads):
            close = [name for name in named if name in close or name in self._types.leaves]
        close.sort(key=lambda name: -closeness[self._positions[name]])
        if not named and self._types.is_whitened:
            nearest = np.flatnonzero(closeness >= MIN_UNNAMED)
            close = [self._types.names[position] for position in nearest[np.argsort(-closeness[nearest])]]
        standing = self._types.leaf_types.get(product.category, ())
        return close + [
            name
            for name in standing
            if name not in close and closeness[self._positions[name]] >= MIN_LEAF_CLOSENESS
        ]

    def _with_wider(self, name: str) -> Iterator[str]:
        wider: str | None = name
        while wider is not None:
            yield wider
            wider = self._types.wider.get(wider)


class FactClassifier:
    """Tells the facts of products, as the values and brands of a catalog let them be told."""

    def __init__(self, vocabulary: FactVocabulary) -> None:
        self._vocabulary = vocabulary

    def facts_of(self, products: Sequence[Product]) -> list[tuple[str, ...]]:
        """Return the terms of the facts of each product."""
        vocabulary = self._vocabulary
        texts = [
            ProductTexts(title, normalize(product.subtitle), bool(product.brand), find_bilingual_brand(title))
            for product in products
            for title in (normalize(product.title),)
        ]
        values = [stated_values(product) for product in products]
        terms = own_terms(
            vocabulary.table,
            products,
            values,
            [text.title for text in texts],
            [text.subtitle for text in texts],
        )
        parts = find_part_terms(
            list(dict.fromkeys(value for of_product in values for value in of_product)),
            vocabulary.names_of_values,
        )
        for own in terms:
            own += [part for stated in tuple(own) for part in parts.get(stated, ())]
        brands: Collection[str] = vocabulary.brands
        for row, of_texts in find_text_terms(texts, vocabulary.names_of_values, brands):
            terms[row] += of_texts
        return [tuple(dict.fromkeys(own)) for own in terms]
