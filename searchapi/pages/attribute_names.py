"""Names of attributes that help a shopper to choose, in order; `static/attributes.js` says the same."""

import re
from collections.abc import Iterable, Mapping, Sequence

from shangsou.search.response_json import FacetValueJson, VariantJson

# What shoppers narrow by first, as marketplaces put it on top. The other names follow in the order given.
FIRST_NAMES = ("颜色", "尺码", "适用人群", "适用性别", "规格", "容量", "内存", "材质", "风格", "版型", "功能")
# Names of columns that were taken for attributes: they say nothing to a shopper.
_UNNAMED = re.compile(
    r"(?:products?|details?|attributes?|attr|props?|params?|data|info|other|spec|value|key|id|其他|其它)s?\d*",
    re.IGNORECASE,
)
# Article numbers and the like: nearly as many values as products. With 5 values or fewer a name is worth its
# room whatever their counts.
_MIN_VALUES_OF_CODES = 6
_ATTRIBUTE = "attributes."


def facet_names(facets: Mapping[str, object]) -> list[str]:
    """Return the names of the attributes among facets that help to narrow, those that help most first."""
    return _in_order(
        name.removeprefix(_ATTRIBUTE)
        for name, values in facets.items()
        if name.startswith(_ATTRIBUTE) and _narrows(name.removeprefix(_ATTRIBUTE), values)  # type: ignore[arg-type]
    )


def variant_names(variants: Sequence[VariantJson]) -> list[str]:
    """Return the attributes in which variants differ, those that help most first.

    A name that only numbers variants, as that of article numbers, is left out where others tell them apart.
    """
    names = _in_order(
        dict.fromkeys(
            name
            for variant in variants
            for name in variant.get("attributes", {})
            if is_named(name) and len({_values(other, name) for other in variants}) > 1
        )
    )
    for name in reversed(names):
        others = [other for other in names if other != name]
        if name not in FIRST_NAMES and _numbers(variants, name) and _tell_apart(variants, others):
            names = others
    return names


def is_named(name: str) -> bool:
    """Return whether the name of an attribute says something."""
    return not _UNNAMED.fullmatch(name)


def _in_order(names: Iterable[str]) -> list[str]:
    rank = {name: position for position, name in enumerate(FIRST_NAMES)}
    return sorted(names, key=lambda name: rank.get(name, len(rank)))


def _narrows(name: str, values: Sequence[FacetValueJson]) -> bool:
    """Return whether the name says something, and its values are shared by products."""
    if name in FIRST_NAMES or not is_named(name):
        return name in FIRST_NAMES
    singles = sum(value["count"] == 1 for value in values)
    return len(values) < _MIN_VALUES_OF_CODES or singles * 10 < len(values) * 9


def _numbers(variants: Sequence[VariantJson], name: str) -> bool:
    """Return whether each variant has a value of its own, with a digit in it."""
    values = [_values(variant, name) for variant in variants]
    return len(set(values)) == len(values) and all(re.search(r"\d", "".join(value)) for value in values)


def _tell_apart(variants: Sequence[VariantJson], names: Sequence[str]) -> bool:
    return len({tuple(_values(variant, name) for name in names) for variant in variants}) == len(variants)


def _values(variant: VariantJson, name: str) -> tuple[str, ...]:
    return tuple(variant.get("attributes", {}).get(name, ()))
