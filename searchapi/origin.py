"""The origin of a browser's request: a page of this server or of another site."""

from urllib.parse import urlsplit

from flask import Request

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# Values of Sec-Fetch-Site. `same-site` is another origin: another subdomain, or another port here.
_OWN_SITES = ("same-origin", "none")
_DEFAULT_PORTS = (":80", ":443")


def is_cross_site(request: Request) -> bool:
    """Return whether a page of another site made a browser send this request.

    By `Sec-Fetch-Site`, and by comparing `Origin`, or else `Referer`, with `Host`; a proxy that changes the
    host must pass the original one in `X-Forwarded-Host`, which a page of another site cannot set. Requests
    from other clients than browsers have none of these headers.
    """
    if request.headers.get("Sec-Fetch-Site", "none") not in _OWN_SITES:
        return True
    # Over plain HTTP browsers leave Sec-Fetch-Site out, and for images Origin too.
    origin = request.headers.get("Origin") or request.headers.get("Referer")
    if origin is None:
        return False
    forwarded = request.headers.get("X-Forwarded-Host", "").split(",")[0]
    return _host_of(origin) not in {_without_port(host) for host in (request.host, forwarded) if host}


def _host_of(origin: str) -> str:
    try:
        return _without_port(urlsplit(origin).netloc)
    except ValueError:
        return ""


def _without_port(host: str) -> str:
    """Return a host in lower case, without a default port."""
    host = host.strip().lower()
    return next((host.removesuffix(port) for port in _DEFAULT_PORTS if host.endswith(port)), host)
