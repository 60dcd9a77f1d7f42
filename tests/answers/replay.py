"""Send the stored requests to a server over a home and return its answers."""

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from searchapi.app import create_app
from searchapi.signatures import HEADER, sign_user
from searchapi.state import EXTENSION
from shangsou.search.service.searcher import Searcher, open_searcher
from shangsou.settings import Settings
from tests.answers.clock import FrozenClock, frozen_clock
from tests.answers.comparison import Answer, recordable
from tests.answers.encoder import use_answers_encoder
from tests.answers.sources import BUILT_AT

REQUESTS = Path(__file__).with_name("requests.jsonl")
RECORDINGS = {engine: Path(__file__).with_name(f"{engine}.jsonl.xz") for engine in ("embedded", "elastic")}
ADMIN_KEY, SIGNING_SECRET = "the key of the answers", "the secret of the answers"
FIRST_REQUEST_AT = BUILT_AT + timedelta(hours=6)
_QUERY_ID_OF = "query_id of "
# A product bought in the stored events: its popularity is above zero once they have been counted.
_POPULAR_PRODUCT = "W011000"
_WAIT_S = 60.0


def read_requests() -> list[dict[str, Any]]:
    """Return the stored requests, in the order in which they are sent.

    Each has a `name`, `method` and `path`. Optional are `params` (the query string; a list repeats the
    parameter), `json` or `body` (text; `encoding` encodes it, `times` repeats it), `headers`, `remote`
    (the client's address; without it the request carries the server's key), and `signed` (the user, and the
    seconds for which the signature is valid). A text `query_id of NAME` is replaced by the query id that the
    request NAME got.
    """
    return [json.loads(line) for line in REQUESTS.read_text("utf-8").splitlines()]


def replay_requests(settings: Settings) -> dict[str, Answer]:
    """Return the answer to each stored request by its name, with one second between requests."""
    answers: dict[str, Answer] = {}
    query_ids: dict[str, str] = {}
    with _serving(settings) as (client, clock):
        for request in read_requests():
            clock.advance()
            reply = client.open(
                request["path"],
                method=request["method"],
                headers=_headers(request),
                environ_overrides={"REMOTE_ADDR": request.get("remote", "127.0.0.1")},
                **_content(request, query_ids),
            )
            payload = json.loads(reply.data) if reply.is_json else reply.text
            if isinstance(payload, dict) and "query_id" in payload:
                query_ids[request["name"]] = payload["query_id"]
            answers[request["name"]] = recordable(reply.status_code, payload)
    return answers


def _headers(request: Mapping[str, Any]) -> dict[str, str]:
    headers: dict[str, str] = dict(request.get("headers", {}))
    if "remote" not in request:
        headers.setdefault("Authorization", f"Bearer {ADMIN_KEY}")
    if signed := request.get("signed"):
        expires_at_s = int(time.time()) + int(signed["seconds"])
        headers[HEADER] = sign_user(SIGNING_SECRET, "shopping", signed["user"], expires_at_s)
    return headers


@contextmanager
def _serving(settings: Settings) -> Iterator[tuple[FlaskClient, FrozenClock]]:
    with frozen_clock(FIRST_REQUEST_AT) as clock, use_answers_encoder():
        searcher = open_searcher(settings)
        try:
            _wait_for_popularity(searcher)
            app = create_app(settings, searcher)
            try:
                yield app.test_client(), clock
            finally:
                app.extensions[EXTENSION].events.close()
        finally:
            searcher.close()


def _wait_for_popularity(searcher: Searcher) -> None:
    """Wait until the events have been counted in the background, since their counts change the ranking."""
    waiting = threading.Event()
    for _ in range(int(_WAIT_S / 0.02)):
        personalizer = searcher.context().personalizer
        personalizer.reader.read([_POPULAR_PRODUCT])
        if personalizer.popularity.of(personalizer.reader.group_keys([_POPULAR_PRODUCT]))[0]:
            return
        waiting.wait(0.02)
    raise TimeoutError(f"the events were not counted within {_WAIT_S} s")


def _content(request: Mapping[str, Any], query_ids: Mapping[str, str]) -> dict[str, Any]:
    """Return what the test client sends: the query string and the body."""
    content: dict[str, Any] = {}
    for field, argument in (("params", "query_string"), ("json", "json")):
        if field in request:
            content[argument] = _resolve_query_ids(request[field], query_ids)
    if "body" in request:
        content["data"] = request["body"].encode(request.get("encoding", "utf-8")) * request.get("times", 1)
    return content


def _resolve_query_ids(payload: Any, query_ids: Mapping[str, str]) -> Any:
    """Return the payload with the query ids of earlier answers in place of their references."""
    if isinstance(payload, dict):
        return {name: _resolve_query_ids(value, query_ids) for name, value in payload.items()}
    if isinstance(payload, list):
        return [_resolve_query_ids(value, query_ids) for value in payload]
    if isinstance(payload, str) and payload.startswith(_QUERY_ID_OF):
        return query_ids[payload.removeprefix(_QUERY_ID_OF)]
    return payload
