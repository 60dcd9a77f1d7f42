"""What OpenAPI says of events, users and sessions."""

from pydantic import BaseModel

from searchapi.schema.openapi_parts import describe_responses, json_content, path_parameter
from searchapi.schema.requests import PreferencesBody
from searchapi.schema.responses import (
    EventsResponse,
    ForgetResponse,
    PreferencesResponse,
    ShopperEventsResponse,
)

SHOPPER_RESPONSES: tuple[type[BaseModel], ...] = (
    EventsResponse, ForgetResponse, PreferencesResponse, ShopperEventsResponse,
)  # fmt: skip
_TEXT = {"type": "string"}
_NUMBER = {"type": "number"}
_OBJECT = {"type": "object", "properties": {"object_id": {**_TEXT, "description": "A product."}}}
# What of UBI 1.3 is read; an event may hold anything else beside that.
_EVENT = {
    "type": "object",
    "required": ["action_name", "timestamp"],
    "properties": {
        "event_id": {**_TEXT, "description": "The same event sent twice has the same id and counts once."},
        "action_name": {**_TEXT, "examples": ["search", "impression", "click", "add_to_cart", "purchase"]},
        "timestamp": {"anyOf": [_TEXT, _NUMBER], "description": "ISO 8601, epoch seconds or milliseconds."},
        "user_id": _TEXT,
        "session_id": _TEXT,
        "client_id": {**_TEXT, "description": "Counts as session where there is none."},
        "query_id": {**_TEXT, "description": "Of the search in whose results it happened."},
        "user_query": _TEXT,
        "event_attributes": {
            "type": "object",
            "properties": {
                "object": _OBJECT,
                "position": {"type": "object", "properties": {"ordinal": {"type": "integer", "minimum": 1}}},
                "price": {**_NUMBER, "description": "Of one piece, in yuan."},
                "quantity": {"type": "integer", "minimum": 1},
                "order_id": _TEXT,
            },
        },
    },
}
_EVENTS = {"oneOf": [_EVENT, {"type": "array", "items": _EVENT, "maxItems": 1000}]}


def shopper_paths() -> dict[str, object]:
    """Return the routes by their paths."""
    user, session = [path_parameter("user_id")], [path_parameter("session_id")]
    return {
        "/v1/events": {
            "post": {
                "operationId": "takeEvents",
                "summary": "Keep what shoppers did: one event or up to 1,000, as UBI 1.3 has them.",
                "requestBody": {"required": True, "content": {"application/json": {"schema": _EVENTS}}},
                "responses": describe_responses(EventsResponse, 400, 403, 413, 415, 422, 503),
            }
        },
        "/v1/users/{user_id}": {
            "delete": {
                "operationId": "forgetUser",
                "summary": "Remove everything that is kept of a user.",
                "parameters": user,
                "responses": describe_responses(ForgetResponse, 403, 422, 503),
            }
        },
        "/v1/users/{user_id}/events": {
            "get": {
                "operationId": "eventsOfUser",
                "summary": "Everything that is kept of a user.",
                "parameters": user,
                "responses": describe_responses(ShopperEventsResponse, 403, 422, 503),
            }
        },
        "/v1/users/{user_id}/preferences": {
            "get": {
                "operationId": "preferences",
                "summary": "What a user wants.",
                "parameters": user,
                "responses": describe_responses(PreferencesResponse, 403, 422, 503),
            },
            "put": {
                "operationId": "setPreferences",
                "summary": "Note what a user wants; live in the next search.",
                "parameters": user,
                "requestBody": {"required": True, "content": json_content(PreferencesBody)},
                "responses": describe_responses(PreferencesResponse, 400, 403, 413, 415, 422, 503),
            },
        },
        "/v1/sessions/{session_id}": {
            "delete": {
                "operationId": "forgetSession",
                "summary": "Remove everything that is kept of a session which is linked to no user.",
                "parameters": session,
                "responses": describe_responses(ForgetResponse, 403, 422, 503),
            }
        },
        "/v1/sessions/{session_id}/events": {
            "get": {
                "operationId": "eventsOfSession",
                "summary": "Everything that is kept of a session which is linked to no user.",
                "parameters": session,
                "responses": describe_responses(ShopperEventsResponse, 403, 422, 503),
            }
        },
    }
