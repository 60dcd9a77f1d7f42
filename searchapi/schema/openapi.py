"""The OpenAPI 3.1 description, generated from the request and response models."""

from collections.abc import Mapping
from importlib.metadata import version

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from searchapi.schema.openapi_parts import SCHEMA_REFERENCE, describe_responses, json_content, path_parameter
from searchapi.schema.openapi_shelves import SHELF_RESPONSES, shelf_paths
from searchapi.schema.openapi_shoppers import SHOPPER_RESPONSES, shopper_paths
from searchapi.schema.requests import (
    EntitiesBody,
    GradeBody,
    JudgeParameters,
    PairsParameters,
    PreferencesBody,
    RecommendParameters,
    SearchBody,
    ShelfRulesBody,
    SuggestParameters,
    SynonymsBody,
)
from searchapi.schema.responses import (
    BooksResponse,
    EntitiesResponse,
    HealthResponse,
    PairsResponse,
    ProblemResponse,
    ProductResponse,
    ProgressResponse,
    ReadyResponse,
    SearchResponse,
    SuggestResponse,
    SynonymsResponse,
    UndoResponse,
)

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


def describe_api() -> dict[str, object]:
    """Return the description as plain JSON values."""
    schemas = _component_schemas()
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
                    "responses": describe_responses(SearchResponse, 422, 503),
                },
                "post": {
                    "operationId": "search",
                    "summary": "Search.",
                    "requestBody": {"required": True, "content": json_content(SearchBody)},
                    "responses": describe_responses(SearchResponse, 400, 403, 413, 415, 422, 503),
                },
            },
            "/v1/suggest": {
                "get": {
                    "operationId": "suggest",
                    "summary": "What a shopper may be about to type.",
                    "parameters": _flat_parameters(schemas["SuggestParameters"]),
                    "responses": describe_responses(SuggestResponse, 422, 503),
                }
            },
            "/v1/products/{product_id}": {
                "get": {
                    "operationId": "product",
                    "summary": "One product.",
                    "parameters": [path_parameter("product_id")],
                    "responses": describe_responses(ProductResponse, 404, 503),
                }
            },
            "/v1/synonyms": {
                "get": {
                    "operationId": "synonyms",
                    "summary": "The shop's own synonyms; from this machine or with the server's key.",
                    "responses": describe_responses(SynonymsResponse, 403),
                },
                "put": {
                    "operationId": "replaceSynonyms",
                    "summary": "Replace the shop's own synonyms; live within 2 seconds.",
                    "requestBody": {"required": True, "content": json_content(SynonymsBody)},
                    "responses": describe_responses(SynonymsResponse, 400, 403, 413, 415, 422),
                },
            },
            **shopper_paths(),
            **_judgement_paths(schemas),
            "/v1/entities": {
                "get": {
                    "operationId": "entities",
                    "summary": "The shop's own entities; from this machine or with the server's key.",
                    "responses": describe_responses(EntitiesResponse, 403),
                },
                "put": {
                    "operationId": "replaceEntities",
                    "summary": "Replace the shop's own entities; live within 2 seconds.",
                    "requestBody": {"required": True, "content": json_content(EntitiesBody)},
                    "responses": describe_responses(EntitiesResponse, 400, 403, 413, 415, 422),
                },
            },
            **shelf_paths(_flat_parameters(schemas["RecommendParameters"])),
            "/healthz": {
                "get": {
                    "operationId": "health",
                    "summary": "Whether the process answers.",
                    "responses": describe_responses(HealthResponse),
                }
            },
            "/readyz": {
                "get": {
                    "operationId": "readiness",
                    "summary": "Whether searches can be answered.",
                    "responses": {
                        **describe_responses(ReadyResponse),
                        "503": {"description": "Not ready.", "content": json_content(ReadyResponse)},
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


def _judgement_paths(schemas: Mapping[str, Mapping[str, object]]) -> dict[str, object]:
    book = {"name": "book", "in": "path", "required": True, "schema": {"type": "string"}}
    return {
        "/v1/judgements": {
            "get": {
                "operationId": "books",
                "summary": "What there is to judge. From this machine, or with the server's key.",
                "responses": describe_responses(BooksResponse, 403, 503),
            }
        },
        "/v1/judgements/{book}/pairs": {
            "get": {
                "operationId": "pairs",
                "summary": "What a judge is to judge, in the judge's own order.",
                "parameters": [book, *_flat_parameters(schemas["PairsParameters"])],
                "responses": describe_responses(PairsResponse, 403, 404, 422, 503),
            }
        },
        "/v1/judgements/{book}/grades": {
            "put": {
                "operationId": "grade",
                "summary": "Save what a judge says of a product; on the disk once answered.",
                "parameters": [book],
                "requestBody": {"required": True, "content": json_content(GradeBody)},
                "responses": describe_responses(ProgressResponse, 400, 403, 404, 413, 415, 422, 503),
            }
        },
        "/v1/judgements/{book}/grades/last": {
            "delete": {
                "operationId": "takeBack",
                "summary": "Take back what a judge said last.",
                "parameters": [book, *_flat_parameters(schemas["JudgeParameters"])],
                "responses": describe_responses(UndoResponse, 403, 404, 422, 503),
            }
        },
    }


def _component_schemas() -> dict[str, dict[str, object]]:
    response_models: tuple[type[BaseModel], ...] = (
        SearchResponse, SuggestResponse, ProductResponse, SynonymsResponse, EntitiesResponse,
        *SHOPPER_RESPONSES, *SHELF_RESPONSES, HealthResponse, ReadyResponse, ProblemResponse, BooksResponse,
        PairsResponse, ProgressResponse, UndoResponse,
    )  # fmt: skip
    _, generated = models_json_schema(
        [
            (SearchBody, "validation"),
            (SuggestParameters, "validation"),
            (SynonymsBody, "validation"),
            (PreferencesBody, "validation"),
            (PairsParameters, "validation"),
            (JudgeParameters, "validation"),
            (GradeBody, "validation"),
            (EntitiesBody, "validation"),
            (RecommendParameters, "validation"),
            (ShelfRulesBody, "validation"),
            *((model, "validation") for model in response_models),
        ],
        ref_template=SCHEMA_REFERENCE,
    )
    schemas: dict[str, dict[str, object]] = generated["$defs"]
    return schemas


def _query_parameters(schemas: Mapping[str, Mapping[str, object]]) -> list[dict[str, object]]:
    parameters: list[dict[str, object]] = []
    body = _properties(schemas["SearchBody"])
    for name, schema in body.items():
        if name == "filters":
            continue
        parameter_name = {"query": "q", "facets": "facet"}.get(name, name)
        parameters.append({"name": parameter_name, "in": "query", "schema": schema})
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


def _flat_parameters(schema: Mapping[str, object]) -> list[dict[str, object]]:
    required = schema.get("required", [])
    return [
        {
            "name": {"query": "q"}.get(name, name),
            "in": "query",
            "required": isinstance(required, list) and name in required,
            "schema": field,
        }
        for name, field in _properties(schema).items()
    ]


def _properties(schema: Mapping[str, object]) -> Mapping[str, object]:
    properties = schema["properties"]
    if not isinstance(properties, Mapping):
        raise TypeError(f"no properties in {schema}")
    return properties
