"""Who a request says it is for, as far as that counts, and whether it wants to be left alone."""

from dataclasses import replace
from typing import TypeVar

from flask import Request
from werkzeug.exceptions import Forbidden

from searchapi.keys import has_admin_key, is_local, why_user_does_not_count
from shangsou.recommend.shelf import RecommendRequest
from shangsou.search.request import SearchRequest

Asked = TypeVar("Asked", SearchRequest, RecommendRequest)

MIN_SESSION_LENGTH = 16
"""Characters of a session id that anybody may send: whoever guesses one sees what its owner likes. 16 random
hexadecimal digits hold 64 bits."""


def wants_no_record(request: Request) -> bool:
    """Return whether a browser asks not to be tracked: `Sec-GPC: 1` (Global Privacy Control) or `DNT: 1`."""
    return "1" in (request.headers.get("Sec-GPC"), request.headers.get("DNT"))


def why_session_does_not_count(request: Request, session_id: str, admin_key: str | None) -> str | None:
    """Return why a request may not speak for a session, in words, or None where it may."""
    if len(session_id) >= MIN_SESSION_LENGTH or _is_trusted(request, admin_key):
        return None
    return f"session_id ignored: shorter than {MIN_SESSION_LENGTH} characters, it could be guessed"


def as_far_as_it_counts(
    asked: Asked, request: Request, admin_key: str | None
) -> tuple[Asked, tuple[str, ...]]:
    """Return what was asked, less who does not count, and a line of `degraded` for each of these."""
    ignored: tuple[str, ...] = ()
    if asked.user_id and (reason := why_user_does_not_count(request, asked.user_id, admin_key)):
        asked = replace(asked, user_id="")
        ignored += (f"personalise: {reason}",)
    if asked.session_id and (reason := why_session_does_not_count(request, asked.session_id, admin_key)):
        asked = replace(asked, session_id="")
        ignored += (f"personalise: {reason}",)
    if wants_no_record(request):
        asked = replace(asked, personalize=False)
    return asked, ignored


def demand_user(request: Request, user_id: str, admin_key: str | None) -> None:
    """Raise `Forbidden` unless a request may speak for a user."""
    reason = why_user_does_not_count(request, user_id, admin_key)
    if reason is not None:
        raise Forbidden(reason.replace("user_id ignored", "not for this user"))


def demand_session(request: Request, session_id: str, admin_key: str | None) -> None:
    """Raise `Forbidden` unless a request may speak for a session."""
    reason = why_session_does_not_count(request, session_id, admin_key)
    if reason is not None:
        raise Forbidden(reason.replace("session_id ignored", "not for this session"))


def _is_trusted(request: Request, admin_key: str | None) -> bool:
    return is_local(request) or (admin_key is not None and has_admin_key(request, admin_key))
