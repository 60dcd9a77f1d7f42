"""`/v1/synonyms` and `/v1/entities`: the shop's own dictionaries, as text."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from flask import Blueprint, Response, request
from pydantic import BaseModel

from searchapi.answers import EntitiesAnswer, SynonymsAnswer
from searchapi.json_text import dump_json, read_json
from searchapi.keys import demand_operator
from searchapi.models import EntitiesBody, SynonymsBody
from searchapi.problems import InvalidRequest, WrongField
from searchapi.state import state
from searchapi.validation import validated
from shangsou.errors import UnusableInput
from shangsou.search.ranking import (
    read_own_entities,
    read_own_synonyms,
    write_own_entities,
    write_own_synonyms,
)

dictionaries = Blueprint("dictionaries", __name__)


class _Dictionary(NamedTuple):
    read: Callable[[Path], str]
    write: Callable[[Path, str], None]
    body: type[BaseModel]
    answer: type[BaseModel]


_DICTIONARIES = {
    "synonyms": _Dictionary(read_own_synonyms, write_own_synonyms, SynonymsBody, SynonymsAnswer),
    "entities": _Dictionary(read_own_entities, write_own_entities, EntitiesBody, EntitiesAnswer),
}


@dictionaries.get("/v1/synonyms")
def synonyms() -> Response:
    """Return the shop's own synonyms."""
    return _read("synonyms")


@dictionaries.put("/v1/synonyms")
def replace_synonyms() -> Response:
    """Replace the shop's own synonyms; the answer holds those before, to go back to."""
    return _replace("synonyms")


@dictionaries.get("/v1/entities")
def entities() -> Response:
    """Return the shop's own entities."""
    return _read("entities")


@dictionaries.put("/v1/entities")
def replace_entities() -> Response:
    """Replace the shop's own entities; the answer holds those before, to go back to."""
    return _replace("entities")


def _read(name: str) -> Response:
    demand_operator(request, state().settings.admin_key)
    own = _DICTIONARIES[name].read(state().settings.home)
    return _answer(name, own, own)


def _replace(name: str) -> Response:
    demand_operator(request, state().settings.admin_key)
    dictionary = _DICTIONARIES[name]
    body = validated(dictionary.body, read_json(request))
    text = str(getattr(body, name))
    before = dictionary.read(state().settings.home)
    try:
        dictionary.write(state().settings.home, text)
    except UnusableInput as problem:
        raise InvalidRequest([WrongField(name, str(problem))]) from None
    return _answer(name, text, before)


def _answer(name: str, own: str, before: str) -> Response:
    plain = _DICTIONARIES[name].answer.model_validate({name: own, "before": before}).model_dump()
    return Response(dump_json(plain), content_type="application/json")
