"""`/v1/suggest`."""

from flask import Blueprint, Response, g, request

from searchapi.json_text import json_response
from searchapi.restricted_search import search_of_caller
from searchapi.schema.query_string import parse_query_string
from searchapi.schema.requests import SuggestParameters, parse_suggest_request
from shangsou.search.suggest import suggestions_to_json

suggest = Blueprint("suggest", __name__)


@suggest.get("/v1/suggest")
def suggest_by_query_string() -> Response:
    """Return suggestions for the text typed so far."""
    response = search_of_caller().suggest(
        parse_suggest_request(parse_query_string(SuggestParameters, request.args))
    )
    g.degraded = response.degraded
    return json_response(suggestions_to_json(response))
