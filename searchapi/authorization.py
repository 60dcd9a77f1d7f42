"""Find out who sends a request, and ask for roles."""

from collections.abc import Mapping, Sequence

from flask import Request, g
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, Unauthorized

from searchapi.addresses import is_address, is_loopback_name, is_within, without_port
from searchapi.caller import ANYBODY, THIS_MACHINE, Caller, to_filters
from searchapi.key_ring import KeyRing
from searchapi.keys import Role
from searchapi.origin import is_cross_site
from searchapi.state import state
from shangsou.settings import Network

# Any of them shows that the request came through a proxy, so that the peer is not the client.
FORWARDING_HEADERS = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via")


class UnknownKey(Unauthorized):
    """A request shows a key that is unknown, or has ended: 401."""

    def __init__(self) -> None:
        super().__init__(
            "this key is unknown, or has ended; ask the operator of this server for another",
            www_authenticate=WWWAuthenticate("bearer", {"error": "invalid_token"}),
        )


def identify(http_request: Request, keys: KeyRing, address: str) -> Caller:
    """Return who sends a request from an address; raises `UnknownKey` for a key that is not valid.

    Without any key of the server, requests of this machine to this machine may do everything. As soon as
    there is one, everybody needs one for what not everybody may do: a proxy on this machine that forwards
    nothing about its clients looks like this machine itself.
    """
    if keys.is_empty:
        # A page of an allowed origin has no more rights than anybody, also in a browser of this machine.
        if is_local(http_request) and not is_cross_site(http_request):
            return Caller(THIS_MACHINE, frozenset({"admin"}), address)
        return Caller(ANYBODY, frozenset(), address)
    secret = _bearer(http_request)
    if secret is None:
        return Caller(ANYBODY, frozenset(), address)
    key = keys.find(secret)
    if key is None:
        raise UnknownKey
    within = to_filters(key.filters) if key.filters else None
    return Caller(key.name, frozenset(key.roles), address, within)


def caller() -> Caller:
    """Return who sends the current request."""
    found: Caller = g.caller
    return found


def audit(
    action: str, outcome: str = "done", *, subject: str = "", details: Mapping[str, object] | None = None
) -> None:
    """Note in the audit log what the caller of the current request has done."""
    state().audit.write(
        caller().name,
        action,
        outcome,
        address=caller().address,
        subject=subject,
        details={"request_id": g.request_id, **(details or {})},
    )


def require(role: Role) -> None:
    """Raise `Forbidden` unless the caller of the current request has a role."""
    if caller().may(role):
        return
    if caller().name == ANYBODY:
        raise Forbidden(
            f"this needs a key with the role {role}: `Authorization: Bearer KEY`; the operator of this "
            'server makes one with "shangsou key new"'
        )
    raise Forbidden(f"the key {caller().name} lacks the role {role}")


def require_unless_public(role: Role) -> None:
    """Raise `Forbidden` where not anybody may shop here, and the caller lacks a role."""
    if not state().settings.public:
        require(role)


def client_address(http_request: Request, proxies: Sequence[Network]) -> str:
    """Return the address of the client: of the peer, or where that is a trusted proxy, the one it names.

    Of several, as each proxy appends one, the last that is none of the trusted ones.
    """
    named = http_request.headers.get("X-Forwarded-For", "").split(",")
    proxied = [without_port(one) for one in reversed(named) if one.strip()]
    addresses = [http_request.remote_addr or "", *proxied]
    for number, address in enumerate(addresses):
        if number and not is_address(address):
            # What names no client counts as the proxy that sent it: else each would be a client of its own.
            return addresses[number - 1]
        if not is_within(address, proxies):
            return address
    return addresses[-1]


def public_root(http_request: Request, proxies: Sequence[Network]) -> str:
    """Return the address of the shop as its clients know it, without a slash at its end.

    A trusted proxy in which TLS ends says so in X-Forwarded-Proto.
    """
    root = http_request.url_root.rstrip("/")
    proto = http_request.headers.get("X-Forwarded-Proto", "").lower()
    if proto == "https" and is_within(http_request.remote_addr or "", proxies):
        return f"https://{root.partition('://')[2]}"
    return root


def is_local(http_request: Request) -> bool:
    """Return whether a request was made on this machine, to this machine, through no proxy."""
    return (
        is_loopback_name(http_request.remote_addr or "")
        and has_loopback_host(http_request)
        and not any(header in http_request.headers for header in FORWARDING_HEADERS)
    )


def has_loopback_host(http_request: Request) -> bool:
    """Return whether the Host header is a loopback name, which a page of another site cannot cause."""
    host = http_request.headers.get("Host", "")
    name = host.partition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]
    return is_loopback_name(name)


def _bearer(http_request: Request) -> str | None:
    """Return the key that a request shows, None where it shows none."""
    scheme, _, secret = http_request.headers.get("Authorization", "").partition(" ")
    is_bearer = scheme.lower() == "bearer"
    # A header arrives as Latin-1.
    return secret.strip().encode("latin-1", "replace").decode("utf-8", "replace") if is_bearer else None
