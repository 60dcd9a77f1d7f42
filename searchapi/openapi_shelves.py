"""What OpenAPI says of shelves and the merchant's rules for them."""

from collections.abc import Mapping

from pydantic import BaseModel

from searchapi.answers import ShelfAnswer, ShelfRulesAnswer
from searchapi.models import ShelfRulesBody
from searchapi.openapi_parts import content, path_parameter, responses
from shangsou.recommend.shelf import KINDS

SHELF_ANSWERS: tuple[type[BaseModel], ...] = (ShelfAnswer, ShelfRulesAnswer)


def shelf_paths(parameters: list[dict[str, object]]) -> Mapping[str, object]:
    """Return the paths; `parameters` are those of a shelf in the query string."""
    kind = {**path_parameter("kind"), "schema": {"type": "string", "enum": list(KINDS)}}
    return {
        "/v1/recommend/{kind}": {
            "get": {
                "operationId": "recommend",
                "summary": "A shelf of products, each with its reason.",
                "parameters": [kind, *parameters],
                "responses": responses(ShelfAnswer, 404, 422, 503),
            }
        },
        "/v1/recommend/rules": {
            "get": {
                "operationId": "shelfRules",
                "summary": "The rules for shelves; from this machine or with the server's key.",
                "responses": responses(ShelfRulesAnswer, 403),
            },
            "put": {
                "operationId": "replaceShelfRules",
                "summary": "Replace the rules for shelves; live within 2 seconds.",
                "requestBody": {"required": True, "content": content(ShelfRulesBody)},
                "responses": responses(ShelfRulesAnswer, 400, 403, 413, 415, 422),
            },
        },
    }
