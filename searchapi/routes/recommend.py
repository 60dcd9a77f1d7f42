"""`/v1/recommend/KIND`, and the merchant's rules for all of them."""

from dataclasses import replace

from flask import Blueprint, Response, g, request
from werkzeug.exceptions import NotFound

from searchapi.authorization import audit, require
from searchapi.identity import with_trusted_identity
from searchapi.json_text import json_response, read_json
from searchapi.problems import FieldError, InvalidRequest
from searchapi.restricted_search import search_of_caller
from searchapi.schema.query_string import parse_query_string
from searchapi.schema.requests import RecommendParameters, ShelfRulesBody, parse_recommend_request
from searchapi.schema.responses import ShelfRulesResponse
from searchapi.schema.validation import validate
from searchapi.state import state
from shangsou.errors import UnusableInput
from shangsou.recommend.rules import read_rules_text, write_rules
from shangsou.recommend.shelf import KINDS, shelf_to_json

recommend = Blueprint("recommend", __name__)


@recommend.get("/v1/recommend/<kind>")
def shelf(kind: str) -> Response:
    """Return a shelf."""
    known_kind = next((shelf_kind for shelf_kind in KINDS if shelf_kind == kind), None)
    if known_kind is None:
        raise NotFound(f"there is no such shelf; there are {', '.join(KINDS)}")
    shelf_request = parse_recommend_request(known_kind, parse_query_string(RecommendParameters, request.args))
    shelf_request, ignored_ids = with_trusted_identity(shelf_request, request)
    response = search_of_caller().recommend(shelf_request)
    if response is None:
        raise NotFound(f'there is no product "{shelf_request.product_id}" for a shelf to stand beside')
    if ignored_ids:
        response = replace(response, degraded=response.degraded + ignored_ids)
    g.degraded = response.degraded
    return json_response(shelf_to_json(response))


@recommend.get("/v1/recommend/rules")
def read_rules() -> Response:
    """Return the merchant's rules."""
    require("catalog")
    rules = _current_rules()
    return _respond(rules, rules)


@recommend.put("/v1/recommend/rules")
def replace_rules() -> Response:
    """Replace the merchant's rules; the response contains the previous ones, for undoing."""
    require("catalog")
    body = validate(ShelfRulesBody, read_json(request))
    before = _current_rules()
    try:
        write_rules(state().settings.home, body.rules)
    except UnusableInput as problem:
        raise InvalidRequest([FieldError("rules", str(problem))]) from None
    audit("rules.replace", details={"lines": len(body.rules.splitlines())})
    return _respond(body.rules, before)


def _current_rules() -> str:
    try:
        return read_rules_text(state().settings.home)
    except UnusableInput:
        # A file that cannot be read may still be replaced.
        return ""


def _respond(rules: str, before: str) -> Response:
    response: ShelfRulesResponse = {"rules": rules, "before": before}
    return json_response(response)
