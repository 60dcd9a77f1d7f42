"""Another search engine, asked over HTTP by a template: to hold plain Elasticsearch beside ours.

A file such as

    url = "http://127.0.0.1:9200/products/_search"
    body = '{"size": {{size}}, "query": {"match": {"title": {{query}}}}}'
    hits = "hits.hits"
    id = "_id"
"""

import base64
import json
import time
import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from shangsou.engines.query import Hit
from shangsou.errors import ShangsouError, UnusableInput

_QUERY, _SIZE = "{{query}}", "{{size}}"
_TIMEOUT_S = 30.0
_KEYS = {"url", "body", "hits", "id", "headers"}


class OtherEngineFailed(ShangsouError):
    """Another engine did not answer a search, or not so that its answer can be read: nothing was measured."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class OtherEngine:
    """How another engine is asked, and where its answers hold the ids of products."""

    url: str
    """`{{query}}` and `{{size}}` are put in their places, as in the body."""
    body: str = ""
    """JSON; empty: the address says it all."""
    hits: str = "hits.hits"
    """The path to the list of hits."""
    id: str = "_id"
    """The path to the id in a hit."""
    headers: Mapping[str, str] = field(default_factory=dict)

    def search(self, query: str, size: int) -> tuple[list[Hit], float]:
        """Return the hits of a query, scored by their places, and the ms that they took.

        Raises `OtherEngineFailed`.
        """
        started = time.perf_counter()
        payload = self._ask(query, size)
        took_ms = 1_000 * (time.perf_counter() - started)
        if _is_partial(payload):
            raise OtherEngineFailed(
                f"{self.shown_url} answered {query!r} in part: shards failed, or it ran out of time; see "
                "its logs"
            )
        try:
            ids = [str(_follow(hit, self.id)) for hit in _follow(payload, self.hits)]
        except (KeyError, TypeError, IndexError):
            raise OtherEngineFailed(
                f"the answer of {self.shown_url} to {query!r} has no {self.hits} with {self.id} in each; "
                "correct hits and id"
            ) from None
        distinct = list(dict.fromkeys(ids))[:size]
        return [Hit(product_id, 1 / rank) for rank, product_id in enumerate(distinct, start=1)], took_ms

    def _ask(self, query: str, size: int) -> Any:
        """Return the answer to a query as plain JSON values."""
        try:
            with urllib.request.urlopen(self._request(query, size), timeout=_TIMEOUT_S) as response:  # noqa: S310 - http alone
                return json.load(response)
        except urllib.error.HTTPError as problem:
            problem.close()
            raise OtherEngineFailed(
                f"{self.shown_url} answered {query!r} with {problem.code} {problem.reason}: "
                f"{_advice(problem.code)}"
            ) from None
        except (OSError, HTTPException) as problem:
            reason = getattr(problem, "reason", None) or problem or type(problem).__name__
            raise OtherEngineFailed(
                f"{self.shown_url} did not answer {query!r} ({reason}): start it, or correct url"
            ) from None
        except (ValueError, RecursionError):
            raise OtherEngineFailed(
                f"the answer of {self.shown_url} to {query!r} is no JSON; correct url"
            ) from None

    def hit_fields(self, query: str) -> dict[str, str]:
        """Return the texts and numbers of the first hit of a query, by their paths; raises as `search`."""
        hits = _follow(self._ask(query, 1), self.hits)
        return dict(_scalars(hits[0])) if hits else {}

    def _request(self, query: str, size: int) -> urllib.request.Request:
        url = self.url.replace(_QUERY, quote(query, safe="")).replace(_SIZE, str(size))
        parts = urlsplit(url)
        headers = {"Accept": "application/json", **self.headers}
        if parts.username:
            secret = base64.b64encode(f"{parts.username}:{parts.password or ''}".encode()).decode()
            headers["Authorization"] = f"Basic {secret}"
            url = _without_user(url)
        if not self.body:
            return urllib.request.Request(url, headers=headers)  # noqa: S310 - http alone
        body = self.body.replace(_QUERY, json.dumps(query, ensure_ascii=False)).replace(_SIZE, str(size))
        headers["Content-Type"] = "application/json"
        return urllib.request.Request(url, body.encode(), headers)  # noqa: S310 - http alone

    @property
    def shown_url(self) -> str:
        """Return the address without user and parameters, which may hold secrets."""
        return urlunsplit(urlsplit(_without_user(self.url))._replace(query="", fragment=""))


def read_other_engine(path: Path) -> OtherEngine:
    """Read the template of another engine; raises `UnusableInput` that names the file and the key."""
    try:
        payload: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise UnusableInput(f"{path}: cannot be read as TOML ({problem})") from None
    if unknown := sorted(set(payload) - _KEYS):
        raise UnusableInput(f"{path}: {unknown[0]!r} is no key; there are {', '.join(sorted(_KEYS))}")
    headers = payload.get("headers", {})
    texts = [value for name, value in payload.items() if name != "headers"]
    if not (isinstance(headers, dict) and all(isinstance(one, str) for one in [*texts, *headers.values()])):
        raise UnusableInput(f"{path}: all values are texts in quotation marks, headers a table of them")
    engine = OtherEngine(**payload) if "url" in payload else None
    if engine is None or not _has_host(engine.url):
        raise UnusableInput(f"{path}: url is to be an address with http or https")
    if _QUERY not in engine.url + engine.body:
        raise UnusableInput(
            f"{path}: neither url nor body has {_QUERY}, so that every search would be the same"
        )
    try:
        json.loads(engine.body.replace(_QUERY, '""').replace(_SIZE, "1") or "{}")
    except ValueError as problem:
        raise UnusableInput(
            f"{path}: body is no JSON ({problem}); {_QUERY} stands without quotation marks"
        ) from None
    return engine


def _advice(status: int) -> str:
    if status in (401, 403):
        return "give user and password in url as https://USER:PASSWORD@HOST/…, or a key in headers"
    if status == 404:
        return "correct url: there is nothing at this path"
    if status >= 500:
        return "see its logs"
    return "correct url, body and headers; its documentation says what it takes"


def _scalars(payload: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the texts and numbers in plain JSON values, with their paths as `_follow` takes them."""
    if isinstance(payload, dict | list):
        entries = payload.items() if isinstance(payload, dict) else enumerate(payload)
        for name, value in entries:
            yield from _scalars(value, f"{path}.{name}" if path else str(name))
    elif isinstance(payload, str | int | float) and not isinstance(payload, bool):
        yield path, str(payload)


def _has_host(url: str) -> bool:
    """Return whether an address is one of http or https with a host, and a port that is one."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _without_user(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _is_partial(payload: Any) -> bool:
    """Return whether Elasticsearch or OpenSearch says that it searched only a part."""
    if not isinstance(payload, dict):
        return False
    shards = payload.get("_shards")
    return payload.get("timed_out") is True or (isinstance(shards, dict) and bool(shards.get("failed")))


def _follow(payload: Any, path: str) -> Any:
    for name in path.split("."):
        payload = payload[int(name)] if isinstance(payload, list) else payload[name]
    return payload
