"""What OpenAPI says of shelves and the merchant's rules for them."""

from collections.abc import Mapping

from pydantic import BaseModel

from searchapi.schema.openapi_parts import describe_responses, json_content, path_parameter
from searchapi.schema.requests import ShelfRulesBody
from searchapi.schema.responses import ShelfResponse, ShelfRulesResponse
from shangsou.recommend.shelf import KINDS

SHELF_RESPONSES: tuple[type[BaseModel], ...] = (ShelfResponse, ShelfRulesResponse)


def shelf_paths(parameters: list[dict[str, object]]) -> Mapping[str, object]:
    """Return the paths; `parameters` are those of a shelf in the query string."""
    kind = {**path_parameter("kind"), "schema": {"type": "string", "enum": list(KINDS)}}
    return {
        "/v1/recommend/{kind}": {
            "get": {
                "operationId": "recommend",
                "summary": "A shelf of products, each with its reason.",
                "parameters": [kind, *parameters],
                "responses": describe_responses(ShelfResponse, 404, 422, 503),
            }
        },
        "/v1/recommend/rules": {
            "get": {
                "operationId": "shelfRules",
                "summary": "The rules for shelves; from this machine or with the server's key.",
                "responses": describe_responses(ShelfRulesResponse, 403),
            },
            "put": {
                "operationId": "replaceShelfRules",
                "summary": "Replace the rules for shelves; live within 2 seconds.",
                "requestBody": {"required": True, "content": json_content(ShelfRulesBody)},
                "responses": describe_responses(ShelfRulesResponse, 400, 403, 413, 415, 422),
            },
        },
    }
