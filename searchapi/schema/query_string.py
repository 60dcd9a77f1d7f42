"""A search in a query string, turned into the plain values that a POST body would hold."""

import re
from collections.abc import Callable, Mapping

from werkzeug.datastructures import MultiDict

ATTRIBUTE_PREFIX = "attr."
_INTEGER = re.compile(r"[+-]?\d{1,18}")
_NUMBER = re.compile(r"[+-]?\d{1,18}(\.\d{1,18})?")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def _text(value: str) -> object:
    return value


def _integer(value: str) -> object:
    return int(value) if _INTEGER.fullmatch(value) else value


def _number(value: str) -> object:
    return float(value) if _NUMBER.fullmatch(value) else value


def _boolean(value: str) -> object:
    return _BOOLEANS.get(value.lower(), value)


# What is no number or boolean stays text, for the model to refuse under the field's own path.
_SINGLE_PARAMETERS: Mapping[str, tuple[str, Callable[[str], object]]] = {
    "q": ("query", _text),
    "query": ("query", _text),
    "sort": ("sort", _text),
    "page": ("page", _integer),
    "size": ("size", _integer),
    "mode": ("mode", _text),
    "explain": ("explain", _boolean),
    "correct": ("correct", _boolean),
    "personalize": ("personalize", _boolean),
    "user_id": ("user_id", _text),
    "session_id": ("session_id", _text),
    "query_id": ("query_id", _text),
    "in_stock": ("filters.in_stock", _boolean),
    "price_gte": ("filters.price.gte", _number),
    "price_lte": ("filters.price.lte", _number),
}
_REPEATED_PARAMETERS = {
    "brand": "filters.brand",
    "category": "filters.category",
    "contains": "filters.contains",
    "excludes": "filters.excludes",
    "facet": "facets",
    "facets": "facets",
}

_SUGGEST_PARAMETERS = {
    "q": ("query", _text),
    "query": ("query", _text),
    "size": ("size", _integer),
    "products": ("products", _integer),
}


_PAIRS_PARAMETERS = {
    "judge": ("judge", _text),
    "position": ("position", _integer),
    "size": ("size", _integer),
}

_RECOMMEND_PARAMETERS = {
    "product_id": ("product_id", _text),
    "size": ("size", _integer),
    "personalize": ("personalize", _boolean),
    "user_id": ("user_id", _text),
    "session_id": ("session_id", _text),
}


def parse_suggest_query(parameters: MultiDict[str, str]) -> dict[str, object]:
    """Return the plain values of `SuggestParameters` in a query string, by the same rules."""
    return _parse_flat(parameters, _SUGGEST_PARAMETERS)


def parse_pairs_query(parameters: MultiDict[str, str]) -> dict[str, object]:
    """Return the plain values of `PairsParameters` in a query string, by the same rules."""
    return _parse_flat(parameters, _PAIRS_PARAMETERS)


def parse_recommend_query(parameters: MultiDict[str, str]) -> dict[str, object]:
    """Return the plain values of `RecommendParameters` in a query string, by the same rules."""
    return _parse_flat(parameters, _RECOMMEND_PARAMETERS)


def _parse_flat(
    parameters: MultiDict[str, str], fields: Mapping[str, tuple[str, Callable[[str], object]]]
) -> dict[str, object]:
    payload: dict[str, object] = {}
    for name, all_values in parameters.lists():
        values = [value for value in all_values if value]
        if name not in fields:
            payload[name] = all_values
        elif values:
            field, parse = fields[name]
            payload[field] = parse(values[0]) if len(values) == 1 else values
    return payload


def parse_search_query(parameters: MultiDict[str, str]) -> dict[str, object]:
    """Return the plain values of `SearchBody` that a query string asks for.

    An empty value is none, as a form sends it for a field left blank. A parameter that comes twice
    where one value is possible stays a list, and an unknown one is kept, for the model to refuse.
    """
    by_path: dict[str, object] = {}
    lists: dict[str, list[str]] = {}
    attributes: dict[str, list[str]] = {}
    unknown: dict[str, object] = {}
    for name, all_values in parameters.lists():
        values = [value for value in all_values if value]
        if name in _SINGLE_PARAMETERS:
            path, parse = _SINGLE_PARAMETERS[name]
            if values:
                by_path[path] = parse(values[0]) if len(values) == 1 else values
        elif name in _REPEATED_PARAMETERS:
            if name == "facets":
                values = [part for value in values for part in value.split(",") if part]
            lists.setdefault(_REPEATED_PARAMETERS[name], []).extend(values)
        elif name.startswith(ATTRIBUTE_PREFIX):
            attributes[name.removeprefix(ATTRIBUTE_PREFIX)] = values
        else:
            unknown[name] = all_values
    if attributes:
        by_path["filters.attributes"] = attributes
    return _nest({**by_path, **lists}) | unknown


def _nest(by_path: Mapping[str, object]) -> dict[str, object]:
    payload: dict[str, object] = {}
    for path, value in by_path.items():
        *parents, last = path.split(".")
        holder = payload
        for parent in parents:
            child = holder.setdefault(parent, {})
            if isinstance(child, dict):
                holder = child
        holder[last] = value
    return payload
