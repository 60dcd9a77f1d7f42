"""Operations on products: JSON merge patches (RFC 7396) of the fields of the catalog contract."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from hashlib import blake2b
from json import JSONEncoder
from typing import Any, Literal

from shangsou.product import Product, field_from_json, product_to_json

OperationKind = Literal["patch", "upsert", "put", "delete"]
_NOTHING = Product("", "")
_FIELDS = frozenset(field.name for field in fields(Product)) - {"product_id"}
# A sale price beside the regular one that a product has, which no patch of single fields could state.
SALE = "sale_price_fen"
# What goes with a list price that is none any more.
_PERIOD = ("offer_from", "offer_until")
_OFFER = ("list_price_fen", *_PERIOD)
MONEY = frozenset({"price_fen", *_OFFER})
"""The fields that settle which price holds."""
_to_canonical_json = JSONEncoder(ensure_ascii=False, sort_keys=True).encode


@dataclass(frozen=True, slots=True)
class Operation:
    """A change of one product."""

    kind: OperationKind
    product_id: str
    fields: Mapping[str, Any]
    """As `product_to_json` has them, in fen alone. Of a `patch` and an `upsert` null clears and what is
    absent stays; a `patch` needs a product that there is. `put` takes the place of all that there was."""
    if_match: str | None = None
    """The version that the product must have; None: any."""


def apply_operation(product: Product | None, operation: Operation) -> Product | None:
    """Return what an operation makes of a product; None: there is none, before or after it.

    Nothing is made without a title, and what would clear one changes nothing.
    """
    if operation.kind == "delete" or (product is None and operation.kind == "patch"):
        return None
    before = product if product is not None and operation.kind != "put" else _NOTHING
    stated = _with_sale(before, operation.fields)
    changed: dict[str, object] = {"product_id": operation.product_id}
    changed |= {name: _merged(before, name, value) for name, value in stated.items() if name in _FIELDS}
    merged = before.with_fields(changed)
    if not merged.title:
        return product
    if not MONEY.isdisjoint(stated) and not _has_list_price(merged):
        return merged.with_fields(dict.fromkeys(_OFFER))
    return merged


def product_version(product: Product) -> str:
    """Return the version of a product: 16 hex digits that are the same as long as all of it is."""
    text = _to_canonical_json(product_to_json(product)).encode("utf-8", "replace")
    return blake2b(text, digest_size=8).hexdigest()


def _with_sale(before: Product, stated: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return fields in which a sale price is the price of an offer, and the regular price its list price.

    The regular price is the list price of an offer that the product is in, and otherwise its price. A sale
    price of null ends an offer; one that is no lower than the regular price changes nothing.
    """
    if SALE not in stated:
        return stated
    is_offered = before.offer_from is not None or before.offer_until is not None
    regular = before.list_price_fen if is_offered else before.price_fen
    others = {name: value for name, value in stated.items() if name not in (SALE, *_PERIOD)}
    sale = stated[SALE]
    if sale is None:
        ended = {"price_fen": regular, **dict.fromkeys(_OFFER)}
        # A price that the row states is that of now, whatever the offer was taken off.
        return {**ended, **others} if is_offered and regular is not None else others
    if regular is None:
        return {**others, "price_fen": sale}
    if sale >= regular:
        return others
    period = {name: stated.get(name) for name in _PERIOD}
    return {**others, "price_fen": sale, "list_price_fen": regular, **period}


def _merged(before: Product, name: str, value: object) -> object:
    """Return the value of a field behind a patch of it."""
    if value is None:
        return getattr(_NOTHING, name)
    if name != "attributes" or not isinstance(value, Mapping):
        return field_from_json(name, value)
    attributes: dict[str, tuple[str, ...]] = {**before.attributes}
    for attribute, values in value.items():
        if values is None:
            attributes.pop(attribute, None)
        else:
            attributes[attribute] = tuple(values)
    return attributes


def _has_list_price(product: Product) -> bool:
    """Return whether its list price is one beside its price: a patch may state one of them alone."""
    price, list_price = product.price_fen, product.list_price_fen
    return list_price is not None and price is not None and list_price >= price
