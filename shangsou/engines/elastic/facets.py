"""Facets as aggregations, and their results as counts."""

import re
from collections.abc import Mapping
from typing import Any

from shangsou.engines.elastic.bodies import Body
from shangsou.engines.elastic.conditions import Conditions
from shangsou.engines.query import (
    ATTRIBUTE_SEPARATOR,
    ATTRIBUTES_FACET_SIZE,
    FACET_SIZE,
    PRICE_STEPS_FEN,
    FacetValue,
    price_range_label,
)

VARIANTS_KEYS = ("variants", "passing")
"""The names of the aggregations around those over variants."""
_GROUPS = "groups"
# Special characters of Lucene's regular expressions, including optional operators.
_SPECIAL = re.compile(r'([.?+*|{}\[\]()"\\#@&<>~^$-])')
# Elasticsearch rejects longer ones (index.max_regex_length); no attribute has such a long name.
_MAX_REGEX_LENGTH = 1000
_MATCHES_NOTHING = "#"
# More than a shop has; a shard returns those that there are.
_ALL_VALUES = 1_000_000
_PRICE_RANGES = tuple(zip(PRICE_STEPS_FEN, (*PRICE_STEPS_FEN[1:], None), strict=True))


def facet_aggregation(name: str, conditions: Conditions) -> Body:
    """Return the aggregation that counts a facet by documents; raises ValueError for an unknown facet.

    In documents of groups only a facet that all variants share can be counted so.
    """
    if conditions.path:
        return _terms(f"shared.{name}", FACET_SIZE, conditions)
    return _aggregation(name, conditions)


def group_facet_aggregation(name: str, conditions: Conditions) -> Body:
    """Return the aggregation that counts a facet by the groups of the variants that have a value."""
    body = _aggregation(name, conditions)
    if "terms" in body:
        body["terms"]["order"] = [{_GROUPS: "desc"}, {"_key": "asc"}]
    return {**body, "aggs": {_GROUPS: {"reverse_nested": {}}}}


def parse_facet(name: str, index: int, aggregations: Mapping[str, Any]) -> tuple[FacetValue, ...]:
    """Return the values that an aggregation counted, by descending count, then by value; prices ascend.

    `aggregations` are those of a response to `counts.count_body`, empty if there was nothing to count.
    """
    variants, filtered = VARIANTS_KEYS
    by_variant = aggregations.get(variants, {}).get(filtered, {})
    result = aggregations.get(str(index)) or by_variant.get(str(index), {})
    counts = [bucket.get(_GROUPS, bucket)["doc_count"] for bucket in result.get("buckets", [])]
    if name == "price":
        return tuple(
            FacetValue(price_range_label(start, end), count, start, end)
            for (start, end), count in zip(_PRICE_RANGES, counts, strict=False)
            if count
        )
    prefix = ""
    if name.startswith("attributes."):
        prefix = name.removeprefix("attributes.") + ATTRIBUTE_SEPARATOR
    values = [bucket["key"].removeprefix(prefix) for bucket in result.get("buckets", [])]
    return tuple(map(FacetValue, values, counts))


def _aggregation(name: str, conditions: Conditions) -> Body:
    fields = f"{conditions.path}filter"
    match name:
        case "category" | "brand":
            return _terms(f"{fields}.{name}", FACET_SIZE, conditions)
        case "price" if conditions.layout.has_offers:
            ranges = [_limits("gte", start, "lt", end) for start, end in _PRICE_RANGES]
            return {"filters": {"filters": [conditions.price(limits) for limits in ranges]}}
        case "price":
            ranges = [_limits("from", start, "to", end) for start, end in _PRICE_RANGES]
            return {"range": {"field": f"{fields}.price_fen", "ranges": ranges}}
        case "attributes":
            return _terms(f"{fields}.attributes", ATTRIBUTES_FACET_SIZE, conditions)
        case _ if name.startswith("attributes."):
            prefix = _SPECIAL.sub(r"\\\1", name.removeprefix("attributes."))
            pattern = f"{prefix}{ATTRIBUTE_SEPARATOR}.*"
            body = _terms(f"{fields}.attributes", FACET_SIZE, conditions)
            body["terms"]["include"] = pattern if len(pattern) <= _MAX_REGEX_LENGTH else _MATCHES_NOTHING
            return body
        case _:
            raise ValueError(f"no facet {name!r}")


def _terms(field: str, size: int, conditions: Conditions) -> Body:
    # Descending count, then key, is Elasticsearch's own order; with one shard the counts are exact, with
    # several where each returns all values.
    every = {"shard_size": _ALL_VALUES} if conditions.shards > 1 else {}
    return {"terms": {"field": field, "size": size, **every}}


def _limits(lower: str, start: int, upper: str, end: int | None) -> Body:
    return {lower: start} if end is None else {lower: start, upper: end}
