"""Facets as aggregations, and their results as counts."""

import re
from typing import Any

from shangsou.engines.query import (
    ATTRIBUTE_SEPARATOR,
    ATTRIBUTES_FACET_SIZE,
    FACET_SIZE,
    PRICE_STEPS_FEN,
    FacetValue,
    price_range_label,
)

# Special characters of Lucene's regular expressions, including optional operators.
_SPECIAL = re.compile(r'([.?+*|{}\[\]()"\\#@&<>~^$-])')
# Elasticsearch rejects longer ones (index.max_regex_length); no attribute has such a long name.
_MAX_REGEX_LENGTH = 1000
_MATCHES_NOTHING = "#"


def aggregation(name: str) -> dict[str, Any]:
    """Return the aggregation that counts a facet; raises ValueError for an unknown facet."""
    match name:
        case "category" | "brand":
            return _terms(f"filter.{name}", FACET_SIZE)
        case "price":
            ends = [*PRICE_STEPS_FEN[1:], None]
            ranges = [
                {"from": start} if end is None else {"from": start, "to": end}
                for start, end in zip(PRICE_STEPS_FEN, ends, strict=True)
            ]
            return {"range": {"field": "filter.price_fen", "ranges": ranges}}
        case "attributes":
            return _terms("filter.attributes", ATTRIBUTES_FACET_SIZE)
        case _ if name.startswith("attributes."):
            prefix = _SPECIAL.sub(r"\\\1", name.removeprefix("attributes."))
            pattern = f"{prefix}{ATTRIBUTE_SEPARATOR}.*"
            body = _terms("filter.attributes", FACET_SIZE)
            body["terms"]["include"] = pattern if len(pattern) <= _MAX_REGEX_LENGTH else _MATCHES_NOTHING
            return body
        case _:
            raise ValueError(f"no facet {name!r}")


def parse_facet(name: str, result: dict[str, Any]) -> tuple[FacetValue, ...]:
    """Return the values that an aggregation counted, by descending count, then by value; prices ascend.

    `result` is empty if there was nothing to count.
    """
    buckets = [bucket for bucket in result.get("buckets", []) if bucket["doc_count"]]
    if name == "price":
        return tuple(_price_range(bucket) for bucket in buckets)
    prefix = ""
    if name.startswith("attributes."):
        prefix = name.removeprefix("attributes.") + ATTRIBUTE_SEPARATOR
    return tuple(FacetValue(bucket["key"].removeprefix(prefix), bucket["doc_count"]) for bucket in buckets)


def _terms(field: str, size: int) -> dict[str, Any]:
    # Descending count, then key, is Elasticsearch's own order; with one shard the counts are exact.
    return {"terms": {"field": field, "size": size}}


def _price_range(bucket: dict[str, Any]) -> FacetValue:
    start = int(bucket["from"])
    end = int(bucket["to"]) if "to" in bucket else None
    return FacetValue(price_range_label(start, end), bucket["doc_count"], start, end)
