"""Messages for invalid values in files, in words of our own."""

import re
from collections.abc import Collection
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_TYPES = {
    "int": "is to be a whole number",
    "float": "is to be a number",
    "bool": "is to be true or false",
    "string": "is to be a text",
    "list": "is to be a list",
    "tuple": "is to be a list",
    "frozen_set": "is to be a list",
    "dict": "is to be keys with values",
    "model": "is to be keys with values",
    "dataclass": "is to be keys with values",
}
_BY_KIND = {
    "missing": "is missing; write it down",
    "literal_error": "is to be {expected}",
    "greater_than_equal": "is to be {ge:g} or more",
    "less_than_equal": "is to be {le:g} or less",
    "finite_number": "is to be a finite number",
    "too_short": "is to have {min_length} or more entries",
}
_TYPE_ERROR = re.compile(r"(.+)_(?:type|parsing|from_float|parsing_size)")


def explain_invalid(error: "ErrorDetails", known: Collection[str] = ()) -> str:
    """Return what is wrong with a value, from an error of pydantic, as `is to be a number`.

    `known` are the keys that there are, for an error about one that there is not.
    """
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return f"there is no such key{suggest(str(error['loc'][-1]), known)}"
    if kind == "value_error":
        return error["msg"].removeprefix("Value error, ")
    if kind in _BY_KIND:
        return _BY_KIND[kind].format(**context)
    found = _TYPE_ERROR.fullmatch(kind)
    return _TYPES.get(found[1], error["msg"]) if found else error["msg"]


def suggest(name: str, known: Collection[str]) -> str:
    """Return `; did you mean …?` where a known name is close to a name; else the known ones, or nothing."""
    close = get_close_matches(name, known, 1)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; there are {', '.join(known)}" if known else ""
