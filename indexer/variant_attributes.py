"""The attributes by which variants differ, and those that tell products apart: `variant_attributes.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from shangsou.lexicon.fact_terms import canonical_value
from shangsou.product import Product
from shangsou.text.normalize import normalize

FILE = "variant_attributes.toml"
_SEPARATOR = "\x1e"


@dataclass(frozen=True, slots=True)
class VariantAttributes:
    """Normalized names of attributes, and words."""

    varying: Mapping[str, bool]
    """By name, whether the value may be taken out of the title."""
    identifying: frozenset[str]
    no_values: frozenset[str]
    model_words: frozenset[str]


class VariantValue(NamedTuple):
    """A product's values of one attribute of the table."""

    name: str
    values: tuple[str, ...]
    """Normalized and sorted."""
    key: str
    """Name and values as they are compared: 黑 and 黑色 are the same."""
    is_identifying: bool
    title_values: tuple[str, ...]
    """Those that may be taken out of the title."""


@cache
def load_variant_attributes() -> VariantAttributes:
    """Return the shipped table."""
    table = tomllib.loads(files(__package__).joinpath(FILE).read_text(encoding="utf-8"))
    return VariantAttributes(
        varying={
            normalize(name): entry.get("in_titles", True)
            for entry in table["varying"]
            for name in entry["names"]
        },
        identifying=frozenset(normalize(name) for entry in table["identifying"] for name in entry["names"]),
        no_values=frozenset(map(normalize, table["no_values"])),
        model_words=frozenset(table["model_words"]),
    )


def variant_values(product: Product) -> list[VariantValue]:
    """Return the values of the attributes in the table that say something, in the order of names."""
    read = (_read_values(name, values) for name, values in product.attributes.items())
    return sorted(value for value in read if value is not None)


# A catalog has few names, and most values of colours and sizes are those of other products.
@lru_cache(1 << 14)
def _read_values(raw_name: str, raw_values: tuple[str, ...]) -> VariantValue | None:
    table = load_variant_attributes()
    name = normalize(raw_name)
    is_identifying = name in table.identifying
    if not is_identifying and name not in table.varying:
        return None
    # Sorted, so that 红|蓝 and 蓝|红 are the same.
    values = tuple(sorted({normalize(value) for value in raw_values} - table.no_values - {""}))
    if not values:
        return None
    return VariantValue(
        name,
        values,
        key=_SEPARATOR.join((name, *map(canonical_value, values))),
        is_identifying=is_identifying,
        title_values=tuple(value for value in values if table.model_words.isdisjoint(value.split()))
        if table.varying.get(name)
        else (),
    )
