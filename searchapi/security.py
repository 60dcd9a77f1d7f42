"""Security checks of every request, and the security headers of every response."""

from flask import Flask, Response, g, request
from werkzeug.exceptions import BadRequest, Forbidden

from searchapi.allowed_origins import is_foreign
from searchapi.authorization import UnknownKey, client_address, has_loopback_host, identify
from searchapi.key_ring import KeyRing
from searchapi.metrics import matched_route
from searchapi.origin import SAFE_METHODS
from searchapi.problems import MisdirectedRequest
from searchapi.state import state
from shangsou.settings import Settings

# Product pictures may be hosted anywhere by the merchant; everything else comes from this server.
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'self'",
        "img-src 'self' https: http: data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    # The product page links back to the results by the referrer.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


def register(app: Flask, settings: Settings, keys: KeyRing) -> None:
    """Set the headers of every response of `app`, and find out who sends each request.

    Without keys, requests for other host names than loopback ones are rejected.
    """

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        if request.path.startswith("/v1/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    app.before_request(_refuse_bytes_that_are_no_text)

    @app.before_request
    def reject_cross_site() -> None:
        # Their pages can make a browser send requests with the user's rights but without the user's intent.
        if request.method not in SAFE_METHODS and is_foreign(request, settings.allowed_origins):
            raise Forbidden("a page of another site may change nothing here")

    @app.before_request
    def identify_caller() -> None:
        # A page of another site can point its own name at 127.0.0.1 and read what it finds here
        # (DNS rebinding), but it cannot make the browser send another name than its own.
        if keys.is_empty and not has_loopback_host(request):
            raise MisdirectedRequest(
                "without a key this server answers only under localhost or a loopback address; make one "
                'with "shangsou key new" to serve other names'
            )
        address = client_address(request, settings.trusted_proxies)
        try:
            g.caller = identify(request, keys, address)
        except UnknownKey:
            # A key that is right is never refused for the wrong ones of others at the same address.
            state().limits.check_wrong_keys(address)
            state().limits.count_wrong_key(address)
            state().metrics.count_wrong_key()
            state().audit.write(
                "anybody", "key.wrong", "refused", address=address, details={"route": matched_route()}
            )
            raise
        state().limits.check(g.caller)


def _refuse_bytes_that_are_no_text() -> None:
    # Werkzeug would raise an error of its own wherever the parameters are read first.
    try:
        request.query_string.decode("utf-8")
    except UnicodeDecodeError:
        raise BadRequest("the query string is not UTF-8; encode it with percent signs") from None
