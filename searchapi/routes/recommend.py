"""`/v1/recommend/KIND`, and the merchant's rules for all of them."""

from dataclasses import replace

from flask import Blueprint, Response, g, request
from werkzeug.exceptions import NotFound

from searchapi.answers import ShelfRulesAnswer
from searchapi.json_text import dump_json, read_json
from searchapi.keys import demand_operator
from searchapi.models import ShelfRulesBody, read_recommend
from searchapi.problems import InvalidRequest, WrongField
from searchapi.query_string import read_recommend_string
from searchapi.shoppers import as_far_as_it_counts
from searchapi.state import state
from searchapi.validation import validated
from shangsou.errors import UnusableInput
from shangsou.recommend.rules import read_rules_text, write_rules
from shangsou.recommend.shelf import KINDS, shelf_to_json

recommend = Blueprint("recommend", __name__)


@recommend.get("/v1/recommend/<kind>")
def shelf(kind: str) -> Response:
    """Return a shelf."""
    known = next((one for one in KINDS if one == kind), None)
    if known is None:
        raise NotFound(f"there is no such shelf; there are {', '.join(KINDS)}")
    asked = read_recommend(known, read_recommend_string(request.args))
    asked, ignored = as_far_as_it_counts(asked, request, state().settings.admin_key)
    answer = state().searcher.recommend(asked)
    if answer is None:
        raise NotFound(f'there is no product "{asked.product_id}" for a shelf to stand beside')
    if ignored:
        answer = replace(answer, degraded=answer.degraded + ignored)
    g.degraded = answer.degraded
    return Response(dump_json(shelf_to_json(answer)), content_type="application/json")


@recommend.get("/v1/recommend/rules")
def read_rules() -> Response:
    """Return the merchant's rules."""
    demand_operator(request, state().settings.admin_key)
    own = _current_rules()
    return _answer(own, own)


@recommend.put("/v1/recommend/rules")
def replace_rules() -> Response:
    """Replace the merchant's rules; the answer holds those before, to go back to."""
    demand_operator(request, state().settings.admin_key)
    body = validated(ShelfRulesBody, read_json(request))
    before = _current_rules()
    try:
        write_rules(state().settings.home, body.rules)
    except UnusableInput as problem:
        raise InvalidRequest([WrongField("rules", str(problem))]) from None
    return _answer(body.rules, before)


def _current_rules() -> str:
    try:
        return read_rules_text(state().settings.home)
    except UnusableInput:
        # A file that cannot be read is there to be replaced.
        return ""


def _answer(own: str, before: str) -> Response:
    plain = ShelfRulesAnswer(rules=own, before=before).model_dump()
    return Response(dump_json(plain), content_type="application/json")
