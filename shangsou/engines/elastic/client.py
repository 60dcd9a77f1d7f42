"""The connection to Elasticsearch, with its failures as our own errors."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlsplit, urlunsplit

from shangsou.errors import EngineUnavailable, NoIndex, UnusableInput

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

# More than waitress's threads, so that no search waits for a connection.
_CONNECTIONS = 32
_SYSTEM_ERROR = re.compile(r"\[Errno -?\d+\] ([^()'\"\]]+)")


def connect(url: str, timeout_s: float) -> "Elasticsearch":
    """Return a client; nothing is sent yet. Raises `UnusableInput` for an invalid address."""
    from elasticsearch import Elasticsearch

    try:
        # One retry: a connection kept open may have been closed by the other side meanwhile.
        return Elasticsearch(
            url,
            request_timeout=timeout_s,
            max_retries=1,
            retry_on_timeout=False,
            connections_per_node=_CONNECTIONS,
        )
    except (ValueError, TypeError) as problem:
        raise UnusableInput(
            f"SHANGSOU_ELASTIC_URL {public_address(url)!r} is no address such as http://127.0.0.1:9200: "
            f"{problem}"
        ) from None


def public_address(url: str) -> str:
    """Return an address without a user and password."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


class RequestRefused(EngineUnavailable):
    """Elasticsearch rejected a request, and would reject it again."""


@contextmanager
def translate_errors(url: str) -> Iterator[None]:
    """Turn errors of the client into `EngineUnavailable` or, for a missing index, `NoIndex`."""
    from elasticsearch import ApiError, ConnectionTimeout, TransportError, UnsupportedProductError

    address = public_address(url)
    try:
        yield
    except UnsupportedProductError:
        raise EngineUnavailable(
            f"what answers at {address} is no Elasticsearch; check SHANGSOU_ELASTIC_URL"
        ) from None
    except ApiError as problem:
        raise_failure(address, problem.status_code, problem.body)
    except ConnectionTimeout as problem:
        raise EngineUnavailable(
            f"Elasticsearch at {address} does not answer in time; SHANGSOU_ELASTIC_TIMEOUT_S says how long "
            "to wait for it"
        ) from problem
    except TransportError as problem:
        # The client's message wraps four classes; the system's own error is in brackets.
        match = _SYSTEM_ERROR.search(str(problem.message))
        raise EngineUnavailable(
            f"Elasticsearch at {address} does not answer ({match[1] if match else 'connection broken'}); "
            "start it, or check SHANGSOU_ELASTIC_URL"
        ) from problem


def raise_failure(address: str, status: int, body: Any) -> NoReturn:
    """Raise the error for a failed response with this `body`."""
    error = body.get("error", body) if isinstance(body, dict) else body
    kind = error.get("type", "") if isinstance(error, dict) else ""
    if status == 404 and kind in ("index_not_found_exception", "resource_not_found_exception"):
        raise NoIndex(
            f'Elasticsearch at {address} has no index {error.get("index", "")!r}; run "shangsou index FILE"'
        )
    if status in (401, 403):
        advice = "check user and password in SHANGSOU_ELASTIC_URL, and what the user may do"
    elif status in (429, 503):
        advice = "it is overloaded or not ready; try again"
    else:
        advice = "its log says more"
    refused = 400 <= status < 500 and status not in (408, 429)
    failure = RequestRefused if refused else EngineUnavailable
    raise failure(f"Elasticsearch at {address} answered {status} ({reason(error)}); {advice}")


def reason(error: Any) -> str:
    """Return the innermost reason in an error response of Elasticsearch."""
    while isinstance(error, dict):
        inner = error.get("caused_by") or next(iter(error.get("root_cause", [])), None)
        if not isinstance(inner, dict) or inner.get("reason") == error.get("reason"):
            return f"{error.get('type', 'error')}: {error.get('reason', '')}"
        error = inner
    return str(error)[:200]
