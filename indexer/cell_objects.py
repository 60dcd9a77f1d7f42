"""Texts in the objects and lists that JSON keeps where a table has a cell."""

import re
from collections.abc import Mapping, Sequence

from shangsou.reading.json_values import parse_json

_TAGS = re.compile(r"[,，;；|｜、\n]+")
# Keys under which an object keeps what a field wants, the likeliest first. Those of a text come last.
_TEXT_KEYS = [
    "name",
    "title",
    "value",
    "label",
    "text",
    "zh_CN",
    "zh-CN",
    "zh",
    "cn",
    "zh_Hans",
    "rendered",
    "content",
    "plain",
    "default",
    "#text",
    "data",
    "attributes",
]
VALUE_KEYS: Mapping[str, Sequence[str]] = {
    "price": ["amount", "value", "price", "current", "sale", "now", "min"],
    "stock": ["quantity", "qty", "count", "available", "stock", "total", "value", "num", "number"],
    "status": ["code", "value", "status", "name", "state", "key"],
    "rating": ["rate", "value", "average", "score", "rating", "avg"],
    "reviews": ["count", "total", "reviews", "number", "num"],
    "image": ["url", "src", "href", "link", "image", "original", "large", "path"],
    "id": ["id", "value", "code", "sku", "$oid", "key"],
}
_MAX_DEPTH = 4


def as_text(value: object) -> str:
    """Return a cell as text: numbers without a needless `.0`, empty for anything but a single value."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return "" if value != value else str(int(value)) if value.is_integer() else repr(value)  # noqa: PLR0124
    if value is None or isinstance(value, Mapping | list | tuple | set | bytes):
        return ""
    return str(value)


def read_object(value: object, kind: str = "", depth: int = 0) -> object:
    """Return the value in an object or list where a field wants one; None where it holds none.

    Parameters
    ----------
    value
        Anything; what is neither an object nor a list is returned as it is.
    kind
        A key of `VALUE_KEYS`: what the field wants. Else a text, and a list of texts is one text.
    depth
        Of the objects around it.
    """
    if depth > _MAX_DEPTH:
        return None
    if isinstance(value, Mapping):
        for key in (*VALUE_KEYS.get(kind, ()), *_TEXT_KEYS):
            if key in value and value[key] not in (None, "", [], {}):
                return read_object(value[key], kind, depth + 1)
        return None
    if isinstance(value, list | tuple):
        inner = [read_object(entry, kind, depth + 1) for entry in value[:100]]
        filled = [entry for entry in inner if entry not in (None, "")]
        if not filled:
            return None
        return filled[0] if kind or len(filled) == 1 else " ".join(as_text(entry) for entry in filled)
    return value


def split_tags(value: object) -> list[str]:
    """Return tags given as a list, as a JSON list, or as a text with commas."""
    if isinstance(value, str):
        value = json_or_none(value, "[") or _TAGS.split(value)
    if isinstance(value, Mapping):
        value = [read_object(value)]
    return (
        [as_text(read_object(tag)) for tag in value] if isinstance(value, list | tuple) else [as_text(value)]
    )


def json_or_none(text: str, opening: str) -> object:
    """Return the JSON in a text that begins as `opening`; None for none."""
    if not text.lstrip().startswith(opening):
        return None
    try:
        return parse_json(text)
    except ValueError:
        return None
