"""Operations on products: JSON merge patches (RFC 7396) of the fields of the catalog contract."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from json import JSONEncoder
from typing import Any, Literal

from shangsou.product import Product, product_from_json, product_to_json

OperationKind = Literal["patch", "upsert", "put", "delete"]
_to_canonical_json = JSONEncoder(ensure_ascii=False, sort_keys=True).encode


@dataclass(frozen=True, slots=True)
class Operation:
    """A change of one product."""

    kind: OperationKind
    product_id: str
    fields: Mapping[str, Any]
    """As `product_to_json` has them, in fen alone. Of a `patch` and an `upsert` null clears, and what is absent
    stays; a `patch` is of a product that there is. `put` takes the place of all that there was."""
    if_match: str | None = None
    """The version that the product must have; None: any."""


def apply_operation(product: Product | None, operation: Operation) -> Product | None:
    """Return what an operation makes of a product; None: there is none, before or after it.

    Nothing is made without a title, and what would clear one changes nothing.
    """
    if operation.kind == "delete" or (product is None and operation.kind == "patch"):
        return None
    before: dict[str, Any] = {}
    if product is not None and operation.kind != "put":
        before = dict(product_to_json(product))
    merged = _merge(before, operation.fields)
    if _is_no_list_price(merged):
        for name in ("list_price_fen", "offer_from", "offer_until"):
            merged.pop(name, None)
    if not merged.get("title"):
        return product
    return product_from_json({"status": "on", **merged, "product_id": operation.product_id})


def _is_no_list_price(fields: Mapping[str, Any]) -> bool:
    """Return whether a list price is none beside the price: a patch may state one of them alone."""
    price, list_price = fields.get("price_fen"), fields.get("list_price_fen")
    return list_price is not None and (price is None or list_price < price)


def product_version(product: Product) -> str:
    """Return the version of a product: 16 hex digits that are the same as long as all of it is."""
    text = _to_canonical_json(product_to_json(product)).encode("utf-8", "replace")
    return blake2b(text, digest_size=8).hexdigest()


def _merge(target: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object with a merge patch applied, as RFC 7396 has it."""
    merged = dict(target)
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        elif isinstance(value, Mapping):
            inner = merged.get(name)
            merged[name] = _merge(inner if isinstance(inner, Mapping) else {}, value)
        else:
            merged[name] = value
    return merged
