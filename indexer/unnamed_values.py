"""Attributes of texts that name none, such as `黑色;XL`: by the values, and by all variants of a product."""

import re
from collections.abc import Mapping, Sequence

from indexer.identifiers import read_identifier

# The name of an attribute that a text gives without one.
UNNAMED_ATTRIBUTE = "规格"
_VALUES = re.compile(r"[;；,，|｜\n]+|\s+/\s+")
_SIZE = re.compile(
    r"(?:x{0,4}s|m|x{0,5}l|[2-6]xl|均码|[特加]?[大中小]号|[0-9]{2}(?:\.5)?码|[0-9]{3}/[0-9]{2,3}[a-z]?)",
    re.IGNORECASE,
)
_COLOUR = re.compile(r"[\u4e00-\u9fff]{1,6}色|[红橙黄绿青蓝紫黑白灰粉棕]")
# A longer text is a description.
_MAX_LENGTH = 60
_NAMING = frozenset(":：={[")


class UnnamedValues:
    """By product and number of values, the attribute in each place where its variants agree."""

    def __init__(self) -> None:
        self._names: dict[tuple[int, int], list[str]] = {}

    def add(self, values: Mapping[str, object]) -> None:
        """Add a row."""
        text = _unnamed_text(values)
        if not text:
            return
        likeliest = [name for name, _ in split_unnamed(text)]
        known = self._names.setdefault((_product(values), len(likeliest)), list(likeliest))
        for place, name in enumerate(likeliest):
            if known[place] == UNNAMED_ATTRIBUTE:
                known[place] = name
            elif name not in (known[place], UNNAMED_ATTRIBUTE):
                known[place] = ""  # A colour here, a size there: the place tells nothing.

    def complete(self, values: Mapping[str, object]) -> Mapping[str, object]:
        """Return a row with `sku_attribute_names`, what its product has in each place, if that is known."""
        text = _unnamed_text(values) if self._names else ""
        if not text:
            return values
        names = self._names.get((_product(values), len(split_unnamed(text))), [])
        if not any(name not in ("", UNNAMED_ATTRIBUTE) for name in names):
            return values
        return {**values, "sku_attribute_names": [name or UNNAMED_ATTRIBUTE for name in names]}


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
    if len(parts) == 1:
        parts = _divided(parts[0])
    likeliest = [_likeliest_name(part) for part in parts]
    if len(names) == len(parts):
        likeliest = [
            place if name == UNNAMED_ATTRIBUTE and place not in likeliest else name
            for name, place in zip(likeliest, names, strict=True)
        ]
    return list(zip(likeliest, parts, strict=True))


def _divided(text: str) -> list[str]:
    """Return the values that a slash separates where one is a colour or a size; not `10/20ml`."""
    parts = [part.strip() for part in text.split("/")]
    if len(parts) == 1 or not all(parts) or _likeliest_name(text) != UNNAMED_ATTRIBUTE:
        return [text]
    names = [_likeliest_name(part) for part in parts]
    # A number beside a colour is a size, beside a size a height.
    is_divided = "颜色" in names or ("尺码" in names and not any(map(str.isdigit, parts)))
    return parts if is_divided else [text]


def _likeliest_name(value: str) -> str:
    if _SIZE.fullmatch(value):
        return "尺码"
    return "颜色" if _COLOUR.fullmatch(value) else UNNAMED_ATTRIBUTE


def _unnamed_text(values: Mapping[str, object]) -> str:
    text = values.get("sku_attributes")
    is_unnamed = isinstance(text, str) and len(text) <= _MAX_LENGTH and _NAMING.isdisjoint(text)
    return str(text) if is_unnamed else ""


def _product(values: Mapping[str, object]) -> int:
    return hash(read_identifier(values.get("group_id") or values.get("product_id")))
