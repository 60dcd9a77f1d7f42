"""Structured logs: one JSON line for each record on stderr, one record for each request.

Neither queries nor the ids of products, users and sessions are logged.
"""

import json
import logging
import re
import secrets
import sys
import time
from datetime import UTC, datetime

from flask import Flask, Response, g, request

from searchapi.metrics import matched_route

REQUEST_ID_HEADER = "X-Request-Id"
# An id from a client or a proxy is kept if it is harmless in a log and a header.
_VALID_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_FIELDS = ("request_id", "method", "route", "status", "took_ms", "degraded")

log = logging.getLogger("searchapi.requests")


class JsonFormatter(logging.Formatter):
    """A formatter that writes a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as a line."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        for field in _FIELDS:
            value = getattr(record, field, None)
            if value is not None:
                line[field] = value
        if "request_id" not in line and g and "request_id" in g:
            line["request_id"] = g.request_id
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, separators=(",", ":"))


def configure() -> None:
    """Send the logs of this process to stderr as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("searchapi").setLevel(logging.INFO)
    # It warns about every request that waits for a thread: under load a line for each.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    # It warns about every attempt with a traceback; an unreachable Elasticsearch is logged once, by us.
    logging.getLogger("elastic_transport").setLevel(logging.ERROR)


def register(app: Flask) -> None:
    """Give every request of `app` an id and log it."""

    @app.before_request
    def begin() -> None:
        g.started = time.perf_counter()
        received_id = request.headers.get(REQUEST_ID_HEADER, "")
        g.request_id = received_id if _VALID_REQUEST_ID.fullmatch(received_id) else secrets.token_hex(8)

    @app.after_request
    def finish(response: Response) -> Response:
        response.headers[REQUEST_ID_HEADER] = g.request_id
        log.info(
            "request",
            extra={
                "request_id": g.request_id,
                "method": request.method,
                "route": matched_route(),
                "status": response.status_code,
                "took_ms": round((time.perf_counter() - g.started) * 1000, 2),
                # Only the parts: the messages may contain the query.
                "degraded": [degradation.part for degradation in g.get("degraded", ())] or None,
            },
        )
        return response
