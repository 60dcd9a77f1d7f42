"""Failures of Elasticsearch and of the connection to it, in words that say the way out."""

import re
import ssl
from collections.abc import Iterator
from http.client import BadStatusLine, HTTPException, RemoteDisconnected
from socket import gaierror
from typing import Any

from elastic_transport import ConnectionTimeout, SerializationError, TransportError
from elasticsearch import ApiError, UnsupportedProductError
from urllib3.util.ssl_match_hostname import CertificateError

from shangsou.engines.elastic.breaker import TIMEOUTS
from shangsou.engines.elastic.transport import CONNECT_S, BreakerOpen, NotReached
from shangsou.errors import EngineUnavailable, NoIndex, ShangsouError

_CHECK_URL = "check SHANGSOU_ELASTIC_URL"
# Numbers of OpenSSL's X509_V_ERR_*.
_NOT_YET_VALID, _EXPIRED, _HOSTNAME_MISMATCH, _ADDRESS_MISMATCH = 9, 10, 62, 64
_UNTRUSTED = (18, 19, 20, 21)
# What OpenSSL calls an answer that is no TLS; which one depends on its version.
_NO_TLS = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG")
# In a message such as: action [indices:admin/create] is unauthorized for user [shop] with effective roles
# [shop] on indices [shop-1], this action is granted by the index privileges [create_index,manage,all]
_FORBIDDEN = re.compile(
    r"action \[(?P<action>[^]]+)\] is unauthorized.*?"
    r"granted by the (?P<kind>\w+) privileges \[(?P<rights>[^]]+)\]"
)


class RequestRefused(EngineUnavailable):
    """Elasticsearch rejected a request, and would reject it again."""


class RequestTimeout(EngineUnavailable):
    """Elasticsearch did not answer in time, and may still be doing what it was asked."""


def failure_of(problem: ApiError | TransportError, address: str) -> ShangsouError:
    """Return our error for an error of the client; `address` is without user and password."""
    if isinstance(problem, TransportError):
        return _connection_failure(problem, address)
    if isinstance(problem, UnsupportedProductError):
        return EngineUnavailable(
            f"what answers at {address} is no Elasticsearch (OpenSearch is none); {_CHECK_URL}"
        )
    return failure_of_answer(address, problem.status_code, problem.body)


def failure_of_answer(address: str, status: int, body: Any) -> ShangsouError:
    """Return the error for a failed response with this `body`."""
    error = body.get("error", body) if isinstance(body, dict) else body
    kind = error.get("type", "") if isinstance(error, dict) else ""
    if status == 404 and kind in ("index_not_found_exception", "resource_not_found_exception"):
        return NoIndex(
            f'Elasticsearch at {address} has no index {error.get("index", "")!r}; run "shangsou index FILE"'
        )
    if kind == "media_type_header_exception" or status == 406:
        return RequestRefused(
            f"Elasticsearch at {address} does not speak as version 8 does: shangsou needs 8 or 9; upgrade "
            f"it, or {_CHECK_URL}"
        )
    if status == 401:
        return RequestRefused(
            f"Elasticsearch at {address} does not let us in (401): check SHANGSOU_ELASTIC_USER and "
            "SHANGSOU_ELASTIC_PASSWORD, or SHANGSOU_ELASTIC_API_KEY, or user and password in "
            "SHANGSOU_ELASTIC_URL"
        )
    words = reason(error)
    if status == 403 and (forbidden := _FORBIDDEN.search(words)):
        return RequestRefused(
            f"Elasticsearch at {address} forbids {forbidden['action']} ({words}); give the user or the API "
            f"key one of the {forbidden['kind']} privileges {forbidden['rights'].replace(',', ', ')}: "
            "docs/elasticsearch.md lists what shangsou needs"
        )
    if kind == "index_closed_exception":
        return RequestRefused(
            f"index {_index_of(error)} of Elasticsearch at {address} is closed; open it (POST /INDEX/_open), "
            'or go back to another generation with "shangsou rollback"'
        )
    if kind == "cluster_block_exception" and "FORBIDDEN/" in words:
        advice = (
            "somebody has blocked the index, or its disk is nearly full; make room, or take the block away "
            '(PUT /INDEX/_settings {"index.blocks.write": null, "index.blocks.read_only_allow_delete": null})'
        )
    elif status == 403:
        advice = "check what the user or the API key may do: docs/elasticsearch.md lists what shangsou needs"
    elif status in (429, 503):
        advice = "it is overloaded or not ready; try again"
    elif status in (502, 504):
        advice = "the proxy before it cannot reach it; its log says more"
    else:
        advice = "its log says more"
    refused = 400 <= status < 500 and status not in (408, 429)
    failure = RequestRefused if refused else EngineUnavailable
    return failure(f"Elasticsearch at {address} answered {status} ({words}); {advice}")


def reason(error: Any) -> str:
    """Return the innermost reason in an error response of Elasticsearch."""
    while isinstance(error, dict):
        inner = error.get("caused_by") or next(iter(error.get("root_cause", [])), None)
        if not isinstance(inner, dict) or inner.get("reason") == error.get("reason"):
            return f"{error.get('type', 'error')}: {error.get('reason', '')}"
        error = inner
    return str(error)[:200]


def _index_of(error: Any) -> str:
    """Return the index that an error names, empty where it names none."""
    while isinstance(error, dict):
        if "index" in error:
            return repr(error["index"])
        error = error.get("caused_by") or next(iter(error.get("root_cause", [])), None)
    return ""


def _connection_failure(problem: TransportError, address: str) -> EngineUnavailable:
    server = f"Elasticsearch at {address}"
    if isinstance(problem, BreakerOpen):
        return EngineUnavailable(
            f"{server} has let {TIMEOUTS} requests in a row wait in vain; it is asked once a second until it "
            "answers, and other requests fail at once"
        )
    if isinstance(problem, ConnectionTimeout):
        return RequestTimeout(
            f"{server} does not answer in time; SHANGSOU_ELASTIC_TIMEOUT_S says how long to wait for it"
        )
    if isinstance(problem, NotReached):
        return EngineUnavailable(
            f"{server} cannot be reached: no connection within {CONNECT_S:g} s; {_CHECK_URL}, and whether a "
            "firewall lies between"
        )
    causes = list(_causes(problem))
    for cause in causes:
        if words := _words_of(cause):
            return EngineUnavailable(f"{server} {words}")
    system_error = next((cause for cause in causes if isinstance(cause, OSError) and cause.strerror), None)
    words = str(system_error.strerror) if system_error else "connection broken"
    return EngineUnavailable(f"{server} does not answer ({words}); start it, or {_CHECK_URL}")


def _words_of(cause: BaseException) -> str:  # noqa: PLR0911 - a line for each cause
    """Return what a cause says about a server and the way out; empty where it says nothing of its own."""
    if isinstance(cause, ssl.SSLCertVerificationError):
        return _words_of_certificate(cause.verify_code, cause.verify_message)
    if isinstance(cause, CertificateError):
        return _words_of_certificate(_HOSTNAME_MISMATCH, str(cause))
    if isinstance(cause, ssl.SSLError) and cause.reason in _NO_TLS:
        return "speaks plain http, not TLS; write http:// in SHANGSOU_ELASTIC_URL, or check the port"
    if "Fingerprints did not match" in str(cause):
        got = re.findall(r'"([0-9a-f]+)"', str(cause))[1:]
        return (
            f"has a certificate with another fingerprint, {', '.join(got)}, than "
            "SHANGSOU_ELASTIC_FINGERPRINT says; set it to that, if this is the right server"
        )
    if isinstance(cause, ssl.SSLError):
        return f"breaks off the TLS connection ({cause.reason or cause}); its log says more"
    if isinstance(cause, gaierror):
        return f"has no such host name ({cause.strerror}); {_CHECK_URL}"
    if isinstance(cause, RemoteDisconnected | ConnectionResetError):
        return (
            "does not answer: it closed the connection; start it, or if it speaks TLS write https:// in "
            "SHANGSOU_ELASTIC_URL"
        )
    if isinstance(cause, BadStatusLine | SerializationError):
        return f"is no Elasticsearch: what answers there speaks otherwise; {_CHECK_URL}"
    if isinstance(cause, HTTPException):
        return "does not answer: the connection broke; start it, or try again"
    return ""


def _words_of_certificate(code: int, message: str) -> str:
    if code == _EXPIRED:
        return "has a certificate that has expired; renew it there"
    if code == _NOT_YET_VALID:
        return "has a certificate that is not valid yet; check the clocks of both machines"
    if code in (_HOSTNAME_MISMATCH, _ADDRESS_MISMATCH):
        return (
            f"has a certificate for another name ({message.rstrip('.')}); write a name that the certificate "
            "states in SHANGSOU_ELASTIC_URL"
        )
    if code in _UNTRUSTED:
        return (
            "has a certificate of an authority that is not trusted here; set SHANGSOU_ELASTIC_CA_FILE to the "
            "file of the authority (http_ca.crt of Elasticsearch), or SHANGSOU_ELASTIC_FINGERPRINT"
        )
    return f"has a certificate that is refused ({message}); renew it there"


def _causes(problem: BaseException) -> Iterator[BaseException]:
    """Yield an error and what caused it: urllib3 hands causes on as arguments too."""
    seen: list[BaseException] = []
    waiting: list[object] = [problem]
    while waiting:
        cause = waiting.pop(0)
        if not isinstance(cause, BaseException) or cause in seen:
            continue
        seen.append(cause)
        yield cause
        waiting += [cause.__cause__, cause.__context__, *cause.args]
