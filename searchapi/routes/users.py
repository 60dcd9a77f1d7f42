"""`/v1/users/ID` and `/v1/sessions/ID`: read or delete a shopper's events, or opt out of personalization."""

from collections.abc import Iterable

from flask import Blueprint, Response, request
from werkzeug.exceptions import MethodNotAllowed

from searchapi.authorization import audit, caller, require_unless_public
from searchapi.caller import ANYBODY
from searchapi.identity import require_session, require_user
from searchapi.json_text import json_response, read_json
from searchapi.problems import FieldError, InvalidRequest
from searchapi.schema.requests import PreferencesBody
from searchapi.schema.responses import ForgetResponse, PreferencesResponse, ShopperEventsResponse
from searchapi.schema.validation import validate
from searchapi.state import state
from shangsou.behaviour.event import Event, event_to_json
from shangsou.behaviour.store import DeletionCounts, EventStore
from shangsou.limits import MAX_ID_LENGTH

users = Blueprint("users", __name__)


@users.get("/v1/users/<path:user_id>/events")
def events_of_user(user_id: str) -> Response:
    """Return all stored events of a user."""
    events = _store_for_user(user_id).events_of(user_id=user_id)
    audit("users.events", subject=user_id)
    return _export(events)


@users.get("/v1/users/<path:user_id>/preferences")
def preferences(user_id: str) -> Response:
    """Return the preferences of a user."""
    opted_out = _store_for_user(user_id).opted_out([user_id])
    audit("users.preferences.read", subject=user_id)
    return _respond_preferences(personalize=not opted_out)


@users.put("/v1/users/<path:user_id>/preferences")
def set_preferences(user_id: str) -> Response:
    """Store the preferences of a user."""
    store = _store_for_user(user_id)
    body = validate(PreferencesBody, read_json(request))
    store.opt_out(user_id, opted_out=not body.personalize)
    audit("users.preferences", subject=user_id, details={"personalize": body.personalize})
    return _respond_preferences(personalize=body.personalize)


@users.delete("/v1/users/<path:user_id>")
def forget_user(user_id: str) -> Response:
    """Delete all data of a user, and return how much it was."""
    _refuse_part(user_id, "/events", "/preferences")
    deleted = _store_for_user(user_id).forget(user_id=user_id)
    audit("users.delete", subject=user_id, details={"events": deleted.events})
    return _respond_deleted(deleted)


@users.get("/v1/sessions/<path:session_id>/events")
def events_of_session(session_id: str) -> Response:
    """Return all stored events of a session without a user."""
    events = _store_for_session(session_id).events_of(session_id=session_id)
    if caller().name != ANYBODY:
        # A browser may read its own session.
        audit("sessions.events", subject=session_id)
    return _export(events)


@users.delete("/v1/sessions/<path:session_id>")
def forget_session(session_id: str) -> Response:
    """Delete all data of a session without a user."""
    _refuse_part(session_id, "/events")
    deleted = _store_for_session(session_id).forget(session_id=session_id)
    if deleted.events or caller().name != ANYBODY:
        # Not what nobody has: whoever asks for nothing would fill the log.
        audit("sessions.delete", subject=session_id, details={"events": deleted.events})
    return _respond_deleted(deleted)


def _refuse_part(shopper_id: str, *parts: str) -> None:
    """Raise `MethodNotAllowed` for an address of a part: a shopper is deleted as a whole.

    Else a user `u1/events` would be deleted, whom nobody knows, and the answer be taken for that of `u1`.
    """
    if shopper_id.endswith(parts):
        raise MethodNotAllowed(["GET"])


def _store_for_user(user_id: str) -> EventStore:
    _check_length("user_id", user_id)
    require_user(request, user_id)
    return state().events.store


def _store_for_session(session_id: str) -> EventStore:
    _check_length("session_id", session_id)
    require_unless_public("search")
    require_session(session_id)
    return state().events.store


def _check_length(field: str, value: str) -> None:
    if len(value) > MAX_ID_LENGTH:
        raise InvalidRequest([FieldError(field, f"has more than {MAX_ID_LENGTH} characters")])


def _export(events: Iterable[Event]) -> Response:
    response: ShopperEventsResponse = {"events": [event_to_json(event) for event in events]}
    return json_response(response)


def _respond_preferences(*, personalize: bool) -> Response:
    response: PreferencesResponse = {"personalize": personalize}
    return json_response(response)


def _respond_deleted(deleted: DeletionCounts) -> Response:
    response: ForgetResponse = {"events": deleted.events, "sessions": deleted.sessions}
    return json_response(response)
