"""Endpoints for operators: `/healthz`, `/readyz`, `/metrics`, `/openapi.json`."""

from functools import cache
from threading import Lock

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST

from searchapi.authorization import caller, require
from searchapi.json_text import dump_json, json_response
from searchapi.problems import RETRY_AFTER_S
from searchapi.schema.responses import HealthResponse, ReadyResponse
from searchapi.state import state

operation = Blueprint("operation", __name__)
_DETAILS = "not ready; a key with the role metrics is told why"
_describing = Lock()


@operation.get("/healthz")
def health() -> Response:
    """Confirm that the process is alive."""
    response: HealthResponse = {"status": "ok"}
    return json_response(response)


@operation.get("/readyz")
def readiness() -> Response:
    """Report whether searches can be answered, and if not, what is missing."""
    searcher = state().searcher
    missing = ["the server is stopping"] if state().stopping.is_set() else searcher.missing()
    response: ReadyResponse = {"missing": missing, "warnings": searcher.warnings()}
    if not caller().may("metrics"):
        # What is missing tells of the machine; whether it is ready is for everybody.
        response = {"missing": [_DETAILS] if missing else [], "warnings": []}
    if missing:
        return json_response(response, 503, {"Retry-After": str(RETRY_AFTER_S)})
    return json_response(response)


@operation.get("/metrics")
def metrics() -> Response:
    """Return the metrics for Prometheus."""
    require("metrics")
    return Response(state().metrics.text(), content_type=CONTENT_TYPE_LATEST)


@operation.get("/openapi.json")
def openapi() -> Response:
    """Return the description of this API."""
    # One at a time: pydantic parses source for docstrings, which two threads of CPython 3.11 cannot do.
    with _describing:
        return Response(_description(), content_type="application/json")


@cache
def _description() -> bytes:
    # Nothing else needs the description, and building its schemas would delay the start.
    from searchapi.schema.openapi import describe_api

    return dump_json(describe_api())
