"""Extract attributes, tags, categories and pictures from the shapes that catalogs give them."""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from shangsou.reading.json_values import parse_json

# Separators of the levels of a category path. A slash is not one of them: `牙膏/牙粉` is one category.
_LEVELS = re.compile(r"\s*(?:-+>|=+>|[>＞›»→|｜]+)\s*")
_PAIRS = re.compile(r"[;；\n|｜]+")
_NAME_AND_VALUE = re.compile(r"\s*([^:：=]{1,60}?)\s*[:：=]\s*(.*\S)\s*", re.DOTALL)
_TAGS = re.compile(r"[,，;；|｜、\n]+")
_NAME_KEYS = ("name", "key", "attr", "attr_name", "attribute", "k", "名称", "属性", "属性名")
_VALUE_KEYS = ("value", "values", "val", "attr_value", "v", "值", "属性值")
_HOST = re.compile(r"(?:[a-z0-9-]+\.){2,}[a-z]{2,}/|[a-z0-9-]+\.(?:com|cn|net)/", re.IGNORECASE)
_FORBIDDEN_IN_URL = re.compile("[\x00-\x20\x7f\"'<>\\\\`]")


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


def split_category(value: object) -> list[str]:
    """Return the levels of a category given as a path such as `女装>连衣裙` or as a list of levels."""
    parts = [as_text(part) for part in value] if isinstance(value, list | tuple) else [as_text(value)]
    return [level for part in parts for level in _LEVELS.split(part)]


def split_tags(value: object) -> list[str]:
    """Return tags given as a list, as a JSON list, or as a text with commas."""
    if isinstance(value, str):
        value = _json_or_none(value, "[") or _TAGS.split(value)
    return [as_text(tag) for tag in value] if isinstance(value, list | tuple) else [as_text(value)]


def split_attributes(value: object) -> list[tuple[str, str]] | None:
    """Return attribute names with values, in order, or None if they cannot be parsed.

    An object of values or lists of values, a list of `{"name": …, "value": …}`, either of them as
    JSON, or text as `颜色:红;尺码:M`.
    """
    if isinstance(value, str):
        text = value.strip()
        if text[:1] in ("{", "["):
            try:
                value = parse_json(text)
            except ValueError:
                return None
        else:
            matches = [_NAME_AND_VALUE.fullmatch(pair) for pair in _PAIRS.split(text) if pair.strip()]
            return None if None in matches else [(match[1], match[2]) for match in matches if match]
    if isinstance(value, Mapping):
        return list(_pairs(value.items()))
    if isinstance(value, list):
        named = [_name_and_value(entry) for entry in value]
        return None if None in named else list(_pairs(pair for pair in named if pair))
    return None


def read_image(value: object) -> tuple[str, str]:
    """Return a picture's address (http, https or a relative path), with the issue found in it.

    The address is empty if none can be used: another scheme, such as `javascript:`, is never kept. Of several
    pictures the first is taken.
    """
    if isinstance(value, str):
        value = _json_or_none(value, "[") or value
    if isinstance(value, list | tuple):
        value = value[0] if value else ""
    url = re.split(r"[,;|\s]+(?=https?://|//)", as_text(value).strip())[0].rstrip(",;|").replace(" ", "%20")
    oddity = ""
    if url.startswith("//"):
        url, oddity = "https:" + url, "has no scheme"
    elif _HOST.match(url):
        url, oddity = "https://" + url, "has no scheme"
    if not url or _FORBIDDEN_IN_URL.search(url):
        return "", "is no picture address"
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", "is no picture address"
    if parts.scheme.lower() in ("http", "https"):
        return (url, oddity) if parts.hostname else ("", "is no picture address")
    if parts.scheme or ":" in url.partition("/")[0]:
        return "", "is neither http nor https nor a path"
    return url, oddity


def _pairs(items: Iterable[tuple[object, object]]) -> Iterable[tuple[str, str]]:
    for name, value in items:
        for single in value if isinstance(value, list | tuple) else (value,):
            yield as_text(name), as_text(single)


def _name_and_value(entry: object) -> tuple[object, object] | None:
    if isinstance(entry, Mapping):
        name = next((entry[key] for key in _NAME_KEYS if key in entry), None)
        value = next((entry[key] for key in _VALUE_KEYS if key in entry), None)
        if name is not None:
            return name, value
        if len(entry) == 1:
            return next(iter(entry.items()))
    return None


def _json_or_none(text: str, opening: str) -> object:
    if not text.lstrip().startswith(opening):
        return None
    try:
        return parse_json(text)
    except ValueError:
        return None
