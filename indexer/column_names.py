"""The usual names of columns, their parts, and attributes that have a column of their own."""

import json
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from shangsou.text.normalize import to_simplified

ATTRIBUTE_PREFIX = "attributes."
# A unit or a remark beside the name: `价格(元)`, `【必填】标题`.
_REMARK = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
# The unit that makes another field of a price: `售卖价(分)`, `价格（单位：分）`.
_FEN = re.compile(r"[(\[【]\s*(?:单位\s*[:：]?\s*)?(分|fen|cents?)\s*[)\]】]", re.IGNORECASE)
# Keys below which an object keeps its value: `brand.name` of a flattened file is the brand.
_VALUE_KEYS = re.compile(
    r"[./](?:name|title|label|value|values|text|amount|qty|quantity|count|src|url|href)(?:[./]0)?$",
    re.IGNORECASE,
)
_CHINESE_DIGITS = str.maketrans("一二三四五", "12345")


class PairColumn(NamedTuple):
    """A column that names an attribute (`is_name`) or gives its value; both have the same `key`."""

    key: str
    is_name: bool


@lru_cache(1 << 14)
def normalize_name(name: str) -> str:
    """Return a name as names are compared: letters and digits, in lower case and Simplified characters."""
    return to_simplified(
        "".join(char for char in unicodedata.normalize("NFKC", name).lower() if char.isalnum())
    )


@lru_cache(1 << 14)
def bare_name(name: str) -> str:
    """Return a name normalized, without what stands in brackets and without a last `.name` or `.value`.

    Of what stands in brackets the unit fen stays.
    """
    return name_without_unit(_FEN.sub(r"\1", unicodedata.normalize("NFKC", name)))


@lru_cache(1 << 14)
def name_without_unit(name: str) -> str:
    """Return a bare name without the unit of a price in brackets."""
    text = _REMARK.sub("", unicodedata.normalize("NFKC", name))
    return normalize_name(_VALUE_KEYS.sub("", text))


@cache
def column_names() -> Mapping[str, tuple[str, ...]]:
    """Return the usual column names of each field, normalized, the best first."""
    table = json.loads(files(__package__).joinpath("columns.json").read_text(encoding="utf-8"))
    return {field: tuple(dict.fromkeys(map(normalize_name, names))) for field, names in table.items()}


@cache
def field_by_name() -> Mapping[str, str]:
    """Return the field of every usual name."""
    return {
        name: field for field, names in column_names().items() for name in (normalize_name(field), *names)
    }


@lru_cache(1 << 12)
def fields_by_pattern(name: str) -> tuple[str, ...]:
    """Return the fields that a name may stand for by its parts, the likeliest first."""
    bare = bare_name(name)
    return tuple(
        field
        for field, match, unless in _patterns()
        if match.search(bare) and not (unless and unless.search(bare))
    )


@lru_cache(1 << 12)
def attribute_name(name: str) -> str:
    """Return the attribute that a column of this name holds, as shoppers read it; empty for none."""
    names, patterns, unless = _attribute_table()
    bare = bare_name(name)
    if bare in names or (patterns.search(bare) and not unless.search(bare)):
        return _REMARK.sub("", unicodedata.normalize("NFKC", name)).strip(" *\t\n")
    return ""


@lru_cache(1 << 12)
def pair_column(name: str) -> PairColumn | None:
    """Return the part of a column in a pair of name and value, such as `Option1 Name`; None for none."""
    bare = normalize_name(name)
    for number, (naming, giving) in enumerate(_pairs()):
        for pattern, is_name in ((naming, True), (giving, False)):
            match = pattern.fullmatch(bare)
            if match:
                return PairColumn(f"{number}.{match[1].translate(_CHINESE_DIGITS)}", is_name)
    return None


def is_known(name: str) -> bool:
    """Return whether a name is that of a column of products, so that a row of such names is a header."""
    return (
        normalize_name(name) in field_by_name()
        or bare_name(name) in field_by_name()
        or bool(attribute_name(name))
        or pair_column(name) is not None
    )


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str], re.Pattern[str] | None], ...]:
    return tuple(
        (
            entry["field"],
            re.compile(entry["match"]),
            re.compile(entry["unless"]) if "unless" in entry else None,
        )
        for entry in _toml("column_patterns.toml")["pattern"]
    )


@cache
def _attribute_table() -> tuple[frozenset[str], re.Pattern[str], re.Pattern[str]]:
    table = _toml("attribute_columns.toml")
    return (
        frozenset(map(normalize_name, table["names"])),
        re.compile("|".join(table["patterns"])),
        re.compile(table["unless"]),
    )


@cache
def _pairs() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    pairs = _toml("attribute_columns.toml")["pair"]
    return tuple((re.compile(pair["name"]), re.compile(pair["value"])) for pair in pairs)


@cache
def _toml(name: str) -> Any:
    return tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))
