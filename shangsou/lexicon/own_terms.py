"""The terms that a product tells by itself, without a list of what the shop's values and brands are."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain

from shangsou.lexicon.fact_terms import (
    WRITTEN,
    StatedValue,
    audience_terms,
    canonical_value,
    colour_terms,
    is_audience_name,
    is_brand_name,
    is_code_name,
    is_colour_name,
    is_size_name,
    reading_terms,
    term,
)
from shangsou.lexicon.phrases import brand_spellings
from shangsou.lexicon.text_terms import (
    find_amount_terms,
    find_audience_terms,
    find_code_terms,
    find_colour_terms,
    find_number_terms,
)
from shangsou.product import DERIVED_GROUP_PREFIX, Product
from shangsou.text.amounts import SHOE_SIZE, Reading, find_amounts, letter_sizes
from shangsou.text.audiences import find_audiences
from shangsou.text.codes import canonical_code, text_codes, written_codes
from shangsou.text.facts import FactTable
from shangsou.text.joined_texts import JoinedTexts
from shangsou.text.latin_names import name_key
from shangsou.text.normalize import normalize

_FOR_ALL = "通用"


def own_terms(
    table: FactTable,
    products: Sequence[Product],
    values: Sequence[Sequence[StatedValue]],
    titles: Sequence[str],
    subtitles: Sequence[str],
) -> list[list[str]]:
    """Return the terms of each of some products, in the order in which they are found, each once.

    Parameters
    ----------
    table
        What their texts are read by.
    products, values
        Products, and the `stated_values` of each.
    titles, subtitles
        Their normalized texts.
    """
    terms = [
        _column_terms(product, of_product, table)
        for product, of_product in zip(products, values, strict=True)
    ]
    # Where a column states a colour or for whom it is, the texts do not.
    with_colour, with_audience = (
        {row for row, stated in enumerate(terms) if any_value in stated}
        for any_value in (term("colour", ""), term("audience", ""))
    )
    joined_titles, joined_subtitles = JoinedTexts(titles), JoinedTexts(subtitles)
    both = JoinedTexts([f"{title} {subtitle}" for title, subtitle in zip(titles, subtitles, strict=True)])
    title_amounts, subtitle_amounts = (
        find_amounts(joined.text, table) for joined in (joined_titles, joined_subtitles)
    )
    for row, found in chain(
        find_code_terms(table, joined_titles, title_amounts),
        find_code_terms(table, joined_subtitles, subtitle_amounts),
        find_colour_terms(table, joined_titles, with_colour),
        find_audience_terms(table, both, with_audience),
        find_amount_terms(table, joined_titles, joined_subtitles, title_amounts, subtitle_amounts),
        find_number_terms(joined_titles),
    ):
        terms[row] += found
    return [list(dict.fromkeys(stated)) for stated in terms]


def _column_terms(product: Product, values: Sequence[StatedValue], table: FactTable) -> list[str]:
    """Return the terms of a product's attributes, brand, shop, ids and codes."""
    terms = [attribute_term for value in values for attribute_term in _attribute_terms(*value, table)]
    if product.brand:
        terms += _brand_terms(product.brand)
    if product.shop:
        terms.append(term("shop", "", product.shop))
    # Nobody types the id of a derived group.
    group_id = "" if product.group_id.startswith(DERIVED_GROUP_PREFIX) else product.group_id
    for stated in (product.product_id, group_id, *product.codes):
        code = canonical_code(normalize(stated))
        if code:
            terms.append(term("code", "", code))
    return terms


@lru_cache(1 << 16)
def _attribute_terms(name: str, value: str, table: FactTable) -> tuple[str, ...]:
    """Return the terms of a value of an attribute."""
    if is_brand_name(name):
        return (term("brand", ""), *_brand_terms(value))
    terms = [term("attribute", name, canonical_value(value)), term("attribute", name)]
    if is_colour_name(name):
        terms += colour_terms(value, table)
    if is_audience_name(name):
        stated = find_audiences("男女" if value == _FOR_ALL else value, table)
        terms += audience_terms(dict.fromkeys(audience for audience, _, _ in stated))
    amounts = find_amounts(value, table)
    for amount in (*amounts, *letter_sizes(value, table)):
        for reading in amount.readings:
            terms += reading_terms(reading)
    if value.isdecimal() and is_size_name(name):
        # 42 is 42码.
        terms += reading_terms(Reading(SHOE_SIZE, float(value), float(value)))
    if is_code_name(name):
        terms.append(term("code", "", canonical_code(value)))
    terms += [term("code", "", code) for code in text_codes(value, table, amounts)]
    terms += [term("code", WRITTEN, code) for code in written_codes(value)]
    return tuple(terms)


@lru_cache(1 << 14)
def _brand_terms(brand: str) -> tuple[str, ...]:
    """Return the terms of the spellings of a brand; none if it has none."""
    spellings = [term("brand", "", name_key(spelling)) for spelling in brand_spellings(brand)]
    return (*spellings, term("brand", "")) if spellings else ()
