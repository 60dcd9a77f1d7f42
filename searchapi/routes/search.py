"""`/v1/search`."""

from dataclasses import replace

from flask import Blueprint, Response, g, request

from searchapi.json_text import dump_json, read_json
from searchapi.models import read_search
from searchapi.origin import is_cross_site
from searchapi.query_string import read_query_string
from searchapi.shoppers import as_far_as_it_counts
from searchapi.state import state
from shangsou.search.response import response_to_json

search = Blueprint("search", __name__)


@search.get("/v1/search")
def search_by_query_string() -> Response:
    """Answer the search of a query string."""
    return _answer(read_query_string(request.args))


@search.post("/v1/search")
def search_by_body() -> Response:
    """Answer the search of a JSON body."""
    return _answer(read_json(request))


def _answer(plain: object) -> Response:
    asked = read_search(plain)
    asked, ignored = as_far_as_it_counts(asked, request, state().settings.admin_key)
    answer = state().searcher.search(asked)
    if ignored:
        answer = replace(answer, degraded=answer.degraded + ignored)
    g.degraded = answer.degraded
    state().metrics.count_search(asked, answer)
    is_known = asked.user_id or asked.session_id
    if asked.personalize and asked.page == 1 and is_known and not is_cross_site(request):
        state().events.record_search(asked, answer)
    return Response(dump_json(response_to_json(answer)), content_type="application/json")
