"""Security checks of every request, and the security headers of every response."""

from flask import Flask, Response, request
from werkzeug.exceptions import BadRequest, Forbidden

from searchapi.authorization import has_loopback_host
from searchapi.origin import SAFE_METHODS, is_cross_site
from searchapi.problems import MisdirectedRequest

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


def register(app: Flask, *, local_only: bool) -> None:
    """Set the headers of every response of `app`; `local_only` rejects requests for other host names."""

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
        if request.method not in SAFE_METHODS and is_cross_site(request):
            raise Forbidden("a page of another site may change nothing here")

    if local_only:

        @app.before_request
        def check_host() -> None:
            # A page of another site can point its own name at 127.0.0.1 and read what it finds here
            # (DNS rebinding), but it cannot make the browser send another name than its own.
            if not has_loopback_host(request):
                raise MisdirectedRequest(
                    "without SHANGSOU_ADMIN_KEY this server answers only under localhost or a loopback "
                    "address; set the key to serve other names"
                )


def _refuse_bytes_that_are_no_text() -> None:
    # Werkzeug would raise an error of its own wherever the parameters are read first.
    try:
        request.query_string.decode("utf-8")
    except UnicodeDecodeError:
        raise BadRequest("the query string is not UTF-8; encode it with percent signs") from None
