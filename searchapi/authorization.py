"""Authorization: who may act for a user, and which requests come from this machine or the operator.

A shopper's history shows in the order of results, so a `user_id` is trusted only from loopback, with
the server's key, or with a signature that the merchant's own server made with that key.
"""

import hashlib
import hmac
import time

from flask import Request
from werkzeug.exceptions import Forbidden

from searchapi.addresses import is_loopback_name

SIGNATURE_HEADER = "X-Shangsou-Signature"
# Any of them shows that the request came through a proxy, so that the peer is not the client.
FORWARDING_HEADERS = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via")


def sign_user(admin_key: str, user_id: str, expires_at_s: int) -> str:
    """Return the signature of a user id, valid until `expires_at_s` (seconds since 1970).

    It is `EXPIRES.HEX`, HEX being the HMAC-SHA256 of `user_id`, a line feed and EXPIRES.
    """
    message = f"{user_id}\n{expires_at_s}".encode()
    return f"{expires_at_s}.{hmac.new(admin_key.encode(), message, hashlib.sha256).hexdigest()}"


def user_rejection_reason(request: Request, user_id: str, admin_key: str | None) -> str | None:
    """Return the reason why a request may not act for a user, or None if it may."""
    if is_local(request):
        return None
    if admin_key is None:
        return "user_id ignored: this server has no SHANGSOU_ADMIN_KEY to check it with"
    if has_admin_key(request, admin_key):
        return None
    signature = request.headers.get(SIGNATURE_HEADER)
    if signature is None:
        return f"user_id ignored: neither the server's key nor {SIGNATURE_HEADER} came with it"
    return _signature_rejection_reason(signature, user_id, admin_key)


def require_operator(request: Request, admin_key: str | None) -> None:
    """Raise `Forbidden` unless a request comes from this machine or with the server's key."""
    if is_local(request) or (admin_key is not None and has_admin_key(request, admin_key)):
        return
    raise Forbidden(
        "only from this machine, or with `Authorization: Bearer KEY`, "
        "KEY being the server's SHANGSOU_ADMIN_KEY"
    )


def has_admin_key(request: Request, admin_key: str) -> bool:
    """Return whether a request carries `Authorization: Bearer` with the server's key."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower() == "bearer" and _equals_in_constant_time(key.strip(), admin_key)


def is_local(request: Request) -> bool:
    """Return whether a request was made on this machine, to this machine, through no proxy."""
    return (
        is_loopback_name(request.remote_addr or "")
        and is_loopback_name(_host_name(request))
        and not any(header in request.headers for header in FORWARDING_HEADERS)
    )


def has_loopback_host(request: Request) -> bool:
    """Return whether the Host header is a loopback name, which a page of another site cannot cause."""
    return is_loopback_name(_host_name(request))


def _signature_rejection_reason(signature: str, user_id: str, admin_key: str) -> str | None:
    expires, _, _ = signature.partition(".")
    if not (expires.isascii() and expires.isdigit() and len(expires) <= 12):
        return f"user_id ignored: {SIGNATURE_HEADER} is not EXPIRES.HEX"
    if not _equals_in_constant_time(signature, sign_user(admin_key, user_id, int(expires))):
        return f"user_id ignored: {SIGNATURE_HEADER} is not of this user_id and the server's key"
    if int(expires) < time.time():
        return f"user_id ignored: {SIGNATURE_HEADER} has expired"
    return None


def _host_name(request: Request) -> str:
    host = request.headers.get("Host", "")
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]


def _equals_in_constant_time(actual: str, expected: str) -> bool:
    # A header arrives as Latin-1; compared as bytes, in constant time.
    return hmac.compare_digest(actual.encode("latin-1", "replace"), expected.encode())
