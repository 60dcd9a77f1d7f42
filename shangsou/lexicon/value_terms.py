"""The terms of products that only the values and brands of all products tell."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from shangsou.lexicon.fact_terms import StatedValue, canonical_value, term
from shangsou.lexicon.title_brands import begins_with_brand, opening_end
from shangsou.lexicon.value_scanner import ValueScanner
from shangsou.text.latin_names import find_names, is_latin_key, name_key


class ProductTexts(NamedTuple):
    """What of a product may say values and brands."""

    title: str
    subtitle: str
    """Both normalized."""
    has_brand: bool
    """Whether a column has its brand."""
    bilingual_brand: Sequence[str]
    """Both spellings of the brand that the title begins with, if it has two."""


def find_text_terms(
    texts: Sequence[ProductTexts], values: Iterable[str], brands: Collection[str]
) -> Iterator[tuple[int, list[str]]]:
    """Yield rows of products with the terms of the values in their texts, and of the brand in front."""
    latin_keys = {key for key in map(name_key, brands) if is_latin_key(key)}
    term_of_value = {value: term("text", "", canonical_value(value)) for value in (*values, *brands)}
    values_inside = _values_inside(brands, term_of_value)
    found_by_row = ValueScanner(term_of_value).find_all([f"{one.title}\n{one.subtitle}" for one in texts])
    for row, text in enumerate(texts):
        found = found_by_row.get(row, ())
        names = list(find_names(text.title, latin_keys))
        text_brands = [value for value in found if value in brands]
        # 自然 is no colour in 自然堂.
        hidden = {value for brand in text_brands for value in values_inside.get(brand, ())}
        terms = [term_of_value[value] for value in found if value not in hidden]
        terms += [term("text", "", name.key) for name in names]
        if not text.has_brand:
            own = [name_key(brand) for brand in text_brands if begins_with_brand(text.title, brand)]
            own += map(name_key, text.bilingual_brand)
            own += [name.key for name in names[:1] if name.start == opening_end(text.title)]
            terms += [term("brand", "", key) for key in dict.fromkeys(own)]
            terms += [term("brand", "")] if own else []
        if terms:
            yield row, list(dict.fromkeys(terms))


def find_part_terms(
    stated: Sequence[StatedValue], names_of_values: Mapping[str, Collection[str]]
) -> dict[str, list[str]]:
    """Return by the terms of values those of the known values inside them: 牛皮 of 二层牛皮."""
    scanner = ValueScanner([value for value in names_of_values if len(value) > 1])
    parts: dict[str, list[str]] = {}
    for row, found in scanner.find_all([value for _, value in stated]).items():
        name, value = stated[row]
        inner = [part for part in found if part != value and name in names_of_values[part]]
        if inner:
            parts[term("attribute", name, canonical_value(value))] = [
                term("part", name, canonical_value(part)) for part in inner
            ]
    return parts


def _values_inside(brands: Iterable[str], values: Collection[str]) -> dict[str, set[str]]:
    """Return the other values inside each brand that has some."""
    inside = {
        brand: {brand[start:end] for start in range(len(brand)) for end in range(start + 1, len(brand) + 1)}
        for brand in brands
    }
    return {
        brand: others
        for brand, parts in inside.items()
        if (others := {part for part in parts if part in values and part != brand})
    }
