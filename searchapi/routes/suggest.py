"""`/v1/suggest`."""

from flask import Blueprint, Response, g, request

from searchapi.json_text import dump_json
from searchapi.models import read_suggest
from searchapi.query_string import read_suggest_string
from searchapi.state import state
from shangsou.search.suggest import suggestions_to_json

suggest = Blueprint("suggest", __name__)


@suggest.get("/v1/suggest")
def suggest_by_query_string() -> Response:
    """Say what a shopper may be about to type."""
    answer = state().searcher.suggest(read_suggest(read_suggest_string(request.args)))
    g.degraded = answer.degraded
    return Response(dump_json(suggestions_to_json(answer)), content_type="application/json")
