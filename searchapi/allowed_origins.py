"""Pages of other origins that may search and send events from a browser: cross-origin resource sharing.

Of the merchant's own front end. No credentials: such a page has no more rights than anybody.
"""

from collections.abc import Collection

from flask import Flask, Request, Response, request

from searchapi.origin import is_cross_site

# What a page may ask: no endpoint that changes the shop, or tells of a shopper what was recorded.
_OPEN = ("/v1/search", "/v1/suggest", "/v1/events", "/v1/products/", "/v1/recommend/")
_METHODS = "GET, POST"
_HEADERS = "Content-Type, X-Request-Id, X-Shangsou-Signature"
# Two hours, the longest that Chromium remembers.
_MAX_AGE_S = 7_200


def register(app: Flask, origins: Collection[str]) -> None:
    """Answer the preflight requests of these origins, and let their pages read the answers."""
    if not origins:
        return

    @app.before_request
    def answer_preflight() -> Response | None:
        is_preflight = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
        if not (is_preflight and is_allowed(request, origins)):
            return None
        response = Response(status=204)
        response.headers["Access-Control-Allow-Methods"] = _METHODS
        response.headers["Access-Control-Allow-Headers"] = _HEADERS
        response.headers["Access-Control-Max-Age"] = str(_MAX_AGE_S)
        return response

    @app.after_request
    def allow_reading(response: Response) -> Response:
        if request.path.startswith(_OPEN):
            response.vary.add("Origin")
            if is_allowed(request, origins):
                response.headers["Access-Control-Allow-Origin"] = request.headers["Origin"]
                response.headers["Access-Control-Expose-Headers"] = "X-Request-Id, Retry-After"
                response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response


def is_foreign(http_request: Request, origins: Collection[str]) -> bool:
    """Return whether a page sent a request that is neither of this server nor allowed to ask for this."""
    return is_cross_site(http_request) and not is_allowed(http_request, origins)


def is_allowed(http_request: Request, origins: Collection[str]) -> bool:
    """Return whether a request comes from a page of these origins, to what such pages may ask."""
    if not http_request.path.startswith(_OPEN):
        return False
    method = http_request.headers.get("Access-Control-Request-Method", http_request.method)
    return (
        http_request.headers.get("Origin") in origins
        and method in ("GET", "HEAD", "POST")
        and not (http_request.path.startswith("/v1/products:"))
    )
