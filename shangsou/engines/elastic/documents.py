"""A product as Elasticsearch stores it."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from shangsou.engines.engine import Document
from shangsou.engines.fields import COVERAGE_FIELD, MATCH_FIELDS, document_terms
from shangsou.engines.query import Vector, attribute_pair
from shangsou.product import CATEGORY_SEPARATOR, Product, product_to_json

# Seven decimals of components around .04: an error of 1e-6 of a cosine, and half the bytes to send.
_VECTOR_DECIMALS = 7
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def bulk_lines(product_id: str, source: dict[str, Any]) -> list[bytes]:
    """Return the two lines of a `_bulk` request that index the source of a document."""
    return [_line({"index": {"_id": product_id}}), _line(source)]


def with_learned(source: dict[str, Any], types: Sequence[str], facts: Sequence[str]) -> dict[str, Any]:
    """Return the source of a document with its product types, the main one first, and its facts."""
    learned = {name: list(terms) for name, terms in (("type", types), ("fact", facts)) if terms}
    main = {"main_type": types[0]} if types else {}
    return {**source, **main, "filter": {**source["filter"], **learned}}


def document_source(document: Document, row: int) -> dict[str, Any]:
    """Return the fields of `mappings/products.json` for a document; empty ones are left out."""
    product = document.product
    source: dict[str, Any] = {"product_id": product.product_id, "row": row}
    match_fields: dict[str, dict[str, None]] = {field: {} for field in MATCH_FIELDS}
    for field, terms in document_terms(product).items():
        text, analyser = field.split(".")
        source.setdefault(text, {})[analyser] = " ".join(terms)
        if field != COVERAGE_FIELD:
            match_fields[f"all.{analyser}"].update(dict.fromkeys(terms))
    for field, field_terms in match_fields.items():
        source.setdefault("all", {})[field.removeprefix("all.")] = " ".join(field_terms)
    source["title_vector"] = vector_to_json(document.title_vector)
    if document.description_vector is not None:
        source["description_vector"] = vector_to_json(document.description_vector)
    source["filter"] = _filter_fields(product)
    source["sort"] = {"sales": product.sales}
    if product.created_at is not None:
        source["sort"]["created_at_us"] = (product.created_at - _EPOCH) // timedelta(microseconds=1)
    source["product"] = product_to_json(product)
    return source


def vector_to_json(vector: Vector) -> list[float]:
    """Return a vector as numbers with few digits."""
    numbers: list[float] = vector.astype(float).round(_VECTOR_DECIMALS).tolist()
    return numbers


def _filter_fields(product: Product) -> dict[str, Any]:
    depths = range(1, len(product.category) + 1)
    fields: dict[str, Any] = {
        "in_stock": product.stock is None or product.stock > 0,
        "category": [CATEGORY_SEPARATOR.join(product.category[:depth]) for depth in depths],
        "attributes": [
            attribute_pair(name, value) for name, values in product.attributes.items() for value in values
        ],
    }
    if product.status == "off":
        fields["off"] = True
    if product.brand:
        fields["brand"] = product.brand
    if product.price_fen is not None:
        fields["price_fen"] = product.price_fen
    return fields


def _line(payload: dict[str, Any]) -> bytes:
    # A lone surrogate is not valid Unicode and would make Elasticsearch reject the whole line.
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
