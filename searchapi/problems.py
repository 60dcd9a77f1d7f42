"""Problem documents (RFC 9457), the body of every error response."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from flask import Flask, Response, g
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge, UnprocessableEntity

from searchapi.json_text import dump_json
from searchapi.schema.responses import ProblemResponse
from shangsou.atomic_files import disk_problem, is_disk_full
from shangsou.errors import (
    DamagedIndex,
    EncoderUnavailable,
    EngineUnavailable,
    EventsUnavailable,
    ListsUnavailable,
    NoIndex,
    RecipeMismatch,
    ShangsouError,
    UnusableInput,
    UpdatesUnavailable,
    WeightsUnavailable,
)

MEDIA_TYPE = "application/problem+json"
BODY_TOO_LONG = "a request body may have 1 MB at most"
# A restarted Elasticsearch answers again after about ten seconds; a client that retries too early just gets
# the same response again.
RETRY_AFTER_S = 5
# Errors whose text says what the operator has to run, and those that may be over when it is tried again.
_FOR_THE_OPERATOR = (
    DamagedIndex,
    ListsUnavailable,
    NoIndex,
    RecipeMismatch,
    UnusableInput,
    WeightsUnavailable,
)
_PASSING = (EngineUnavailable, EncoderUnavailable, EventsUnavailable, UpdatesUnavailable)

# Of an error of HTTP: how to be let in, and when to try again.
_KEPT_HEADERS = ("WWW-Authenticate", "Retry-After")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FieldError:
    """An invalid field of a request."""

    path: str
    """Such as `filters.price.gte` or `facets.0`; empty for the request as a whole."""
    detail: str


class InvalidRequest(UnprocessableEntity):
    """A well-formed request with invalid fields: 422."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__("cannot be used: " + ", ".join(error.path or "the request" for error in errors))
        self.errors = errors


class MisdirectedRequest(HTTPException):
    """The Host header names another machine: 421."""

    code = 421


def problem(
    status: int,
    detail: str,
    *,
    errors: Sequence[FieldError] = (),
    headers: Mapping[str, str] | None = None,
    members: Mapping[str, object] | None = None,
) -> Response:
    """Return a response with a problem document, which may have further members."""
    document: dict[str, object] = {**problem_document(status, detail), **(members or {})}
    if errors:
        document["errors"] = [{"path": error.path, "detail": error.detail} for error in errors]
    if "request_id" in g:
        document["request_id"] = g.request_id
    return Response(dump_json(document), status, headers=headers, content_type=MEDIA_TYPE)


def problem_document(status: int, detail: str) -> ProblemResponse:
    """Return the members common to all problem documents."""
    return {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}


def register(app: Flask) -> None:
    """Make `app` answer every error with a problem document."""
    app.register_error_handler(InvalidRequest, _answer_invalid_request)
    app.register_error_handler(HTTPException, _answer_http_exception)
    app.register_error_handler(ShangsouError, _answer_shangsou_error)
    app.register_error_handler(OSError, _answer_disk_problem)
    app.register_error_handler(Exception, _answer_unexpected)


def _answer_invalid_request(reason: InvalidRequest) -> Response:
    return problem(422, reason.description or "", errors=reason.errors)


def _answer_http_exception(reason: HTTPException) -> Response:
    status = reason.code or 500
    headers = {name: value for name, value in reason.get_headers() if name in _KEPT_HEADERS}
    detail = reason.description or HTTPStatus(status).phrase
    if isinstance(reason, MethodNotAllowed):
        headers["Allow"] = ", ".join(sorted(reason.valid_methods or ()))
        detail = f"this address takes {headers['Allow']}"
    elif isinstance(reason, RequestEntityTooLarge):
        detail = BODY_TOO_LONG
    elif status == HTTPStatus.NOT_FOUND and reason.description == type(reason).description:
        detail = "there is nothing at this address; the API is described at /openapi.json"
    if reason.response is not None:  # a redirect from the routing
        return Response(status=status, headers=dict(reason.get_headers()))
    return problem(status, detail, headers=headers)


def _answer_shangsou_error(reason: ShangsouError) -> Response:
    if not isinstance(reason, (*_FOR_THE_OPERATOR, *_PASSING)):
        return _answer_unexpected(reason)
    detail = reason.public
    if detail != str(reason):
        # The message may name internal addresses, so it goes to the log only.
        log.error("%s", reason)
    if isinstance(reason, _PASSING):
        detail = f"{detail}; try again in {RETRY_AFTER_S} seconds"
    return problem(503, detail, headers={"Retry-After": str(RETRY_AFTER_S)})


def _answer_disk_problem(reason: OSError) -> Response:
    """Answer where a disk is full or read-only; files are replaced as a whole or not at all."""
    words = disk_problem(reason)
    if not words:
        return _answer_unexpected(reason)
    log.error("%s", words)
    status, cause = (507, "is full") if is_disk_full(reason) else (503, "cannot be written to")
    detail = f"the disk of the server {cause}, and nothing was changed; try again in {RETRY_AFTER_S} seconds"
    return problem(status, detail, headers={"Retry-After": str(RETRY_AFTER_S)})


def _answer_unexpected(reason: Exception) -> Response:
    log.error("unexpected %s", type(reason).__name__, exc_info=reason)
    return problem(500, "something went wrong in the server; its log knows more by the request id")
