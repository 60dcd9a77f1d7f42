"""`/v1/synonyms` and `/v1/entities`: the shop's own dictionaries, as text."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from flask import Blueprint, Response, request
from pydantic import BaseModel

from searchapi.authorization import audit, require
from searchapi.json_text import json_response, read_json
from searchapi.problems import FieldError, InvalidRequest
from searchapi.schema.requests import EntitiesBody, SynonymsBody
from searchapi.schema.responses import EntitiesResponse, SynonymsResponse
from searchapi.schema.validation import validate
from searchapi.state import state
from shangsou.errors import UnusableInput
from shangsou.search.ranking.dictionaries import (
    read_own_entities,
    read_own_synonyms,
    write_own_entities,
    write_own_synonyms,
)

dictionaries = Blueprint("dictionaries", __name__)


class _Dictionary(NamedTuple):
    read: Callable[[Path], str]
    write: Callable[[Path, str], None]
    request_model: type[BaseModel]
    respond: Callable[[str, str], Response]
    """With the dictionary as it is now, and as it was before."""


def _respond_synonyms(own: str, before: str) -> Response:
    response: SynonymsResponse = {"synonyms": own, "before": before}
    return json_response(response)


def _respond_entities(own: str, before: str) -> Response:
    response: EntitiesResponse = {"entities": own, "before": before}
    return json_response(response)


_DICTIONARIES = {
    "synonyms": _Dictionary(read_own_synonyms, write_own_synonyms, SynonymsBody, _respond_synonyms),
    "entities": _Dictionary(read_own_entities, write_own_entities, EntitiesBody, _respond_entities),
}


@dictionaries.get("/v1/synonyms")
def synonyms() -> Response:
    """Return the shop's own synonyms."""
    return _read("synonyms")


@dictionaries.put("/v1/synonyms")
def replace_synonyms() -> Response:
    """Replace the shop's own synonyms; the response contains the previous ones, for undoing."""
    return _replace("synonyms")


@dictionaries.get("/v1/entities")
def entities() -> Response:
    """Return the shop's own entities."""
    return _read("entities")


@dictionaries.put("/v1/entities")
def replace_entities() -> Response:
    """Replace the shop's own entities; the response contains the previous ones, for undoing."""
    return _replace("entities")


def _read(name: str) -> Response:
    require("catalog")
    dictionary = _DICTIONARIES[name]
    own = dictionary.read(state().settings.home)
    return dictionary.respond(own, own)


def _replace(name: str) -> Response:
    require("catalog")
    dictionary = _DICTIONARIES[name]
    body = validate(dictionary.request_model, read_json(request))
    text = str(getattr(body, name))
    before = dictionary.read(state().settings.home)
    try:
        dictionary.write(state().settings.home, text)
    except UnusableInput as problem:
        raise InvalidRequest([FieldError(name, str(problem))]) from None
    audit(f"{name}.replace", details={"lines": len(text.splitlines())})
    return dictionary.respond(text, before)
