"""A product, and a group of variants, as Elasticsearch stores them."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

from shangsou.engines.engine import Document
from shangsou.engines.fields import COVERAGE_FIELD, MATCH_FIELDS, document_terms
from shangsou.engines.listing import duplicate_key
from shangsou.engines.query import Vector, attribute_pair
from shangsou.product import CATEGORY_SEPARATOR, Product, product_to_json
from shangsou.text.segmenter import Segmenter

Source = dict[str, Any]
# Seven decimals of components around .04: an error of 1e-6 of a cosine, and half the bytes to send.
_VECTOR_DECIMALS = 7
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Before the ids of documents of groups; cleaning drops it from the ids of products.
_GROUP_MARK = "\x1f"


def bulk_lines(document_id: str, source: Source) -> list[bytes]:
    """Return the two lines of a `_bulk` request that index the source of a document."""
    return [_line({"index": {"_id": document_id}}), _line(source)]


def with_learned(source: Source, types: Sequence[str], facts: Sequence[str]) -> Source:
    """Return the source of a document with its product types, the main one first, and its facts."""
    learned = {name: list(terms) for name, terms in (("type", types), ("fact", facts)) if terms}
    main = {"main_type": types[0]} if types else {}
    return {**source, **main, "filter": {**source["filter"], **learned}}


def document_source(document: Document, row: int, segmenter: Segmenter) -> Source:
    """Return the fields of `mappings/products.json` for a document; empty ones are left out."""
    product = document.product
    source: Source = {"product_id": product.product_id, "row": row}
    match_fields: dict[str, dict[str, None]] = {field: {} for field in MATCH_FIELDS}
    for field, terms in document_terms(product, segmenter).items():
        text, analyser = field.split(".")
        source.setdefault(text, {})[analyser] = " ".join(terms)
        if field != COVERAGE_FIELD:
            match_fields[f"all.{analyser}"].update(dict.fromkeys(terms))
    for field, field_terms in match_fields.items():
        source.setdefault("all", {})[field.removeprefix("all.")] = " ".join(field_terms)
    source["title_vector"] = vector_to_json(document.title_vector)
    if document.description_vector is not None:
        source["description_vector"] = vector_to_json(document.description_vector)
    source["duplicate"] = duplicate_key(product)
    source["filter"] = _filter_fields(product)
    source["sort"] = {"sales": product.sales}
    if product.created_at is not None:
        source["sort"]["created_at_us"] = _microseconds(product.created_at)
    source["product"] = product_to_json(product)
    return source


def vector_to_json(vector: Vector) -> list[float]:
    """Return a vector as numbers with few digits."""
    numbers: list[float] = vector.astype(float).round(_VECTOR_DECIMALS).tolist()
    return numbers


def product_key(product_id: str) -> str:
    """Return the group of a product that is in no group; no group id makes the same."""
    return f"product:{product_id}"


def group_key(source: Source) -> str:
    """Return the group of a product on sale, from its source."""
    product = source["product"]
    return f"group:{product['group_id']}" if "group_id" in product else product_key(product["product_id"])


def group_document_id(key: str) -> str:
    """Return the id of the document of a group, which no product has."""
    return _GROUP_MARK + blake2b(key.encode("utf-8", "replace"), digest_size=16).hexdigest()


def group_source(key: str, variants: Sequence[Source], shared: Mapping[str, Any]) -> Source:
    """Return the fields of the document of a group.

    Parameters
    ----------
    key
        The group.
    variants
        What `variant_fields` made of its products on sale.
    shared
        The values of facets that are the same for all of them.
    """
    # As what is off sale no search for products finds it.
    source: Source = {"filter": {"off": True}, "variants": [{**one, "group": key} for one in variants]}
    return {**source, "shared": dict(shared)} if shared else source


def variant_fields(source: Source) -> Source:
    """Return what the document of a group holds of a product: what conditions and facets read."""
    texts = {name: text for name, text in source["all"].items() if f"all.{name}" in MATCH_FIELDS}
    return {"product_id": source["product_id"], "filter": source["filter"], "all": texts}


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
    if has_offer_times(product):
        fields["offer"] = {"list_price_fen": product.list_price_fen}
        if product.offer_from is not None:
            fields["offer"]["from_us"] = _microseconds(product.offer_from)
        if product.offer_until is not None:
            fields["offer"]["until_us"] = _microseconds(product.offer_until)
    return fields


def has_offer_times(product: Product) -> bool:
    """Return whether the price of a product depends on the moment."""
    return product.list_price_fen is not None and (
        product.offer_from is not None or product.offer_until is not None
    )


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _line(payload: dict[str, Any]) -> bytes:
    # A lone surrogate is not valid Unicode and would make Elasticsearch reject the whole line.
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
