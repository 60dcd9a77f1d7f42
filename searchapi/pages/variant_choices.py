"""The choice among the variants of a product: a row for each attribute in which they differ."""

from collections.abc import Sequence
from typing import NamedTuple

from searchapi.pages.attribute_names import variant_names
from searchapi.pages.wording import is_allowed_picture
from shangsou.price_text import fen_text
from shangsou.search.response_json import VariantJson

# Where no attribute tells variants apart, their titles have to.
_TITLE_ROW = "款式"


class Option(NamedTuple):
    """A value of an attribute, and the variant that choosing it leads to."""

    label: str
    product_id: str
    is_current: bool
    is_sold_out: bool
    price: str
    """In yuan where it is not the price of the product that is shown, else empty."""
    picture: str
    """Where the values of the row have pictures of their own, else empty."""


class ChoiceRow(NamedTuple):
    """The values of one attribute."""

    name: str
    options: Sequence[Option]


def choice_rows(product_id: str, variants: Sequence[VariantJson]) -> list[ChoiceRow]:
    """Return the rows of the page of a product; none where it has no variants.

    A value leads to the variant that has it and shares most other values with the product; of equals one that
    is in stock, then the first.
    """
    current = next((variant for variant in variants if variant["product_id"] == product_id), None)
    if current is None or len(variants) < 2:
        return []
    names = variant_names(variants)
    if not names:
        options = [_option(variant["title"], variant, current, "") for variant in variants]
        return [ChoiceRow(_TITLE_ROW, options)]
    rows = [ChoiceRow(name, _options(name, names, variants, current)) for name in names]
    # Pictures are of one attribute, which is colour where there is one: the others of a row show the same.
    pictured = next((row for row in rows if any(option.picture for option in row.options)), None)
    return [row if row is pictured else _without_pictures(row) for row in rows]


def _options(
    name: str, names: Sequence[str], variants: Sequence[VariantJson], current: VariantJson
) -> list[Option]:
    by_value: dict[str, list[VariantJson]] = {}
    for variant in variants:
        if value := _value(variant, name):
            by_value.setdefault(value, []).append(variant)

    def closeness(variant: VariantJson) -> tuple[int, bool]:
        shared = sum(_value(variant, other) == _value(current, other) for other in names if other != name)
        return shared, not _is_sold_out(variant)

    nearest = {value: max(having, key=closeness) for value, having in by_value.items()}
    pictures = {
        value: variant["image_url"]
        for value, variant in nearest.items()
        if is_allowed_picture(variant.get("image_url"))
    }
    are_pictured = len(set(pictures.values())) == len(nearest) > 1
    return [
        _option(value, variant, current, pictures[value] if are_pictured else "", name)
        for value, variant in nearest.items()
    ]


def _without_pictures(row: ChoiceRow) -> ChoiceRow:
    return ChoiceRow(row.name, [option._replace(picture="") for option in row.options])


def _option(label: str, variant: VariantJson, current: VariantJson, picture: str, name: str = "") -> Option:
    is_other_price = "price" in variant and variant["price"] != current.get("price")
    return Option(
        label,
        variant["product_id"],
        _value(variant, name) == _value(current, name) if name else variant == current,
        _is_sold_out(variant),
        fen_text(round(variant["price"] * 100)) if is_other_price else "",
        picture,
    )


def _value(variant: VariantJson, name: str) -> str:
    return "、".join(variant.get("attributes", {}).get(name, ()))


def _is_sold_out(variant: VariantJson) -> bool:
    return variant.get("stock", 1) <= 0
