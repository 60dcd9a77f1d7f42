"""`/v1/users/ID` and `/v1/sessions/ID`: what is kept of somebody, to read, to forget, to forbid."""

from collections.abc import Iterable

from flask import Blueprint, Response, request
from pydantic import BaseModel

from searchapi.answers import ForgottenAnswer, PreferencesAnswer
from searchapi.json_text import dump_json, read_json
from searchapi.models import MAX_ID_LENGTH, PreferencesBody
from searchapi.problems import InvalidRequest, WrongField
from searchapi.shoppers import demand_session, demand_user
from searchapi.state import state
from searchapi.validation import validated
from shangsou.behaviour.event import Event, event_to_json
from shangsou.behaviour.store import EventStore

users = Blueprint("users", __name__)


@users.get("/v1/users/<path:user_id>/events")
def events_of_user(user_id: str) -> Response:
    """Return everything that is kept of a user."""
    return _export(_store_for_user(user_id).events_of(user_id=user_id))


@users.get("/v1/users/<path:user_id>/preferences")
def preferences(user_id: str) -> Response:
    """Return what a user wants."""
    opted_out = _store_for_user(user_id).opted_out([user_id])
    return _json(PreferencesAnswer(personalize=not opted_out))


@users.put("/v1/users/<path:user_id>/preferences")
def set_preferences(user_id: str) -> Response:
    """Note what a user wants."""
    store = _store_for_user(user_id)
    body = validated(PreferencesBody, read_json(request))
    store.opt_out(user_id, opted_out=not body.personalize)
    return _json(PreferencesAnswer(personalize=body.personalize))


@users.delete("/v1/users/<path:user_id>")
def forget_user(user_id: str) -> Response:
    """Remove everything that is kept of a user, and say what it was."""
    return _json(ForgottenAnswer(**_store_for_user(user_id).forget(user_id=user_id)._asdict()))


@users.get("/v1/sessions/<path:session_id>/events")
def events_of_session(session_id: str) -> Response:
    """Return everything that is kept of a session which is linked to nobody."""
    return _export(_store_for_session(session_id).events_of(session_id=session_id))


@users.delete("/v1/sessions/<path:session_id>")
def forget_session(session_id: str) -> Response:
    """Remove everything that is kept of a session which is linked to nobody."""
    return _json(ForgottenAnswer(**_store_for_session(session_id).forget(session_id=session_id)._asdict()))


def _store_for_user(user_id: str) -> EventStore:
    _check_length("user_id", user_id)
    demand_user(request, user_id, state().settings.admin_key)
    return state().events.store


def _store_for_session(session_id: str) -> EventStore:
    _check_length("session_id", session_id)
    demand_session(request, session_id, state().settings.admin_key)
    return state().events.store


def _check_length(field: str, given: str) -> None:
    if len(given) > MAX_ID_LENGTH:
        raise InvalidRequest([WrongField(field, f"has more than {MAX_ID_LENGTH} characters")])


def _export(events: Iterable[Event]) -> Response:
    return Response(
        dump_json({"events": [event_to_json(event) for event in events]}), content_type="application/json"
    )


def _json(answer: BaseModel) -> Response:
    return Response(dump_json(answer.model_dump()), content_type="application/json")
