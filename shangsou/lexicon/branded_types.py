"""Product types that are a brand and a thing: 小米手机 asks for a 手机, and for the brand 小米."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from shangsou.engines.product_terms import ProductTerms
from shangsou.lexicon.fact_terms import term
from shangsou.text.latin_names import name_key

# Of the products of such a type that state a brand, more than these state that one: 汽车轮胎 are of other
# brands, whatever is of the brand 汽车.
_MIN_SHARE = 0.5


def find_branded_types(
    wider: Mapping[str, str],
    types_of_products: Sequence[Collection[str]],
    facts: ProductTerms,
    brands: Collection[str],
) -> frozenset[str]:
    """Return the types that say a brand and a wider type.

    A category of a shop may be called so, and titles in which the brand is part of every mention.

    Parameters
    ----------
    wider
        The wider type of each kind of a thing.
    types_of_products, facts
        Of all products, in the same order.
    brands
        Normalized.
    """
    brand_of = {
        name: name[: -len(thing)]
        for name, thing in wider.items()
        if name.endswith(thing) and name[: -len(thing)] in brands
    }
    if not brand_of:
        return frozenset()
    rows: dict[str, list[int]] = {name: [] for name in brand_of}
    for row, names in enumerate(types_of_products):
        for name in names:
            if name in rows:
                rows[name].append(row)
    codes = {name: code for code, name in enumerate(facts.names)}
    stating = _having(facts, codes.get(term("brand", "")))
    holding = {
        brand: _having(facts, codes.get(term("brand", "", name_key(brand))))
        for brand in set(brand_of.values())
    }
    return frozenset(
        name
        for name, brand in brand_of.items()
        if holding[brand][rows[name]].sum() > _MIN_SHARE * stating[rows[name]].sum()
    )


def _having(facts: ProductTerms, code: int | None) -> NDArray[np.bool_]:
    """Return which products have a term."""
    having = np.zeros(facts.products, np.bool_)
    if code is not None:
        positions = np.flatnonzero(facts.codes == code)
        having[np.searchsorted(facts.starts, positions, side="right") - 1] = True
    return having
