"""The stored requests sent to a server over a home, one second after the other, and what it answers."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from searchapi.app import create_app
from searchapi.state import EXTENSION
from shangsou.search.service.searcher import Searcher, open_searcher
from shangsou.settings import Settings
from tests.answers.clock import Clock, standing_clock
from tests.answers.comparison import Answer, recordable
from tests.answers.home import answers_encoder
from tests.answers.sources import MADE_AT

REQUESTS = Path(__file__).with_name("requests.jsonl")
KEY = "the key of the answers"
"""Some requests carry it, or are signed with it."""
FIRST_AT = MADE_AT + timedelta(hours=6)
_EARLIER = "query_id of "
# Bought in the stored events: its popularity tells that they have been counted.
_POPULAR = "W011000"
_WAIT_S = 60.0


def read_requests() -> list[dict[str, Any]]:
    """Return the stored requests, in the order in which they are sent.

    Each has a `name`, `method` and `path`, and may have `params` (of the query string; a list is a parameter
    that comes several times), `json`, or a `body` as text (with its `encoding`, and how many `times` it is
    repeated), `headers`, and the address of a `remote` machine. `query_id of NAME` stands for what the
    request of that name was answered.
    """
    return [json.loads(line) for line in REQUESTS.read_text("utf-8").splitlines()]


def answers_of(settings: Settings) -> dict[str, Answer]:
    """Return what a server over the home and the engine of the settings answers to each request, by name."""
    answers: dict[str, Answer] = {}
    query_ids: dict[str, str] = {}
    with _serving(settings) as (client, clock):
        for request in read_requests():
            clock.step()
            reply = client.open(
                request["path"],
                method=request["method"],
                headers=request.get("headers"),
                environ_overrides={"REMOTE_ADDR": request.get("remote", "127.0.0.1")},
                **_content(request, query_ids),
            )
            plain = json.loads(reply.data) if reply.is_json else reply.text
            if isinstance(plain, dict) and "query_id" in plain:
                query_ids[request["name"]] = plain["query_id"]
            answers[request["name"]] = recordable(reply.status_code, plain)
    return answers


@contextmanager
def _serving(settings: Settings) -> Iterator[tuple[FlaskClient, Clock]]:
    with standing_clock(FIRST_AT) as clock, answers_encoder():
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
    """Wait until the events are counted, which happens beside the searching: it has a say in the order."""
    waiting = threading.Event()
    for _ in range(int(_WAIT_S / 0.02)):
        if searcher.context().personalizer.popularity.of([_POPULAR])[0]:
            return
        waiting.wait(0.02)
    raise TimeoutError(f"the events were not counted within {_WAIT_S} s")


def _content(request: Mapping[str, Any], query_ids: Mapping[str, str]) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for source, target in (("params", "query_string"), ("json", "json")):
        if source in request:
            content[target] = _filled(request[source], query_ids)
    if "body" in request:
        content["data"] = request["body"].encode(request.get("encoding", "utf-8")) * request.get("times", 1)
    return content


def _filled(plain: Any, query_ids: Mapping[str, str]) -> Any:
    """Return plain values with the ids of earlier answers in their places."""
    if isinstance(plain, dict):
        return {name: _filled(value, query_ids) for name, value in plain.items()}
    if isinstance(plain, list):
        return [_filled(value, query_ids) for value in plain]
    if isinstance(plain, str) and plain.startswith(_EARLIER):
        return query_ids[plain.removeprefix(_EARLIER)]
    return plain
