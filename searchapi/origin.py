"""Which page a browser sends a request for: one of this server's own, or one of another site."""

from urllib.parse import urlsplit

from flask import Request

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# Of what Sec-Fetch-Site may say. `same-site` is another origin: another subdomain, or another port here.
_OWN_SITES = ("same-origin", "none")
_DEFAULT_PORTS = (":80", ":443")


def is_cross_site(request: Request) -> bool:
    """Return whether a page of another site makes a browser send this request.

    By `Sec-Fetch-Site`, and by `Origin` against `Host`; a proxy that changes the host is to name the one
    that was asked for in `X-Forwarded-Host`, which no page of another site can. What comes from no
    browser has neither header.
    """
    if request.headers.get("Sec-Fetch-Site", "none") not in _OWN_SITES:
        return True
    origin = request.headers.get("Origin")
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
    """Return a host in lower case, without a port that says nothing."""
    host = host.strip().lower()
    return next((host.removesuffix(port) for port in _DEFAULT_PORTS if host.endswith(port)), host)
