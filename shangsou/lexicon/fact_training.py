"""Collect what the products of a catalog state, and what of it a query may ask for."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain

import numpy as np

from shangsou.engines.product_terms import ProductTerms
from shangsou.lexicon.fact_terms import (
    StatedValue,
    bare_size,
    is_typed_value,
    read_amount_term,
    stated_values,
)
from shangsou.lexicon.fact_vocabulary import FactVocabulary
from shangsou.lexicon.own_terms import own_terms
from shangsou.lexicon.phrases import bilingual_pair, brand_spellings
from shangsou.lexicon.title_brands import find_bilingual_brand
from shangsou.lexicon.value_terms import ProductTexts, find_part_terms, find_text_terms
from shangsou.lexicon.word_arrays import WordArrays
from shangsou.product import Product
from shangsou.text.amounts import Reading
from shangsou.text.facts import FactTable
from shangsou.text.normalize import normalize

# A value of one product alone is as likely a slip, or a sentence.
_MIN_PRODUCTS = 2


class FactLearner:
    """Collects the facts of products, batch by batch, as a table of facts reads them."""

    def __init__(self, table: FactTable) -> None:
        self._table = table
        self._own_terms = WordArrays()
        self._texts: list[ProductTexts] = []
        self._values: Counter[StatedValue] = Counter()
        self._bilingual_brands: Counter[tuple[str, str]] = Counter()

    def add(self, products: Sequence[Product]) -> None:
        """Add what products state of themselves."""
        texts = [
            ProductTexts(title, normalize(product.subtitle), bool(product.brand), find_bilingual_brand(title))
            for product in products
            for title in (normalize(product.title),)
        ]
        values = [stated_values(product) for product in products]
        for terms in own_terms(
            self._table, products, values, [text.title for text in texts], [text.subtitle for text in texts]
        ):
            self._own_terms.add(terms)
        self._texts += texts
        for of_product in values:
            # In their order, so that the same catalog has the same vocabulary.
            self._values.update(dict.fromkeys(of_product, 1))
        for product, text in zip(products, texts, strict=True):
            for spellings in (brand_spellings(product.brand), text.bilingual_brand):
                pair = bilingual_pair(spellings)
                if pair:
                    self._bilingual_brands[pair] += 1

    def finish(self, brands: Collection[str]) -> tuple[ProductTerms, FactVocabulary]:
        """Return the terms of each product, and what a query may ask for.

        Parameters
        ----------
        brands
            The brands of the shop, normalized.
        """
        names_of_values = self._names_of_values()
        vocabulary = FactVocabulary(names_of_values, self._spellings(brands), self._amounts(), self._table)
        further_rows: list[int] = []
        further_terms: list[str] = []
        for row, terms in chain(
            self._part_terms(names_of_values),
            find_text_terms(self._texts, names_of_values, vocabulary.brands),
        ):
            further_rows += [row] * len(terms)
            further_terms += terms
        rows = np.append(self._own_terms.texts(), np.array(further_rows, np.int32))
        codes = np.append(self._own_terms.words(), self._own_terms.numbers(further_terms).astype(np.int32))
        by_row = np.argsort(rows, kind="stable")
        starts = np.searchsorted(rows[by_row], np.arange(len(self._texts) + 1))
        return ProductTerms(self._own_terms.names(), starts, codes[by_row]), vocabulary

    def _names_of_values(self) -> dict[str, tuple[str, ...]]:
        """Return the names of the attributes that have each value, of the values that a query may ask for."""
        names: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for (name, value), products in self._values.items():
            if products < _MIN_PRODUCTS:
                continue
            if is_typed_value(name, value, self._table):
                names[value][name] = None
            size = bare_size(name, value, self._table)
            if size:
                names[size][name] = None
        return {value: tuple(names_of_value) for value, names_of_value in names.items()}

    def _spellings(self, brands: Collection[str]) -> dict[str, tuple[str, ...]]:
        """Return the brands with their other spellings."""
        others: defaultdict[str, dict[str, None]] = defaultdict(dict)
        others.update({brand: {} for brand in brands})
        for (first, second), products in self._bilingual_brands.items():
            if products >= _MIN_PRODUCTS:
                others[first][second] = None
                others[second][first] = None
        return {
            brand: tuple(spellings) for brand, spellings in others.items() if sum(map(str.isalnum, brand)) > 1
        }

    def _amounts(self) -> dict[str, tuple[Reading, ...]]:
        """Return the amounts that products state, by dimension."""
        readings: defaultdict[str, list[Reading]] = defaultdict(list)
        for name in self._own_terms.names():
            reading = read_amount_term(name)
            if reading:
                readings[reading.dimension].append(reading)
        return {dimension: tuple(sorted(stated)) for dimension, stated in readings.items()}

    def _part_terms(self, names_of_values: Mapping[str, Collection[str]]) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows of products with the terms of the values inside those of their columns."""
        parts = find_part_terms(list(self._values), names_of_values)
        names, terms = self._own_terms.names(), self._own_terms.words()
        has_parts = np.fromiter(map(parts.__contains__, names), np.bool_, len(names))[terms]
        rows = self._own_terms.texts()[has_parts]
        for row, code in zip(rows.tolist(), terms[has_parts].tolist(), strict=True):
            yield row, parts[names[code]]
