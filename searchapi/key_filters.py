"""The filters of a key: what part of the catalog its holder sees, as `shop=云上衣舍`."""

from collections.abc import Mapping, Sequence

from shangsou.errors import UnusableInput

KeyFilters = Mapping[str, tuple[str, ...]]
"""Values by name: `shop`, `brand`, `category` (a path) or `attributes.NAME`; a product has one of each."""
_NAMES = ("shop", "brand", "category")
OF_ATTRIBUTE = "attributes."
"""Before the name of an attribute."""


def parse_key_filters(texts: Sequence[str]) -> KeyFilters:
    """Return the filters in texts such as `brand=雅鹿`; raises `UnusableInput` for another name."""
    filters: dict[str, tuple[str, ...]] = {}
    for text in texts:
        name, _, value = map(str.strip, text.partition("="))
        filters[name] = (*filters.get(name, ()), value)
    check_key_filters(filters)
    return filters


def check_key_filters(filters: KeyFilters) -> None:
    """Raise `UnusableInput` for a name that is no filter, or an empty value."""
    for name, values in filters.items():
        if name not in _NAMES and (not name.startswith(OF_ATTRIBUTE) or name == OF_ATTRIBUTE):
            raise UnusableInput(
                f'"{name}" is no filter of a key; there are shop=NAME, brand=NAME, category=PATH and '
                "attributes.NAME=VALUE"
            )
        if not values or not all(value.strip() for value in values):
            raise UnusableInput(f'the filter "{name}" lacks a value; write it as {name}=VALUE')
