"""A product, and a group of variants, as Elasticsearch stores them."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

import numpy as np

from shangsou.engines.elastic.layout import SHARED_FACETS, IndexState, state_to_json
from shangsou.engines.fields import COVERAGE_FIELD, MATCH_FIELDS, document_terms
from shangsou.engines.listing import PRIOR_REVIEWS, duplicate_key
from shangsou.engines.query import Vector, attribute_pair
from shangsou.product import CATEGORY_SEPARATOR, Product, product_to_json
from shangsou.text.segmenter import Segmenter

Source = dict[str, Any]
# Seven decimals of components around .04: an error of 1e-6 of a cosine, and half the bytes to send.
_VECTOR_DECIMALS = 7
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Before the ids of documents that are no products; cleaning drops it from the ids of products.
_MARK = "\x1f"
STATE_ID = f"{_MARK}state"
"""The id of the document that holds the state of the index."""
# Numbers with many digits, in a tenth of the time that `json` takes to write them as decimals.
_EXPONENT = f"e-{_VECTOR_DECIMALS}"


def bulk_lines(document_id: str, source: Source, version: int | None = None) -> list[bytes]:
    """Return the two lines of a `_bulk` request that index the source of a document.

    With a `version`, a document of a higher version stays as it is.
    """
    return [_line({"index": _address(document_id, version)}), _document_line(source)]


def deletion_lines(document_id: str, version: int) -> list[bytes]:
    """Return the line of a `_bulk` request that deletes a document, unless it is of a higher version."""
    return [_line({"delete": _address(document_id, version)})]


def with_learned(source: Source, types: Sequence[str], facts: Sequence[str]) -> Source:
    """Return the source of a document with its product types, the main one first, and its facts."""
    learned = {name: list(terms) for name, terms in (("type", types), ("fact", facts)) if terms}
    main = {"main_type": types[0]} if types else {}
    return {**source, **main, "filter": {**source["filter"], **learned}}


def document_source(
    product: Product, title_vector: Vector | None, description_vector: Vector | None, segmenter: Segmenter
) -> Source:
    """Return the fields of `mappings/products.json` for a product; empty ones are left out.

    Vectors stay arrays: `bulk_lines` writes them.
    """
    source: Source = {"product_id": product.product_id}
    match_fields: dict[str, dict[str, None]] = {field: {} for field in MATCH_FIELDS}
    for field, terms in document_terms(product, segmenter).items():
        text, analyser = field.split(".")
        source.setdefault(text, {})[analyser] = " ".join(terms)
        if field != COVERAGE_FIELD:
            match_fields[f"all.{analyser}"].update(dict.fromkeys(terms))
    for field, field_terms in match_fields.items():
        source.setdefault("all", {})[field.removeprefix("all.")] = " ".join(field_terms)
    for name, vector in (("title_vector", title_vector), ("description_vector", description_vector)):
        if vector is not None:
            source[name] = vector
    if product.status == "on":
        source["group"] = group_key(product)
    source["duplicate"] = duplicate_key(product)
    source["filter"] = _filter_fields(product)
    source["sort"] = {"sales": product.sales}
    if product.created_at is not None:
        source["sort"]["created_at_us"] = _microseconds(product.created_at)
    if product.rating is not None:
        source["sort"]["rating"] = _rating_fields(product.rating, max(product.reviews, 1))
    source["product"] = product_to_json(product)
    return source


def vector_to_json(vector: Vector) -> list[float]:
    """Return a vector as numbers with few digits."""
    numbers: list[float] = vector.astype(float).round(_VECTOR_DECIMALS).tolist()
    return numbers


def product_key(product_id: str) -> str:
    """Return the group of a product that is in no group; no group id makes the same."""
    return f"product:{product_id}"


def group_key(product: Product) -> str:
    """Return the group of a product on sale."""
    return f"group:{product.group_id}" if product.group_id else product_key(product.product_id)


def group_document_id(key: str) -> str:
    """Return the id of the document of a group, which no product has."""
    return _MARK + blake2b(key.encode("utf-8", "replace"), digest_size=16).hexdigest()


def group_source(key: str, variants: Sequence[Source]) -> Source:
    """Return the fields of the document of a group, from the `variant_fields` of its products on sale."""
    # As what is off sale no search for products finds it.
    source: Source = {
        "group": key,
        "filter": {"off": True},
        "variants": [{**one, "group": key} for one in variants],
    }
    differing = differing_facets(variants)
    shared = {name: value for name, value in variants[0]["filter"].items() if name in SHARED_FACETS and value}
    shared = {name: value for name, value in shared.items() if name not in differing}
    return {**source, "shared": shared} if shared else source


def differing_facets(variants: Sequence[Source]) -> set[str]:
    """Return those of `SHARED_FACETS` whose values are not the same for all variants of a group."""
    return {
        name
        for name in SHARED_FACETS
        if any(one["filter"].get(name) != variants[0]["filter"].get(name) for one in variants)
    }


def state_source(state: IndexState) -> Source:
    """Return the fields of the document that holds the state of an index; no search finds it."""
    return {"filter": {"off": True}, "product": state_to_json(state)}


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


def _rating_fields(rating: float, reviews: int) -> dict[str, float]:
    """Return what the rating drawn to the mean is made of: `part + mean_share * mean`.

    The mean is that of all products, and changes with each of them.
    """
    own = float(np.float32(rating))
    weight = reviews + PRIOR_REVIEWS
    return {
        "sum": own * reviews,
        "reviews": reviews,
        "part": own * reviews / weight,
        "mean_share": PRIOR_REVIEWS / weight,
    }


def has_offer_times(product: Product) -> bool:
    """Return whether the price of a product depends on the moment."""
    return product.list_price_fen is not None and (
        product.offer_from is not None or product.offer_until is not None
    )


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _address(document_id: str, version: int | None) -> dict[str, object]:
    if version is None:
        return {"_id": document_id}
    return {"_id": document_id, "version": version, "version_type": "external_gte"}


def _document_line(source: Source) -> bytes:
    """Return a source as JSON, with its vectors."""
    vectors = {name: value for name, value in source.items() if isinstance(value, np.ndarray)}
    if not vectors:
        return _line(source)
    rest = _line({name: value for name, value in source.items() if name not in vectors})
    parts = [f'"{name}":{_vector_text(vector)}' for name, vector in vectors.items()]
    return rest[:-1] + b"," + ",".join(parts).encode() + b"}"


def _vector_text(vector: Vector) -> str:
    """Return a vector as a JSON list of whole numbers with an exponent."""
    numbers = (vector.astype(float) * 10**_VECTOR_DECIMALS).round().astype(np.int64).tolist()
    return "[" + str(numbers)[1:-1].replace(", ", f"{_EXPONENT},") + f"{_EXPONENT}]"


def _line(payload: dict[str, Any]) -> bytes:
    # A lone surrogate is not valid Unicode and would make Elasticsearch reject the whole line.
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
