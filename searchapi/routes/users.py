"""`/v1/users/ID` and `/v1/sessions/ID`: a shopper's events and preferences."""

import logging
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime

from flask import Blueprint, Response, request
from werkzeug.exceptions import MethodNotAllowed

from searchapi.authorization import audit, caller, require_unless_public
from searchapi.caller import ANYBODY
from searchapi.identity import require_session, require_user
from searchapi.json_text import json_response, read_json
from searchapi.problems import FieldError, InvalidRequest
from searchapi.schema.requests import PreferencesBody
from searchapi.schema.responses import (
    ExportResponse,
    ForgetResponse,
    ForgetUserResponse,
    PreferencesResponse,
    SetPreferencesResponse,
    ShopperEventsResponse,
)
from searchapi.schema.validation import validate
from searchapi.state import state
from shangsou.behaviour.event import Event, event_to_json
from shangsou.behaviour.store import EventStore
from shangsou.customer_lists.customer_list import Erasure
from shangsou.encoding.registry import mark_erased
from shangsou.errors import ListsUnavailable
from shangsou.limits import MAX_ID_LENGTH

# The lists that who refuses marketing alone is taken out of; a list of who may leave is not yet a campaign.
_MARKETING_KINDS = ("winback", "hold-out")

log = logging.getLogger(__name__)
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
    response = _preferences(_store_for_user(user_id), user_id)
    audit("users.preferences.read", subject=user_id)
    return json_response(response)


@users.put("/v1/users/<path:user_id>/preferences")
def set_preferences(user_id: str) -> Response:
    """Store the preferences of a user, and take who refuses out of lists of customers."""
    store = _store_for_user(user_id)
    body = validate(PreferencesBody, read_json(request))
    # Both are stored before rows are erased: a run that starts in between finds them.
    if body.personalize is not None:
        # Whoever repeats it is in no model that was trained since.
        is_new = not body.personalize and not store.opted_out([user_id])
        store.opt_out(user_id, opted_out=not body.personalize)
        if is_new:
            _mark_models()
    if body.marketing is not None:
        store.refuse_marketing(user_id, refused=not body.marketing)
    changes = body.model_dump(exclude_none=True)
    if body.personalize is False:
        erasure = _erase_from_lists("users.preferences", user_id, changes)
    elif body.marketing is False:
        erasure = _erase_from_lists("users.preferences", user_id, changes, _MARKETING_KINDS)
    else:
        erasure = Erasure(0, (), ())
        audit("users.preferences", subject=user_id, details=changes)
    response: SetPreferencesResponse = {
        **_preferences(store, user_id),
        "lists": erasure.rows,
        "exports_not_reached": _exports(erasure),
    }
    return json_response(response)


@users.delete("/v1/users/<path:user_id>")
def forget_user(user_id: str) -> Response:
    """Delete all data of a user, and return how much it was."""
    _refuse_part(user_id, "/events", "/preferences")
    # Events first: a run that reads them before is kept from writing the user into a list by the erasure
    # from the lists, and one that reads them after does not find the user. The other way round, a run that
    # reads in between would bring the user back.
    deleted = _store_for_user(user_id).forget(user_id=user_id)
    marked = _mark_models()
    erasure = _erase_from_lists("users.delete", user_id, {"events": deleted.events, **marked})
    response: ForgetUserResponse = {
        "events": deleted.events,
        "sessions": deleted.sessions,
        "lists": erasure.rows,
        "exports_not_reached": _exports(erasure),
    }
    return json_response(response)


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
    if deleted.events:
        _mark_models()
    if deleted.events or caller().name != ANYBODY:
        # Not what nobody has: whoever asks for nothing would fill the log.
        audit("sessions.delete", subject=session_id, details={"events": deleted.events})
    response: ForgetResponse = {"events": deleted.events, "sessions": deleted.sessions}
    return json_response(response)


def _mark_models() -> dict[str, object]:
    """Mark the models that may have been trained on events of a shopper, and return what the audit log says.

    Where they cannot be marked the shopper is erased nevertheless.
    """
    try:
        marked = mark_erased(state().settings.home, datetime.now(UTC))
    except OSError as problem:
        log.warning("models that were trained on events cannot be marked after an erasure: %s", problem)
        return {"models_marked": False}
    return {"models_marked": marked} if marked else {}


def _erase_from_lists(
    action: str, user_id: str, details: Mapping[str, object], kinds: Collection[str] | None = None
) -> Erasure:
    """Erase a user from lists of customers, and note it in the audit log, also where it cannot be done."""
    try:
        erasure = state().lists.erase(user_id, kinds)
    except ListsUnavailable:
        audit(action, "failed", subject=user_id, details=details)
        raise
    paths = [export.path for export in erasure.exports]
    audit(action, subject=user_id, details={**details, "lists": erasure.rows, "exports_not_reached": paths})
    return erasure


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


def _preferences(store: EventStore, user_id: str) -> PreferencesResponse:
    return {
        "personalize": not store.opted_out([user_id]),
        "marketing": not store.marketing_refused([user_id]),
    }


def _exports(erasure: Erasure) -> list[ExportResponse]:
    """Return the exports that an erasure does not reach.

    Neither paths nor names of files: a signed shopper may ask.
    """
    return [{"kind": export.kind, "written_at": export.written_at.isoformat()} for export in erasure.exports]
