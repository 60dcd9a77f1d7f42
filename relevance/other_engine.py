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
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from shangsou.engines.query import Hit
from shangsou.errors import ShangsouError, UnusableInput

_QUERY, _SIZE = "{{query}}", "{{size}}"
_TIMEOUT_S = 30.0
_KEYS = {"url", "body", "hits", "id", "headers"}


class OtherEngineFailed(ShangsouError):
    """Another engine did not answer a search."""


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
        request = self._request(query, size)
        started = time.perf_counter()
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as response:  # noqa: S310 - http alone
                payload = json.load(response)
        except OSError as problem:
            raise OtherEngineFailed(f"{self._shown_url()} did not answer {query!r}: {problem}") from None
        except ValueError:
            raise OtherEngineFailed(
                f"the answer of {self._shown_url()} to {query!r} is no JSON; check url"
            ) from None
        took_ms = 1_000 * (time.perf_counter() - started)
        if _is_partial(payload):
            raise OtherEngineFailed(
                f"{self._shown_url()} answered {query!r} in part: shards failed, or it ran out of time; see "
                "its logs"
            )
        try:
            ids = [str(_follow(hit, self.id)) for hit in _follow(payload, self.hits)]
        except (KeyError, TypeError, IndexError):
            raise OtherEngineFailed(
                f"the answer of {self._shown_url()} to {query!r} has no {self.hits} with {self.id} in each; "
                "correct hits and id"
            ) from None
        distinct = list(dict.fromkeys(ids))[:size]
        return [Hit(product_id, 1 / rank) for rank, product_id in enumerate(distinct, start=1)], took_ms

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

    def _shown_url(self) -> str:
        return _without_user(self.url)


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
    if engine is None or urlsplit(engine.url).scheme not in ("http", "https"):
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
