"""Attributes in the shapes that catalogs give them: texts, JSON, objects and lists."""

import ast
import re
from collections.abc import Iterable, Mapping

from indexer.cell_objects import as_text, read_object
from shangsou.reading.json_values import parse_json

_PAIRS = re.compile(r"[;；\n|｜]+")
# What else separates pairs, where a name and a colon follow: a comma in `颜色:红,蓝` separates values.
_LOOSE_PAIRS = re.compile(r"[,，、&\s]\s*(?=[^\s:：=,，、&]{1,20}\s*[:：=])")
_ASSIGNMENTS = re.compile(r",(?=[^,=|;:]{1,60}=)")
# Before a further `section:name:`; a comma in a value stands before no two colons.
_SECTIONS = re.compile(r"[,;|\n]\s*(?=[^:,;|]*:[^:,;|]+:)")
_NAME_AND_VALUE = re.compile(r"\s*([^:：=]{1,60}?)\s*[:：=]\s*(.*\S)\s*", re.DOTALL)
# `【颜色】红 【尺码】M`
_BRACKETED = re.compile(r"[【\[]([^】\]]{1,20})[】\]]\s*[:：]?\s*([^【\[]*)")
# Taobao's numbers of properties, which say nothing to a shopper.
_PROPERTY_NUMBERS = re.compile(r"(?:[0-9]{3,}:-?[0-9]+;?)+")
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
    "options",
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
_MAX_LITERAL = 10_000


def split_attributes(value: object, *, has_sections: bool = False) -> list[tuple[str, str]] | None:
    """Return attribute names with values, in order, or None if they cannot be parsed.

    An object of values or lists of values, a list of `{"name": …, "value": …}`, either of them as
    JSON, or text as `颜色:红;尺码:M`, with any of the separators that shop systems write.

    Parameters
    ----------
    value
        Of one cell.
    has_sections
        Whether a text gives each attribute as `section:name:value`, as feeds of Google do.
    """
    if isinstance(value, str):
        text = value.strip()
        if text[:1] in ("{", "[") and not _BRACKETED.match(text):
            value = _parse(text)
        else:
            return (_split_sections(text) if has_sections else None) or _split_text(text)
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


def is_property_numbers(value: object) -> bool:
    """Return whether a text holds only numbers of properties, as `20000:29534;1627207:28320` from Taobao."""
    return isinstance(value, str) and bool(_PROPERTY_NUMBERS.fullmatch(value.strip()))


def _split_text(text: str) -> list[tuple[str, str]] | None:
    bracketed = _BRACKETED.findall(text)
    if bracketed and "".join(f"【{name}】" for name, _ in bracketed) and text[:1] in "【[":
        return [(name, value.strip()) for name, value in bracketed if value.strip()]
    pairs = _split_assignments(text)
    if pairs:
        return pairs
    for part in _PAIRS.split(text):
        for piece in _loose_pieces(part):
            if not piece.strip():
                continue
            match = _NAME_AND_VALUE.fullmatch(piece)
            if match is None:
                return None
            pairs.append((match[1], match[2]))
    return pairs


def _split_assignments(text: str) -> list[tuple[str, str]]:
    """Return the pairs of `color=Red|Blue,size=M`, as Magento writes several values; none for others."""
    if "|" not in text:
        return []
    pieces = [piece.partition("=") for piece in _ASSIGNMENTS.split(text)]
    if not all(name.strip() and equals and "=" not in values for name, equals, values in pieces):
        return []
    return [(name.strip(), value.strip()) for name, _, values in pieces for value in values.split("|")]


def _split_sections(text: str) -> list[tuple[str, str]] | None:
    pieces = [piece.split(":", 2) for piece in _SECTIONS.split(text)]
    return [(name, value) for _, name, value in pieces] if all(len(piece) == 3 for piece in pieces) else None


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
