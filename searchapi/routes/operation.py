"""What an operator asks: `/healthz`, `/readyz`, `/metrics`, `/openapi.json`."""

from functools import cache

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST

from searchapi.json_text import dump_json
from searchapi.problems import RETRY_AFTER_S
from searchapi.state import state

operation = Blueprint("operation", __name__)


@operation.get("/healthz")
def health() -> Response:
    """Say that the process answers."""
    return Response(dump_json({"status": "ok"}), content_type="application/json")


@operation.get("/readyz")
def readiness() -> Response:
    """Say whether searches can be answered, and if not, what is missing."""
    missing = ["the server is stopping"] if state().stopping.is_set() else state().searcher.missing()
    if missing:
        return Response(
            dump_json({"missing": missing}),
            503,
            headers={"Retry-After": str(RETRY_AFTER_S)},
            content_type="application/json",
        )
    return Response(dump_json({"missing": []}), content_type="application/json")


@operation.get("/metrics")
def metrics() -> Response:
    """Return the metrics for Prometheus."""
    return Response(state().metrics.text(), content_type=CONTENT_TYPE_LATEST)


@operation.get("/openapi.json")
def openapi() -> Response:
    """Return the description of this API."""
    return Response(_description(), content_type="application/json")


@cache
def _description() -> bytes:
    # Its answer models are for the description alone, and building them would delay the start.
    from searchapi.schema.openapi import describe_api

    return dump_json(describe_api())
