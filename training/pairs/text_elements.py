"""Cut a query or a title into its product type and the facts that it states."""

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Literal, NamedTuple

from shangsou.lexicon.fact_terms import (
    StatedValue,
    is_audience_name,
    is_colour_name,
    is_material_name,
    is_typed_value,
    stated_values,
)
from shangsou.lexicon.fact_vocabulary import FactVocabulary
from shangsou.product import Product
from shangsou.text.amounts import LETTER_SIZE, SHOE_SIZE, amounts_and_sizes
from shangsou.text.audiences import find_audience_words, find_audiences
from shangsou.text.codes import find_code_spans, is_code
from shangsou.text.colours import find_colours
from shangsou.text.facts import FactTable
from training.pairs.shop_products import ShopProduct

ElementKind = Literal["type", "brand", "amount", "size", "code", "audience", "colour", "material", "value"]
# Longer values of attributes are phrases of a merchant (as in shangsou/lexicon/suggestion_phrases.py).
MAX_VALUE_LENGTH = 5


class Element(NamedTuple):
    """A stretch of a normalized text that names the product type or states a fact."""

    start: int
    end: int
    kind: ElementKind
    text: str


def find_elements(text: str, type_word: str, vocabulary: FactVocabulary) -> list[Element]:
    """Return the last place of a type word in a normalized text and the facts around it, in order.

    Facts are read in the order in which queries are understood (`shangsou.search.understanding.facts`), each
    where nothing was read before. A text that does not hold the type word has its facts alone.
    """
    found: list[Element] = []
    place = text.rfind(type_word) if type_word else -1
    if place >= 0:
        found.append(Element(place, place + len(type_word), "type", type_word))
    for read in (_amounts, _brands, _codes, _audiences, _colours, _values):
        for kind, start, end in read(text, vocabulary):
            if all(end <= other.start or other.end <= start for other in found):
                found.append(Element(start, end, kind, text[start:end]))
    return sorted(found)


def typed_values(product: ShopProduct, table: FactTable) -> Iterator[StatedValue]:
    """Yield the values of a product's attributes that a query may ask for by their words."""
    for name, value in stated_values(Product(product.product_id, "", attributes=product.attributes)):
        is_short = len(value) <= MAX_VALUE_LENGTH and not value.isdecimal()
        if is_short and is_typed_value(name, value, table):
            yield StatedValue(name, value)


def named_audiences(word: str, table: FactTable) -> tuple[str, ...]:
    """Return the audiences that a word names; none for a use, as 家用."""
    return tuple(audience for audience, _, _ in find_audiences(word, table))


_Found = Iterator[tuple[ElementKind, int, int]]


def _amounts(text: str, vocabulary: FactVocabulary) -> _Found:
    # Totals first: `250ml*10瓶` is one amount.
    amounts = sorted(amounts_and_sizes(text, vocabulary.table), key=lambda amount: not amount.is_total)
    for amount in amounts:
        dimensions = {reading.dimension for reading in amount.readings}
        is_size = not dimensions.isdisjoint((LETTER_SIZE, SHOE_SIZE))
        yield ("size" if is_size else "amount"), amount.start, amount.end


def _brands(text: str, vocabulary: FactVocabulary) -> _Found:
    borders = {0, *accumulate(map(len, vocabulary.segmenter.cut(text)))}
    for _, start, end in vocabulary.brand_scanner.find_longest(text):
        # 黑手 is no brand in 黑手机.
        if start in borders and end in borders:
            yield "brand", start, end


def _codes(text: str, vocabulary: FactVocabulary) -> _Found:
    for spans in find_code_spans(text, vocabulary.table):
        for span in spans:
            if is_code(span.code):
                yield "code", span.start, span.end


def _audiences(text: str, vocabulary: FactVocabulary) -> _Found:
    for _, start, end in find_audience_words(text, vocabulary.table):
        yield "audience", start, end


def _colours(text: str, vocabulary: FactVocabulary) -> _Found:
    for _, start, end in find_colours(text, vocabulary.table):
        yield "colour", start, end


def _values(text: str, vocabulary: FactVocabulary) -> _Found:
    for value, start, end in vocabulary.value_scanner.find_longest(text):
        if not value.isdecimal() and len(value) <= MAX_VALUE_LENGTH:
            yield kind_of_value(vocabulary.names_of_values[value]), start, end


def kind_of_value(names: Sequence[str]) -> ElementKind:
    """Return the kind of a value of attributes of these names."""
    if any(map(is_colour_name, names)):
        return "colour"
    if any(map(is_audience_name, names)):
        return "audience"
    return "material" if any(map(is_material_name, names)) else "value"
