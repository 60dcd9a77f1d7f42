"""Parse untrusted JSON with bounded numbers and nesting."""

import json
import re
from typing import Final

MAX_NESTING: Final = 32
"""Levels of lists and objects that are read. A list of UBI events has five, real product attributes three."""
MAX_NUMBER_LENGTH: Final = 40
"""Characters of a number: a 64-bit one has at most 25. A longer one stays text, for its field to reject."""
MAX_CONTAINERS: Final = 20_000
"""Lists and objects in one text: a batch of 1,000 UBI events has 5,000. More take seconds to read."""
# Half of a surrogate pair written as an escape: what a client sends that cut a text inside an emoji.
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.?)*+(?:"|\Z)|[\[\]{}]', re.DOTALL)


def _whole(text: str) -> int | str:
    return int(text) if len(text) <= MAX_NUMBER_LENGTH else text


def _fraction(text: str) -> float | str:
    return float(text) if len(text) <= MAX_NUMBER_LENGTH else text


JSON_DECODER: Final = json.JSONDecoder(parse_int=_whole, parse_float=_fraction)


def parse_json(text: str, decoder: json.JSONDecoder = JSON_DECODER) -> object:
    """Return the plain values in a JSON text.

    Lists and objects at level `MAX_NESTING` become empty: no value that we use is nested as deeply, and no
    caller reaches Python's recursion limit. Half surrogate pairs, which no store takes, become U+FFFD.

    Raises
    ------
    ValueError
        The text is no JSON, or holds more than `MAX_CONTAINERS` lists and objects.
    """
    if text.count("[") + text.count("{") > MAX_CONTAINERS:
        raise ValueError(f"there are more than {MAX_CONTAINERS:,} lists and objects")
    try:
        values: object = decoder.decode(text)
    except RecursionError:
        values = decoder.decode(_cut(text))
    if _is_too_deep(values):
        values = decoder.decode(_cut(text))
    return _without_half_pairs(values) if _SURROGATE.search(text) else values


def parse_json_at(text: str, start: int) -> tuple[object, int]:
    """Return the plain values of the JSON text that begins at `start`, as `parse_json` does, and its end."""
    try:
        values, end = JSON_DECODER.raw_decode(text, start)
        if not _is_too_deep(values):
            return (_without_half_pairs(values) if _SURROGATE.search(text, start, end) else values), end
    except RecursionError:
        end = _find_end(text, start)
    return parse_json(text[start:end]), end


def _find_end(text: str, start: int) -> int:
    depth = 0
    for token in _TOKEN.finditer(text, start):
        depth += (token[0] in ("[", "{")) - (token[0] in ("]", "}"))
        if not depth:
            return token.end()
    raise ValueError(f"the value that begins at character {start:,} never ends")


def _without_half_pairs(values: object) -> object:
    text = json.dumps(values, ensure_ascii=False)
    # Through UTF-16, which joins the two halves of a pair where both are there.
    return json.loads(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


def _is_too_deep(value: object) -> bool:
    level = [value]
    for _ in range(MAX_NESTING + 1):
        containers = [child for child in level if isinstance(child, dict | list)]
        if not containers:
            return False
        level = [
            child
            for container in containers
            for child in (container.values() if isinstance(container, dict) else container)
        ]
    return True


def _cut(text: str) -> str:
    """Empty the lists and objects of a JSON text that are nested too deeply."""
    pieces = []
    depth = kept_from = 0
    for token in _TOKEN.finditer(text):
        if token[0] in ("[", "{"):
            depth += 1
            if depth == MAX_NESTING:
                pieces.append(text[kept_from : token.end()])
        elif token[0] in ("]", "}"):
            if depth == MAX_NESTING:
                kept_from = token.start()
            depth -= 1
    if depth < MAX_NESTING:
        pieces.append(text[kept_from:])
    return "".join(pieces)
