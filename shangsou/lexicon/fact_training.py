"""Collect what the products of a catalog state, and what of it a query may ask for."""

import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import count

import numpy as np

from shangsou.engines.product_terms import ProductTerms
from shangsou.lexicon.fact_terms import (
    StatedValue,
    canonical_value,
    is_typed_value,
    own_terms,
    read_amount_term,
    stated_values,
    term,
)
from shangsou.lexicon.fact_vocabulary import FactVocabulary, ValueScanner
from shangsou.lexicon.phrases import brand_spellings
from shangsou.product import Product
from shangsou.text.amounts import Reading
from shangsou.text.normalize import normalize

# Advertising before the brand: 【二手9成新】苹果.
_OPENING = re.compile(r"\s*[\[【(（][^\]】)）]*[\]】)）]\s*")
# A brand in two languages: 唐为(TANGWEI), midea/美的.
_BILINGUAL = re.compile(
    r"([\u4e00-\u9fff]{2,6}) ?[(（]([a-z][a-z .&-]{1,19})[)）]"
    r"|([a-z][a-z.&-]{1,19})/([\u4e00-\u9fff]{2,6})(?![\u4e00-\u9fff])"
)
# A value of one product alone is as likely a slip, or a sentence.
_MIN_PRODUCTS = 2


class FactLearner:
    """Collects the facts of products, product by product."""

    def __init__(self) -> None:
        self._codes: defaultdict[str, int] = defaultdict(count().__next__)
        self._own_codes = array("i")
        self._lengths = array("i")
        self._titles: list[str] = []
        self._subtitles: list[str] = []
        self._has_brand: list[bool] = []
        self._values: Counter[StatedValue] = Counter()
        self._bilingual_brands: Counter[tuple[str, str]] = Counter()

    def add(self, products: Iterable[Product]) -> None:
        """Add what products state of themselves."""
        for product in products:
            title, subtitle = normalize(product.title), normalize(product.subtitle)
            values = stated_values(product)
            terms = own_terms(product, values, title, subtitle)
            self._own_codes.extend(map(self._codes.__getitem__, terms))
            self._lengths.append(len(terms))
            self._titles.append(title)
            self._subtitles.append(subtitle)
            self._has_brand.append(bool(product.brand))
            # In their order, so that the same catalog has the same vocabulary.
            self._values.update(list(dict.fromkeys(values)))
            for spellings in (brand_spellings(product.brand), _bilingual_brand(title)):
                if len(spellings) == 2:
                    self._bilingual_brands[spellings[0], spellings[1]] += 1

    def finish(self, brands: Collection[str]) -> tuple[ProductTerms, FactVocabulary]:
        """Return the terms of each product, and what a query may ask for.

        Parameters
        ----------
        brands
            The brands of the shop, normalized.
        """
        names_of_values = self._names_of_values()
        vocabulary = FactVocabulary(names_of_values, self._spellings(brands), self._amounts())
        parts = self._part_codes(names_of_values)
        scanner = ValueScanner({*names_of_values, *vocabulary.brands})
        codes, lengths = array("i"), array("i")
        position = 0
        for row, own_length in enumerate(self._lengths):
            own = self._own_codes[position : position + own_length]
            position += own_length
            further = [part for code in own if code in parts for part in parts[code]]
            further += self._text_codes(row, scanner, vocabulary.brands)
            codes.extend(own)
            codes.extend(further)
            lengths.append(own_length + len(further))
        starts = np.concatenate([[0], np.cumsum(np.frombuffer(lengths, np.int32), dtype=np.int64)])
        return ProductTerms(list(self._codes), starts, np.frombuffer(codes, np.int32)), vocabulary

    def _names_of_values(self) -> dict[str, tuple[str, ...]]:
        """Return the names of the attributes that have each value, of the values that a query may ask for."""
        names: defaultdict[str, list[str]] = defaultdict(list)
        for (name, value), products in self._values.items():
            if products >= _MIN_PRODUCTS and is_typed_value(name, value):
                names[value].append(name)
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
        for name in self._codes:
            reading = read_amount_term(name)
            if reading:
                readings[reading.dimension].append(reading)
        return {dimension: tuple(sorted(stated)) for dimension, stated in readings.items()}

    def _part_codes(self, names_of_values: Mapping[str, Sequence[str]]) -> dict[int, list[int]]:
        """Return for the terms of values those of the known values inside them: 牛皮 of 二层牛皮."""
        scanner = ValueScanner([value for value in names_of_values if len(value) > 1])
        parts: dict[int, list[int]] = {}
        for stated in list(self._values):
            code = self._codes.get(term("attribute", stated.name, canonical_value(stated.value)))
            inner = [
                term("part", stated.name, canonical_value(value))
                for value in scanner.find_all(stated.value)
                if value != stated.value and stated.name in names_of_values[value]
            ]
            if code is not None and inner:
                parts[code] = [self._codes[name] for name in inner]
        return parts

    def _text_codes(self, row: int, scanner: ValueScanner, brands: Collection[str]) -> list[int]:
        """Return the codes of the values that the texts of a product say, and of the brand it begins with."""
        title = self._titles[row]
        values = scanner.find_all(title)
        if self._subtitles[row]:
            values |= scanner.find_all(self._subtitles[row])
        own_brands = [value for value in values if value in brands]
        # 自然 is no colour in 自然堂.
        values = {
            value for value in values if not any(value in brand and value != brand for brand in own_brands)
        }
        terms = [term("text", "", canonical_value(value)) for value in values]
        if not self._has_brand[row]:
            own = [value for value in own_brands if title.startswith(value, _opening_end(title))]
            own += _bilingual_brand(title)
            terms += [term("brand", "", brand) for brand in own]
            terms += [term("brand", "")] if own else []
        return [self._codes[name] for name in terms]


def _opening_end(title: str) -> int:
    """Return where the advertising at the beginning of a title ends."""
    opening = _OPENING.match(title)
    return opening.end() if opening else 0


def _bilingual_brand(title: str) -> list[str]:
    """Return both spellings of the brand that a title begins with, if it has two."""
    match = _BILINGUAL.match(title, _opening_end(title))
    return [spelling.strip() for spelling in match.groups() if spelling] if match else []
