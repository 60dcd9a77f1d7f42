"""The operations of the HTTP API: what each is asked and what it answers, for the OpenAPI description."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel

from searchapi.schema import requests, responses
from shangsou.recommend.shelf import KINDS, ShelfJson
from shangsou.search.response_json import SearchJson
from shangsou.search.suggest import SuggestionsJson

JsonSchema = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path."""

    method: Literal["get", "post", "put", "patch", "delete"]
    path: str
    """With its parameters in braces; they are texts unless `path_schemas` says more."""
    id: str
    summary: str
    response: type | None
    """The `TypedDict` of 200, None for plain text."""
    problems: tuple[int, ...] = ()
    """Statuses of its problem documents."""
    query: type[BaseModel] | None = None
    """The model of its query string."""
    body: type[BaseModel] | JsonSchema | None = None
    path_schemas: Mapping[str, JsonSchema] = field(default_factory=dict)
    may_create: bool = False
    """Whether it answers 201 as well, where what it names was not there."""
    unready: type | None = None
    """The `TypedDict` of a 503 that is no problem document."""


# What of UBI 1.3 is read; an event may hold anything else beside that.
_TEXT = {"type": "string"}
_NUMBER = {"type": "number"}
_OBJECT = {"type": "object", "properties": {"object_id": {**_TEXT, "description": "A product."}}}
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
_KIND = {"kind": {"type": "string", "enum": list(KINDS)}}
# What a body may be answered with, beside what is wrong with its fields.
_BODY_PROBLEMS = (400, 403, 413, 415, 422)
# Of those that replace a file of the server.
_FILE_PROBLEMS = (*_BODY_PROBLEMS, 503, 507)

OPERATIONS = (
    Operation(
        "get", "/v1/search", "searchByQueryString", "Search, asked in the query string.",
        SearchJson, (422, 503), query=requests.SearchBody,
    ),
    Operation(
        "post", "/v1/search", "search", "Search.",
        SearchJson, (*_BODY_PROBLEMS, 503), body=requests.SearchBody,
    ),
    Operation(
        "get", "/v1/suggest", "suggest", "What a shopper may be about to type.",
        SuggestionsJson, (422, 503), query=requests.SuggestParameters,
    ),
    Operation(
        "get", "/v1/products/{product_id}", "product", "One product, with all that is sold of its group.",
        responses.ProductDetailsResponse, (404, 503),
    ),
    Operation(
        "patch", "/v1/products/{product_id}", "patchProduct",
        "Change some fields of a product (RFC 7396); found by searches within a second.",
        responses.StoredProductResponse, (*_BODY_PROBLEMS, 404, 412, 503), body=requests.ProductFields,
    ),
    Operation(
        "put", "/v1/products/{product_id}", "putProduct", "Make a product, or take the place of all of it.",
        responses.StoredProductResponse, (*_BODY_PROBLEMS, 412, 503), body=requests.ProductFields,
        may_create=True,
    ),
    Operation(
        "delete", "/v1/products/{product_id}", "deleteProduct", "Remove a product.",
        responses.OutcomeResponse, (403, 404, 412, 503),
    ),
    Operation(
        "post", "/v1/products:batch", "changeProducts", "Do up to 1,000 operations on products.",
        responses.BatchResponse, (*_BODY_PROBLEMS, 503), body=requests.BatchBody,
    ),
    Operation(
        "get", "/v1/synonyms", "synonyms",
        "The shop's own synonyms; from this machine or with the server's key.",
        responses.SynonymsResponse, (403,),
    ),
    Operation(
        "put", "/v1/synonyms", "replaceSynonyms",
        "Replace the shop's own synonyms; live within 2 seconds.",
        responses.SynonymsResponse, _FILE_PROBLEMS, body=requests.SynonymsBody,
    ),
    Operation(
        "post", "/v1/events", "takeEvents",
        "Keep what shoppers did: one event or up to 1,000, as UBI 1.3 has them.",
        responses.EventsResponse, (*_BODY_PROBLEMS, 503), body=_EVENTS,
    ),
    Operation(
        "delete", "/v1/users/{user_id}", "forgetUser", "Remove everything that is kept of a user.",
        responses.ForgetUserResponse, (403, 422, 503),
    ),
    Operation(
        "get", "/v1/users/{user_id}/events", "eventsOfUser", "Everything that is kept of a user.",
        responses.ShopperEventsResponse, (403, 422, 503),
    ),
    Operation(
        "get", "/v1/users/{user_id}/preferences", "preferences", "What a user wants.",
        responses.PreferencesResponse, (403, 422, 503),
    ),
    Operation(
        "put", "/v1/users/{user_id}/preferences", "setPreferences",
        "Note what a user wants; live in the next search.",
        responses.SetPreferencesResponse, (*_BODY_PROBLEMS, 503), body=requests.PreferencesBody,
    ),
    Operation(
        "delete", "/v1/sessions/{session_id}", "forgetSession",
        "Remove everything that is kept of a session which is linked to no user.",
        responses.ForgetResponse, (403, 422, 503),
    ),
    Operation(
        "get", "/v1/sessions/{session_id}/events", "eventsOfSession",
        "Everything that is kept of a session which is linked to no user.",
        responses.ShopperEventsResponse, (403, 422, 503),
    ),
    Operation(
        "get", "/v1/judgements", "books",
        "What there is to judge. From this machine, or with the server's key.",
        responses.BooksResponse, (403, 503),
    ),
    Operation(
        "get", "/v1/judgements/{book}/pairs", "pairs",
        "What a judge is to judge, in the judge's own order.",
        responses.PairsResponse, (403, 404, 409, 422, 503), query=requests.PairsParameters,
    ),
    Operation(
        "put", "/v1/judgements/{book}/grades", "grade",
        "Save what a judge says of a product; on the disk once answered.",
        responses.ProgressResponse, (400, 403, 404, 409, 413, 415, 422, 503), body=requests.GradeBody,
    ),
    Operation(
        "delete", "/v1/judgements/{book}/grades/last", "takeBack", "Take back what a judge said last.",
        responses.UndoResponse, (403, 404, 409, 422, 503), query=requests.JudgeParameters,
    ),
    Operation(
        "get", "/v1/judgements/{book}/conflicts", "conflicts",
        "What an adjudicator is to decide: pairs on which judges differ by two grades or more.",
        responses.ConflictsResponse, (403, 404, 409, 422, 503), query=requests.PairsParameters,
    ),
    Operation(
        "put", "/v1/judgements/{book}/decisions", "decide",
        "Save what an adjudicator decides, in place of the grades of judges; on the disk once answered.",
        responses.ProgressResponse, (400, 403, 404, 409, 413, 415, 422, 503), body=requests.DecisionBody,
    ),
    Operation(
        "delete", "/v1/judgements/{book}/decisions/last", "takeBackDecision",
        "Take back what an adjudicator decided last.",
        responses.UndoResponse, (403, 404, 422, 503), query=requests.JudgeParameters,
    ),
    Operation(
        "get", "/v1/entities", "entities",
        "The shop's own entities; from this machine or with the server's key.",
        responses.EntitiesResponse, (403,),
    ),
    Operation(
        "put", "/v1/entities", "replaceEntities",
        "Replace the shop's own entities; live within 2 seconds.",
        responses.EntitiesResponse, _FILE_PROBLEMS, body=requests.EntitiesBody,
    ),
    Operation(
        "get", "/v1/recommend/{kind}", "recommend", "A shelf of products, each with its reason.",
        ShelfJson, (404, 422, 503), query=requests.RecommendParameters, path_schemas=_KIND,
    ),
    Operation(
        "get", "/v1/recommend/rules", "shelfRules",
        "The rules for shelves; from this machine or with the server's key.",
        responses.ShelfRulesResponse, (403,),
    ),
    Operation(
        "put", "/v1/recommend/rules", "replaceShelfRules",
        "Replace the rules for shelves; live within 2 seconds.",
        responses.ShelfRulesResponse, _FILE_PROBLEMS, body=requests.ShelfRulesBody,
    ),
    Operation("get", "/healthz", "health", "Whether the process answers.", responses.HealthResponse),
    Operation(
        "get", "/readyz", "readiness", "Whether searches can be answered.",
        responses.ReadyResponse, unready=responses.ReadyResponse,
    ),
    Operation("get", "/metrics", "metrics", "Metrics for Prometheus.", None),
)  # fmt: skip
