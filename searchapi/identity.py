"""The user and the session of a request, and whether it opts out of tracking."""

from dataclasses import replace
from typing import TypeVar

from flask import Request
from werkzeug.exceptions import Forbidden

from searchapi.authorization import has_admin_key, is_local, user_rejection_reason
from shangsou.degradation import Degradation
from shangsou.recommend.shelf import RecommendRequest
from shangsou.search.request import SearchRequest

ShopperRequest = TypeVar("ShopperRequest", SearchRequest, RecommendRequest)

MIN_SESSION_LENGTH = 16
"""Minimum length of a session id without a key, since a guessed one reveals what its owner likes.
16 random hexadecimal digits have 64 bits."""


def opts_out_of_tracking(request: Request) -> bool:
    """Return whether a browser opts out of tracking: `Sec-GPC: 1` (Global Privacy Control) or `DNT: 1`."""
    return "1" in (request.headers.get("Sec-GPC"), request.headers.get("DNT"))


def session_rejection_reason(request: Request, session_id: str, admin_key: str | None) -> str | None:
    """Return the reason why a request may not act for a session, or None if it may."""
    if len(session_id) >= MIN_SESSION_LENGTH or _is_trusted_caller(request, admin_key):
        return None
    return f"session_id ignored: shorter than {MIN_SESSION_LENGTH} characters, it could be guessed"


def with_trusted_identity(
    shopper_request: ShopperRequest, request: Request, admin_key: str | None
) -> tuple[ShopperRequest, tuple[Degradation, ...]]:
    """Return the request without untrusted ids, and the degradation for each of them."""
    ignored: tuple[Degradation, ...] = ()
    if shopper_request.user_id and (
        reason := user_rejection_reason(request, shopper_request.user_id, admin_key)
    ):
        shopper_request = replace(shopper_request, user_id="")
        ignored += (Degradation("personalize", reason),)
    if shopper_request.session_id and (
        reason := session_rejection_reason(request, shopper_request.session_id, admin_key)
    ):
        shopper_request = replace(shopper_request, session_id="")
        ignored += (Degradation("personalize", reason),)
    if opts_out_of_tracking(request):
        shopper_request = replace(shopper_request, personalize=False)
    return shopper_request, ignored


def require_user(request: Request, user_id: str, admin_key: str | None) -> None:
    """Raise `Forbidden` unless a request may act for a user."""
    reason = user_rejection_reason(request, user_id, admin_key)
    if reason is not None:
        raise Forbidden(reason.replace("user_id ignored", "not for this user"))


def require_session(request: Request, session_id: str, admin_key: str | None) -> None:
    """Raise `Forbidden` unless a request may act for a session."""
    reason = session_rejection_reason(request, session_id, admin_key)
    if reason is not None:
        raise Forbidden(reason.replace("session_id ignored", "not for this session"))


def _is_trusted_caller(request: Request, admin_key: str | None) -> bool:
    return is_local(request) or (admin_key is not None and has_admin_key(request, admin_key))
