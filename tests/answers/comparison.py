"""Comparison of answers: the parts of an answer that are recorded, and how two answers differ."""

import json
import lzma
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from math import isclose
from pathlib import Path
from typing import Any

Answer = dict[str, Any]
LEFT_OUT = frozenset({"query_id", "took_ms", "request_id"})
"""Fields at the top of an answer that are other ones each time."""
TOLERANCE = {"embedded": 1e-6, "elastic": 5e-6}
"""How far a number may be off, for each engine.

Elasticsearch adds cosines up in float32, in an order that depends on the processor, and a tenth of a cosine
is all of `explain.semantic.normalized`. The embedded engine was 1.02e-6 off there under another instruction
set, until the encoder's vectors were such that it adds them up exactly.
"""


def as_today(answer: Answer) -> Answer:
    """Return a recorded answer as the API of today writes it.

    The one place for what was changed on purpose since the answers were recorded: a field that has another
    name or another shape now is given it here, with the reason.
    """
    oxford: Answer = _renamed(answer, {"normalised": "normalized"})  # Oxford spelling everywhere
    body = oxford.get("body")
    if isinstance(body, dict):
        for step in body.get("understood", {}).get("steps", ()):
            step["name"] = {"normalise": "normalize"}.get(step["name"], step["name"])
        if "degraded" in body:  # a record, no longer a line that has to be taken apart
            body["degraded"] = [_degradation(line) for line in body["degraded"]]
    return oxford


def _degradation(recorded: str | Answer) -> Answer:
    if not isinstance(recorded, str):
        return recorded  # recorded since
    part, _, message = recorded.partition(": ")
    return {"part": {"personalise": "personalize"}.get(part, part), "message": message}


def _renamed(plain: Any, names: Mapping[str, str]) -> Any:
    if isinstance(plain, dict):
        return {names.get(name, name): _renamed(value, names) for name, value in plain.items()}
    return [_renamed(value, names) for value in plain] if isinstance(plain, list) else plain


def recordable(status: int, body: Any) -> Answer:
    """Return what is recorded of an answer.

    Of an error its status, its `type`, and the paths of what is wrong; its sentences may be bettered at any
    time. Of others everything but what `LEFT_OUT` names.
    """
    if status >= HTTPStatus.BAD_REQUEST:
        plain = body if isinstance(body, dict) else {}
        paths = sorted(str(error["path"]) for error in plain.get("errors", ()))
        return {"status": status, "type": plain.get("type"), "paths": paths}
    if isinstance(body, dict):
        body = {name: value for name, value in body.items() if name not in LEFT_OUT}
    return {"status": status, "body": body}


def differences(recorded: Any, today: Any, tolerance: float, path: str = "") -> Iterator[str]:
    """Yield in words where two answers differ, numbers by more than the tolerance."""
    if isinstance(recorded, dict) and isinstance(today, dict):
        for name in [*recorded, *(name for name in today if name not in recorded)]:
            inner = f"{path}.{name}" if path else name
            if name not in today:
                yield f"{inner}: {_shown(recorded[name])} is there no more"
            elif name not in recorded:
                yield f"{inner}: {_shown(today[name])} is new"
            else:
                yield from differences(recorded[name], today[name], tolerance, inner)
    elif isinstance(recorded, list) and isinstance(today, list):
        if len(recorded) != len(today):
            yield f"{path}: {len(recorded)} → {len(today)} entries"
        for place, (one, other) in enumerate(zip(recorded, today, strict=False)):
            yield from differences(one, other, tolerance, f"{path}.{place}")
    elif not _alike(recorded, today, tolerance):
        yield f"{path}: {_shown(recorded)} → {_shown(today)}"


def write_answers(path: Path, answers: Mapping[str, Answer]) -> None:
    """Write answers, each a line of JSON with its `name`; packed, since one product is in many of them."""
    lines = (json.dumps({"name": name, **one}, ensure_ascii=False) for name, one in answers.items())
    path.write_bytes(lzma.compress("\n".join(lines).encode(), preset=9))


def read_answers(path: Path) -> dict[str, Answer]:
    """Return what `write_answers` wrote."""
    plain = map(json.loads, lzma.decompress(path.read_bytes()).decode().splitlines())
    return {one.pop("name"): one for one in plain}


def _alike(one: Any, other: Any, tolerance: float) -> bool:
    if _is_number(one) and _is_number(other):
        return isclose(one, other, rel_tol=tolerance, abs_tol=tolerance)
    return type(one) is type(other) and bool(one == other)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:79]}…"
