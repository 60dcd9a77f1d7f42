"""Who a request says it is for, as far as that counts, and whether it wants to be left alone."""

from flask import Request
from werkzeug.exceptions import Forbidden

from searchapi.keys import has_admin_key, is_local, why_user_does_not_count

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


def refuse_other_sites(request: Request) -> None:
    """Raise `Forbidden` for what a page of another site makes a shopper's browser send."""
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise Forbidden("events are taken from pages of this site only")


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
