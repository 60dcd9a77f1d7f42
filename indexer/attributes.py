"""Extract attributes and tags from the shapes that catalogs give them, and texts from objects."""

import ast
import re
from collections.abc import Iterable, Mapping, Sequence

from shangsou.reading.json_values import parse_json

_PAIRS = re.compile(r"[;；\n|｜]+")
# What else separates pairs, where a name and a colon follow: a comma in `颜色:红,蓝` separates values.
_LOOSE_PAIRS = re.compile(r"[,，、&\s]\s*(?=[^\s:：=,，、&]{1,20}\s*[:：=])")
_NAME_AND_VALUE = re.compile(r"\s*([^:：=]{1,60}?)\s*[:：=]\s*(.*\S)\s*", re.DOTALL)
# `【颜色】红 【尺码】M`
_BRACKETED = re.compile(r"[【\[]([^】\]]{1,20})[】\]]\s*[:：]?\s*([^【\[]*)")
# Taobao's numbers of properties, which say nothing to a shopper.
_PROPERTY_NUMBERS = re.compile(r"(?:[0-9]{3,}:-?[0-9]+;?)+")
_TAGS = re.compile(r"[,，;；|｜、\n]+")
_NAME_KEYS = [
    "name",
    "key",
    "attr",
    "attr_name",
    "attrName",
    "attribute_name",
    "attribute",
    "attributeName",
    "k",
    "specName",
    "spec_name",
    "propName",
    "prop_name",
    "pname",
    "attr_key",
    "optionName",
    "option",
    "label",
    "title",
    "名称",
    "属性",
    "属性名",
    "规格名",
]
_VALUE_KEYS = [
    "value",
    "values",
    "val",
    "attr_value",
    "attrValue",
    "attribute_value",
    "attributeValue",
    "v",
    "specValue",
    "spec_value",
    "propValue",
    "prop_value",
    "vname",
    "optionValue",
    "valueName",
    "option",
    "text",
    "content",
    "值",
    "属性值",
    "规格值",
]
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
# The name of an attribute that a text gives without one.
UNNAMED_ATTRIBUTE = "规格"
_VALUES = re.compile(r"[;；,，|｜\n]+|\s+/\s+")
_SIZE = re.compile(
    r"(?:x{0,4}s|m|x{0,5}l|[2-6]xl|均码|[0-9]{2}(?:\.5)?码|[0-9]{3}/[0-9]{2,3}[a-z]?)", re.IGNORECASE
)
_COLOUR = re.compile(r"[\u4e00-\u9fff]{1,6}色|[红橙黄绿青蓝紫黑白灰粉棕]")
_MAX_LITERAL = 10_000
_MAX_DEPTH = 4
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
        value = _json_or_none(value, "[") or _TAGS.split(value)
    if isinstance(value, Mapping):
        value = [read_object(value)]
    return (
        [as_text(read_object(tag)) for tag in value] if isinstance(value, list | tuple) else [as_text(value)]
    )


def split_attributes(value: object) -> list[tuple[str, str]] | None:
    """Return attribute names with values, in order, or None if they cannot be parsed.

    An object of values or lists of values, a list of `{"name": …, "value": …}`, either of them as
    JSON, or text as `颜色:红;尺码:M`, with any of the separators that shop systems write.
    """
    if isinstance(value, str):
        text = value.strip()
        if text[:1] in ("{", "[") and not _BRACKETED.match(text):
            value = _parse(text)
        else:
            return _split_text(text)
    if isinstance(value, Mapping):
        pair = _name_and_value(value) if len(value) > 1 else None
        return list(_pairs([pair] if pair else value.items()))
    if isinstance(value, list):
        named = [_name_and_value(entry) for entry in value]
        if None in named and all(isinstance(entry, str) for entry in value):
            texts = [_NAME_AND_VALUE.fullmatch(entry) for entry in value]
            return None if None in texts else [(match[1], match[2]) for match in texts if match]
        return None if None in named else list(_pairs(pair for pair in named if pair))
    return None


def split_unnamed(text: str, names: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Return the values of a text that names no attribute, as `红色,M`, each under the likeliest name.

    Parameters
    ----------
    text
        Of one variant.
    names
        What the other variants have in each place, for values that say nothing of it, such as 军绿.
    """
    parts = [part.strip() for part in _VALUES.split(text) if part.strip()]
    likeliest = [_likeliest_name(part) for part in parts]
    if len(names) == len(parts):
        likeliest = [
            place if name == UNNAMED_ATTRIBUTE and place not in likeliest else name
            for name, place in zip(likeliest, names, strict=True)
        ]
    return list(zip(likeliest, parts, strict=True))


def _likeliest_name(value: str) -> str:
    if _SIZE.fullmatch(value):
        return "尺码"
    return "颜色" if _COLOUR.fullmatch(value) else UNNAMED_ATTRIBUTE


def is_property_numbers(value: object) -> bool:
    """Return whether a text holds only numbers of properties, as `20000:29534;1627207:28320` from Taobao."""
    return isinstance(value, str) and bool(_PROPERTY_NUMBERS.fullmatch(value.strip()))


def _split_text(text: str) -> list[tuple[str, str]] | None:
    bracketed = _BRACKETED.findall(text)
    if bracketed and "".join(f"【{name}】" for name, _ in bracketed) and text[:1] in "【[":
        return [(name, value.strip()) for name, value in bracketed if value.strip()]
    pairs: list[tuple[str, str]] = []
    for part in _PAIRS.split(text):
        for piece in _loose_pieces(part):
            if not piece.strip():
                continue
            match = _NAME_AND_VALUE.fullmatch(piece)
            if match is None:
                return None
            pairs.append((match[1], match[2]))
    return pairs


def _loose_pieces(text: str) -> list[str]:
    """Return the pairs that commas, spaces or `&` separate; the text itself where it is one pair."""
    pieces = _LOOSE_PAIRS.split(text)
    # Only where each piece is a pair: `型号:A B:C` is one value with a colon in it.
    return pieces if len(pieces) > 1 and all(_NAME_AND_VALUE.fullmatch(piece) for piece in pieces) else [text]


def _parse(text: str) -> object:
    try:
        return parse_json(text)
    except ValueError:
        if "'" not in text or len(text) > _MAX_LITERAL:
            return None
    try:
        value: object = ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None
    return value


def _pairs(items: Iterable[tuple[object, object]]) -> Iterable[tuple[str, str]]:
    for name, value in items:
        for single in value if isinstance(value, list | tuple) else (value,):
            yield as_text(name), as_text(read_object(single))


def _name_and_value(entry: object) -> tuple[object, object] | None:
    if isinstance(entry, Mapping):
        name = next((entry[key] for key in _NAME_KEYS if key in entry), None)
        value = next((entry[key] for key in _VALUE_KEYS if key in entry and entry[key] is not name), None)
        if name is not None and value is not None:
            return name, value
        if name is not None and any(key in entry for key in _VALUE_KEYS):
            return name, None
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
