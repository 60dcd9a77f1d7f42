"""`/v1/search`."""

from dataclasses import replace

from flask import Blueprint, Response, g, request

from searchapi.json_text import dump_json, read_json
from searchapi.keys import why_user_does_not_count
from searchapi.models import read_search
from searchapi.query_string import read_query_string
from searchapi.shoppers import wants_no_record, why_session_does_not_count
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
    key = state().settings.admin_key
    ignored: tuple[str, ...] = ()
    if asked.user_id and (reason := why_user_does_not_count(request, asked.user_id, key)):
        asked = replace(asked, user_id="")
        ignored += (f"personalise: {reason}",)
    if asked.session_id and (reason := why_session_does_not_count(request, asked.session_id, key)):
        asked = replace(asked, session_id="")
        ignored += (f"personalise: {reason}",)
    if wants_no_record(request):
        asked = replace(asked, personalize=False)
    answer = state().searcher.search(asked)
    if ignored:
        answer = replace(answer, degraded=answer.degraded + ignored)
    g.degraded = answer.degraded
    state().metrics.count_search(asked, answer)
    if asked.personalize and asked.page == 1 and (asked.user_id or asked.session_id):
        state().events.record_search(asked, answer)
    return Response(dump_json(response_to_json(answer)), content_type="application/json")
