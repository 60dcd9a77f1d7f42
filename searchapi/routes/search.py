"""`/v1/search`."""

from dataclasses import replace

from flask import Blueprint, Response, g, request

from searchapi.allowed_origins import is_foreign
from searchapi.identity import with_trusted_identity
from searchapi.json_text import json_response, read_json
from searchapi.restricted_search import search_of_caller
from searchapi.schema.query_string import parse_query_string
from searchapi.schema.requests import SearchBody, parse_search_request
from searchapi.state import state
from shangsou.search.response import response_to_json

search = Blueprint("search", __name__)


@search.get("/v1/search")
def search_by_query_string() -> Response:
    """Answer a search in the query string."""
    return _respond(parse_query_string(SearchBody, request.args))


@search.post("/v1/search")
def search_by_body() -> Response:
    """Answer a search in a JSON body."""
    return _respond(read_json(request))


def _respond(payload: object) -> Response:
    search_request = parse_search_request(payload)
    search_request, ignored_ids = with_trusted_identity(search_request, request)
    response = search_of_caller().search(search_request)
    if ignored_ids:
        response = replace(response, degraded=response.degraded + ignored_ids)
    g.degraded = response.degraded
    state().metrics.count_search(search_request, response)
    is_known = search_request.user_id or search_request.session_id
    is_own = not is_foreign(request, state().settings.allowed_origins)
    if search_request.personalize and search_request.page == 1 and is_known and is_own:
        state().events.record_search(search_request, response)
    return json_response(response_to_json(response))
