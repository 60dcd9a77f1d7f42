"""The OpenAPI 3.1 description, generated from the request and answer models."""

from collections.abc import Mapping
from importlib.metadata import version

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from searchapi.answers import (
    HealthAnswer,
    ProblemAnswer,
    ProductAnswer,
    ReadyAnswer,
    SearchAnswer,
    SuggestAnswer,
    SynonymsAnswer,
)
from searchapi.models import PreferencesBody, SearchBody, SuggestParameters, SynonymsBody
from searchapi.openapi_parts import REFERENCE, content, path_parameter, responses
from searchapi.openapi_shoppers import SHOPPER_ANSWERS, shopper_paths

# Query parameters that stand for a nested field of the body, with the field they stand for.
_NESTED_PARAMETERS = {
    "category": ("SearchFilters", "category"),
    "brand": ("SearchFilters", "brand"),
    "contains": ("SearchFilters", "contains"),
    "excludes": ("SearchFilters", "excludes"),
    "price_gte": ("PriceFilter", "gte"),
    "price_lte": ("PriceFilter", "lte"),
    "in_stock": ("SearchFilters", "in_stock"),
}


def describe() -> dict[str, object]:
    """Return the description as plain JSON values."""
    schemas = _schemas()
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "商搜 shangsou",
            "summary": "Product search for Chinese shops.",
            "version": version("shangsou"),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": {
            "/v1/search": {
                "get": {
                    "operationId": "searchByQueryString",
                    "summary": "Search, asked in the query string.",
                    "parameters": _query_parameters(schemas),
                    "responses": responses(SearchAnswer, 422, 503),
                },
                "post": {
                    "operationId": "search",
                    "summary": "Search.",
                    "requestBody": {"required": True, "content": content(SearchBody)},
                    "responses": responses(SearchAnswer, 400, 413, 422, 503),
                },
            },
            "/v1/suggest": {
                "get": {
                    "operationId": "suggest",
                    "summary": "What a shopper may be about to type.",
                    "parameters": _suggest_parameters(schemas),
                    "responses": responses(SuggestAnswer, 422, 503),
                }
            },
            "/v1/products/{product_id}": {
                "get": {
                    "operationId": "product",
                    "summary": "One product.",
                    "parameters": [path_parameter("product_id")],
                    "responses": responses(ProductAnswer, 404, 503),
                }
            },
            "/v1/synonyms": {
                "get": {
                    "operationId": "synonyms",
                    "summary": "The shop's own synonyms; from this machine or with the server's key.",
                    "responses": responses(SynonymsAnswer, 403),
                },
                "put": {
                    "operationId": "replaceSynonyms",
                    "summary": "Replace the shop's own synonyms; live within 2 seconds.",
                    "requestBody": {"required": True, "content": content(SynonymsBody)},
                    "responses": responses(SynonymsAnswer, 400, 403, 413, 422),
                },
            },
            **shopper_paths(),
            "/healthz": {
                "get": {
                    "operationId": "health",
                    "summary": "Whether the process answers.",
                    "responses": responses(HealthAnswer),
                }
            },
            "/readyz": {
                "get": {
                    "operationId": "readiness",
                    "summary": "Whether searches can be answered.",
                    "responses": {
                        **responses(ReadyAnswer),
                        "503": {"description": "Not ready.", "content": content(ReadyAnswer)},
                    },
                }
            },
            "/metrics": {
                "get": {
                    "operationId": "metrics",
                    "summary": "Metrics for Prometheus.",
                    "responses": {"200": {"description": "OK", "content": {"text/plain": {}}}},
                }
            },
        },
        "components": {"schemas": schemas},
    }


def _schemas() -> dict[str, dict[str, object]]:
    answers: tuple[type[BaseModel], ...] = (
        SearchAnswer, SuggestAnswer, ProductAnswer, SynonymsAnswer, *SHOPPER_ANSWERS, HealthAnswer,
        ReadyAnswer, ProblemAnswer,
    )  # fmt: skip
    _, plain = models_json_schema(
        [
            (SearchBody, "validation"),
            (SuggestParameters, "validation"),
            (SynonymsBody, "validation"),
            (PreferencesBody, "validation"),
            *((answer, "validation") for answer in answers),
        ],
        ref_template=REFERENCE,
    )
    schemas: dict[str, dict[str, object]] = plain["$defs"]
    return schemas


def _query_parameters(schemas: Mapping[str, Mapping[str, object]]) -> list[dict[str, object]]:
    parameters: list[dict[str, object]] = []
    body = _properties(schemas["SearchBody"])
    for name, schema in body.items():
        if name == "filters":
            continue
        renamed = {"query": "q", "facets": "facet"}.get(name, name)
        parameters.append({"name": renamed, "in": "query", "schema": schema})
    for name, (model, field) in _NESTED_PARAMETERS.items():
        parameters.append({"name": name, "in": "query", "schema": _properties(schemas[model])[field]})
    parameters.append(
        {
            "name": "attributes",
            "in": "query",
            "description": "`attr.NAME=VALUE`, as `attr.颜色=红色`, repeated for further values.",
            "style": "form",
            "explode": True,
            "schema": {
                "type": "object",
                "patternProperties": {r"^attr\.": {"type": "array", "items": {"type": "string"}}},
                "additionalProperties": False,
            },
        }
    )
    return parameters


def _suggest_parameters(schemas: Mapping[str, Mapping[str, object]]) -> list[dict[str, object]]:
    return [
        {"name": {"query": "q"}.get(name, name), "in": "query", "schema": schema}
        for name, schema in _properties(schemas["SuggestParameters"]).items()
    ]


def _properties(schema: Mapping[str, object]) -> Mapping[str, object]:
    properties = schema["properties"]
    if not isinstance(properties, Mapping):
        raise TypeError(f"no properties in {schema}")
    return properties
