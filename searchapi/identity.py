"""The user and the session of a request, and whether it opts out of tracking."""

from dataclasses import replace
from typing import TypeVar

from flask import Request
from werkzeug.exceptions import Forbidden

from searchapi import signatures
from searchapi.authorization import caller
from searchapi.caller import Caller
from searchapi.keys import Role
from searchapi.state import state
from shangsou.degradation import Degradation
from shangsou.recommend.shelf import RecommendRequest
from shangsou.search.request import SearchRequest

ShopperRequest = TypeVar("ShopperRequest", SearchRequest, RecommendRequest)

MIN_SESSION_LENGTH = 16
"""Minimum length of a session id without a key, since a guessed one reveals what its owner likes.
16 random hexadecimal digits have 64 bits."""
# Of the roles, those whose holders are servers of the merchant, which know their shoppers.
_ROLE_OF_PURPOSE: dict[signatures.Purpose, Role] = {"shopping": "search", "data": "admin"}


def opts_out_of_tracking(request: Request) -> bool:
    """Return whether a browser opts out of tracking: `Sec-GPC: 1` (Global Privacy Control) or `DNT: 1`."""
    return "1" in (request.headers.get("Sec-GPC"), request.headers.get("DNT"))


def user_rejection_reason(
    request: Request, user_id: str, purpose: signatures.Purpose, role: Role | None = None
) -> str | None:
    """Return the reason why a request may not act for a user, or None if it may.

    It may with a key of a role, by default that of the purpose, or with a signature for the purpose.
    """
    if caller().may(role or _ROLE_OF_PURPOSE[purpose]):
        return None
    secret = state().settings.signing_secret
    signature = request.headers.get(signatures.HEADER)
    if signature is None:
        return f"user_id ignored: neither a key nor {signatures.HEADER} came with it"
    if secret is None:
        return "user_id ignored: this server has no SHANGSOU_SIGNING_SECRET to check its signature with"
    flaw = signatures.find_flaw(signature, secret, purpose, user_id)
    return f"user_id ignored: {flaw}" if flaw else None


def session_rejection_reason(session_id: str) -> str | None:
    """Return the reason why a request may not act for a session, or None if it may."""
    if len(session_id) >= MIN_SESSION_LENGTH or _knows_its_shoppers(caller()):
        return None
    return f"session_id ignored: shorter than {MIN_SESSION_LENGTH} characters, it could be guessed"


def with_trusted_identity(
    shopper_request: ShopperRequest, request: Request
) -> tuple[ShopperRequest, tuple[Degradation, ...]]:
    """Return the request without untrusted ids, and the degradation for each of them."""
    ignored: tuple[Degradation, ...] = ()
    if shopper_request.user_id and (
        reason := user_rejection_reason(request, shopper_request.user_id, "shopping")
    ):
        shopper_request = replace(shopper_request, user_id="")
        ignored += (Degradation("personalize", reason),)
    if shopper_request.session_id and (reason := session_rejection_reason(shopper_request.session_id)):
        shopper_request = replace(shopper_request, session_id="")
        ignored += (Degradation("personalize", reason),)
    if opts_out_of_tracking(request):
        shopper_request = replace(shopper_request, personalize=False)
    return shopper_request, ignored


def require_user(request: Request, user_id: str) -> None:
    """Raise `Forbidden` unless a request may read and erase what is known of a user."""
    reason = user_rejection_reason(request, user_id, "data")
    if reason is not None:
        raise Forbidden(reason.replace("user_id ignored", "not for this user"))


def require_session(session_id: str) -> None:
    """Raise `Forbidden` unless a request may read and erase what is known of a session."""
    if caller().within is not None:
        raise Forbidden("a key with filters reads and erases no session: it may have been in other shops")
    reason = session_rejection_reason(session_id)
    if reason is not None:
        raise Forbidden(reason.replace("session_id ignored", "not for this session"))


def _knows_its_shoppers(one: Caller) -> bool:
    # Whoever sees a part of the catalog is one of several who have shoppers here.
    return one.within is None and (one.may("search") or one.may("events"))
