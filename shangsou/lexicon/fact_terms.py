"""Facts of products as terms: what each states of its colour, its amounts, its codes and other attributes.

A term is a kind, a name and a value. A product holds a fact of a query if it has one of the terms that stand
for the value; it states something of the kind if it has the term of the kind and name alone.
"""

import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from shangsou.product import Product
from shangsou.text.amounts import SHOE_SIZE, Reading, amounts_and_sizes
from shangsou.text.colours import colour_family
from shangsou.text.facts import FactTable
from shangsou.text.normalize import normalize

TermKind = Literal[
    "attribute", "part", "amount", "code", "colour", "colour family", "brand", "audience", "text", "shop"
]

# Joins the parts of a term; occurs in no text, since normalizing drops it.
_SEPARATOR = "\x1f"
# The name of codes as they are written, which come before other spellings of them.
WRITTEN = "written"
# The name of audiences that share a product.
SHARED = "shared"
# Longer values are sentences, and longer names of attributes as well; of values, queries say shorter ones.
MAX_VALUE_LENGTH, _MAX_NAME_LENGTH, _MAX_TYPED_LENGTH = 16, 10, 12
_VALUE_SEPARATORS = re.compile(r"[|,，、;；\n]| / ")
# Numbers that are values by themselves: 35 of shoes, 1600 of mice. Longer ones are codes.
_NUMBER_LENGTHS = (2, 5)
_COLOUR_NAME = re.compile(r"颜色|色系|colou?r")
_QUALITY_NAME = re.compile(r"材质|面料|材料|口味|颜色|季节|风格|图案|功能|功效|产地|香型")
_SIZE_NAME = re.compile(r"尺码|尺寸|码数|鞋码|size")
_AUDIENCE_NAME = re.compile(r"对象|人群|性别|gender")
_CODE_NAME = re.compile(r"型号|货号|条码|条形码|barcode|ean|upc|gtin|isbn|model|款号|编号")
_BRAND_NAME = re.compile(r"品牌(?:名称)?|brand")
_MATERIAL_NAME = re.compile(r"材质|面料|材料|material")
# What catalogs fill in where they have nothing to say.
_NO_VALUE = re.compile(
    r"其[他它].*|other.*|无|否|是|有|见描述|.*(?:描述|详情|官网).*|不详|未知|默认.*|null|none|\\n|n/?a|如图.*|"
    r"图片色|混色|常规款?|正常规格|自定义|\d|123|标准|无品牌"
)
_SUFFIX = re.compile(r"(?<=.)[色款季型]$")


class StatedValue(NamedTuple):
    """A value of an attribute, both normalized."""

    name: str
    value: str


def says_nothing(text: str) -> bool:
    """Return whether a normalized text is what catalogs fill in where they have nothing to say, as 其他."""
    return _NO_VALUE.fullmatch(text) is not None


def term(kind: TermKind, name: str, value: str = "") -> str:
    """Return the term of a value, or without one that of everything that states something of the kind."""
    return f"{kind}{_SEPARATOR}{name}{_SEPARATOR}{value}"


def amount_term(reading: Reading) -> str:
    """Return the term of an amount."""
    return term("amount", reading.dimension, f"{reading.low:.10g}..{reading.high:.10g}")


def read_amount_term(name: str) -> Reading | None:
    """Return the amount of a term, None if it is another term."""
    # Most terms are others, and left at once.
    if not name.startswith("amount"):
        return None
    _, dimension, limits = name.split(_SEPARATOR)
    if not limits:
        return None
    low, high = limits.split("..")
    return Reading(dimension, float(low), float(high))


@lru_cache(1 << 14)
def reading_terms(reading: Reading) -> tuple[str, str]:
    """Return the terms of a stated amount."""
    return amount_term(reading), term("amount", reading.dimension)


@lru_cache(1 << 12)
def colour_terms(name: str, table: FactTable) -> tuple[str, ...]:
    """Return the terms of a stated colour, and of its family if it has one."""
    family = colour_family(name, table)
    terms = (term("colour", ""), term("colour", "", canonical_value(name)))
    return (*terms, term("colour family", "", family)) if family else terms


def audience_terms(audiences: Collection[str]) -> list[str]:
    """Return the terms of the audiences that a text names; of several, as 男女, none is the only one."""
    name = SHARED if len(audiences) > 1 else ""
    terms = [term("audience", name, audience) for audience in audiences]
    return [*terms, term("audience", "")] if terms else []


@lru_cache(1 << 14)
def canonical_value(value: str) -> str:
    """Return what values are compared by: 黑色 and 黑, 冬季 and 冬 are the same."""
    return _SUFFIX.sub("", value)


def stated_values(product: Product) -> list[StatedValue]:
    """Return the values of a product's attributes, each alone."""
    return [
        StatedValue(name, value)
        for raw_name, raw_values in product.attributes.items()
        if len(raw_name) <= _MAX_NAME_LENGTH
        for name in (normalize(raw_name),)
        for raw_value in raw_values
        for value in _split(raw_value)
    ]


def is_colour_name(name: str) -> bool:
    """Return whether an attribute of this name states colours."""
    return _COLOUR_NAME.search(name) is not None


def is_size_name(name: str) -> bool:
    """Return whether an attribute of this name states sizes."""
    return _SIZE_NAME.search(name) is not None


def is_quality(names: Sequence[str]) -> bool:
    """Return whether attributes of these names say what a thing is like, and not what it is."""
    return all(map(_QUALITY_NAME.search, names))


def is_audience_name(name: str) -> bool:
    """Return whether an attribute of this name states for whom a product is."""
    return _AUDIENCE_NAME.search(name) is not None


def is_material_name(name: str) -> bool:
    """Return whether an attribute of this name states what a product is made of."""
    return _MATERIAL_NAME.search(name) is not None


def is_code_name(name: str) -> bool:
    """Return whether an attribute of this name states codes."""
    return _CODE_NAME.search(name) is not None


def is_brand_name(name: str) -> bool:
    """Return whether an attribute of this name states the brand."""
    return _BRAND_NAME.fullmatch(name) is not None


def is_typed_value(name: str, value: str, table: FactTable) -> bool:
    """Return whether a query may ask for a value of an attribute by its words.

    Amounts and codes are found by what they look like, brands are known as such.
    """
    if value.isdecimal():
        return _NUMBER_LENGTHS[0] <= len(value) <= _NUMBER_LENGTHS[1] and not is_code_name(name)
    if len(value) == 1:
        # 棉 and 皮 are materials; other characters are parts of words.
        return is_material_name(name) and not value.isascii()
    return (
        len(value) <= _MAX_TYPED_LENGTH
        and " " not in value
        and any(map(str.isalpha, value))
        and not is_code_name(name)
        and not is_brand_name(name)
        and not _is_amount(value, table)
    )


def bare_size(name: str, value: str, table: FactTable) -> str | None:
    """Return the number by which people ask for a size of shoes: 37 for 37码; None for another value."""
    if not is_size_name(name) or not _is_amount(value, table):
        return None
    [amount, *_] = amounts_and_sizes(value, table)
    dimension, low, high = amount.readings[0]
    return f"{low:g}" if dimension == SHOE_SIZE and low == high else None


@lru_cache(1 << 16)
def _split(raw_value: str) -> tuple[str, ...]:
    parts = (normalize(part).strip(" .。·") for part in _VALUE_SEPARATORS.split(raw_value))
    return tuple(part for part in parts if 0 < len(part) <= MAX_VALUE_LENGTH and not says_nothing(part))


def _is_amount(value: str, table: FactTable) -> bool:
    return any(amount.end - amount.start == len(value) for amount in amounts_and_sizes(value, table))
