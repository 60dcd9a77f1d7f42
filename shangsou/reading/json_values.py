"""JSON that somebody else wrote, read so that neither its numbers nor its nesting can do harm."""

import json
import re
from typing import Final

MAX_NESTING: Final = 32
"""Levels of lists and objects that are read. A list of UBI events has five, real product attributes three."""
MAX_NUMBER_LENGTH: Final = 40
"""Characters of a number: a 64-bit one has at most 25. A longer one stays text, for its field to refuse."""
_TOKEN = re.compile(r'"(?:[^"\\]|\\.?)*+(?:"|\Z)|[\[\]{}]', re.DOTALL)


def _whole(text: str) -> int | str:
    return int(text) if len(text) <= MAX_NUMBER_LENGTH else text


def _fraction(text: str) -> float | str:
    return float(text) if len(text) <= MAX_NUMBER_LENGTH else text


JSON_DECODER: Final = json.JSONDecoder(parse_int=_whole, parse_float=_fraction)


def parse_json(text: str, decoder: json.JSONDecoder = JSON_DECODER) -> object:
    """Return the plain values in a JSON text.

    Lists and objects at level `MAX_NESTING` are empty: nothing that we read is nested as deeply, and no
    caller meets Python's recursion limit.

    Raises
    ------
    ValueError
        The text is no JSON.
    """
    try:
        values: object = decoder.decode(text)
    except RecursionError:
        return decoder.decode(_cut(text))
    return decoder.decode(_cut(text)) if _is_too_deep(values) else values


def parse_json_at(text: str, start: int) -> tuple[object, int]:
    """Return the plain values of the JSON text that begins at `start`, as `parse_json`, and where it ends."""
    try:
        return JSON_DECODER.raw_decode(text, start)
    except RecursionError:
        depth = 0
        for token in _TOKEN.finditer(text, start):
            depth += (token[0] in ("[", "{")) - (token[0] in ("]", "}"))
            if not depth:
                return parse_json(text[start : token.end()]), token.end()
        raise ValueError(f"the value that begins at character {start:,} never ends") from None


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
    """Return a JSON text with empty lists and objects where it is nested too deeply."""
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
