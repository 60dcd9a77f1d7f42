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
# What goes with a list price that is none any more.
_OFFER = ("list_price_fen", "offer_from", "offer_until")
_MONEY = frozenset({"price_fen", *_OFFER})
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
    changed: dict[str, object] = {"product_id": operation.product_id}
    changed |= {
        name: _merged(before, name, value) for name, value in operation.fields.items() if name in _FIELDS
    }
    merged = before.with_fields(changed)
    if not merged.title:
        return product
    if not _MONEY.isdisjoint(operation.fields) and not _has_list_price(merged):
        return merged.with_fields(dict.fromkeys(_OFFER))
    return merged


def product_version(product: Product) -> str:
    """Return the version of a product: 16 hex digits that are the same as long as all of it is."""
    text = _to_canonical_json(product_to_json(product)).encode("utf-8", "replace")
    return blake2b(text, digest_size=8).hexdigest()


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
