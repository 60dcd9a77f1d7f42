"""`/v1/synonyms`: the shop's own synonyms, as text."""

from flask import Blueprint, Response, request
from pydantic import ValidationError

from searchapi.answers import SynonymsAnswer
from searchapi.json_text import dump_json, read_json
from searchapi.keys import demand_operator
from searchapi.models import SynonymsBody, wrong_fields
from searchapi.problems import InvalidRequest, WrongField
from searchapi.state import state
from shangsou.errors import UnusableInput
from shangsou.search.ranking import read_own_synonyms, write_own_synonyms

synonyms = Blueprint("synonyms", __name__)


@synonyms.get("/v1/synonyms")
def read() -> Response:
    """Return the shop's own synonyms."""
    demand_operator(request, state().settings.admin_key)
    own = read_own_synonyms(state().settings.home)
    return _answer(own, own)


@synonyms.put("/v1/synonyms")
def replace() -> Response:
    """Replace the shop's own synonyms; the answer holds those before, to go back to."""
    demand_operator(request, state().settings.admin_key)
    try:
        body = SynonymsBody.model_validate(read_json(request))
    except ValidationError as problem:
        raise InvalidRequest(wrong_fields(problem)) from None
    before = read_own_synonyms(state().settings.home)
    try:
        write_own_synonyms(state().settings.home, body.synonyms)
    except UnusableInput as problem:
        raise InvalidRequest([WrongField("synonyms", str(problem))]) from None
    return _answer(body.synonyms, before)


def _answer(own: str, before: str) -> Response:
    plain = SynonymsAnswer(synonyms=own, before=before).model_dump()
    return Response(dump_json(plain), content_type="application/json")
