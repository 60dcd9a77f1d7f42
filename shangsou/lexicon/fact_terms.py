"""Facts of products as terms: what each states of its colour, its amounts, its codes and other attributes.

A term is a kind, a name and a value. A product holds a fact of a query if it has one of the terms that stand
for the value; it states something of the kind if it has the term of the kind and name alone.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from shangsou.lexicon.phrases import brand_spellings
from shangsou.product import Product
from shangsou.text.amounts import SHOE_SIZE, Amount, Reading, amounts_and_sizes, find_amounts, letter_sizes
from shangsou.text.audiences import find_audiences
from shangsou.text.codes import canonical_code, text_codes, written_codes
from shangsou.text.colours import colour_family, find_colours
from shangsou.text.normalize import normalize

TermKind = Literal[
    "attribute", "part", "amount", "code", "colour", "colour family", "brand", "audience", "text"
]

# Joins the parts of a term; occurs in no text, since normalizing drops it.
_SEPARATOR = "\x1f"
# Titles end in the variant that is sold, as in `12寸16寸 … 14寸粉色`: what stands in the last characters
# counts, and not what the keywords before it say. As in the measurement on 74,362 titles that found it.
_VARIANT_LENGTH = 16
# Amounts this close are a list of which each is sold.
_LIST_GAP = 2
# The name of codes as they are written, which come before other spellings of them.
WRITTEN = "written"
_FOR_ALL = "通用"
# The name of audiences that share a product.
SHARED = "shared"
# Generations of networks are no amounts: 移动联通4G, 4G手机.
_NETWORK = re.compile(r"(?<=[动通信双网])[2-5]g|[2-5]g(?=手机|全?网|双|智能|[2-5]g)")
# Longer values are sentences, and longer names of attributes as well; of values, queries say shorter ones.
MAX_VALUE_LENGTH, _MAX_NAME_LENGTH, _MAX_TYPED_LENGTH = 16, 10, 12
_VALUE_SEPARATORS = re.compile(r"[|,，、;；\n]| / ")
# Numbers that are values by themselves: 35 of shoes, 1600 of mice. Longer ones are codes.
_NUMBER_LENGTHS = (2, 5)
_DIGIT = re.compile(r"\d")
_BARE_NUMBER = re.compile(r"(?<![a-z0-9.])\d{3,6}(?![a-z0-9.])")
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
# Words of a list of colours: 正白/浅嫩绿.
_WORDS = re.compile(r"(?<![^\s/,，、()（）])[\u4e00-\u9fff]{1,5}(?![^\s/,，、()（）])")
_SUFFIX = re.compile(r"(?<=.)[色款季型]$")


class StatedValue(NamedTuple):
    """A value of an attribute, both normalized."""

    name: str
    value: str


def term(kind: TermKind, name: str, value: str = "") -> str:
    """Return the term of a value, or without one that of everything that states something of the kind."""
    return f"{kind}{_SEPARATOR}{name}{_SEPARATOR}{value}"


def amount_term(reading: Reading) -> str:
    """Return the term of an amount."""
    return term("amount", reading.dimension, f"{reading.low:.10g}..{reading.high:.10g}")


def read_amount_term(name: str) -> Reading | None:
    """Return the amount of a term, None if it is another term."""
    kind, dimension, limits = name.split(_SEPARATOR)
    if kind != "amount" or not limits:
        return None
    low, high = limits.split("..")
    return Reading(dimension, float(low), float(high))


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


def is_typed_value(name: str, value: str) -> bool:
    """Return whether a query may ask for a value of an attribute by its words.

    Amounts and codes are found by what they look like, brands are known as such.
    """
    if value.isdecimal():
        return _NUMBER_LENGTHS[0] <= len(value) <= _NUMBER_LENGTHS[1] and not _CODE_NAME.search(name)
    if len(value) == 1:
        # 棉 and 皮 are materials; other characters are parts of words.
        return _MATERIAL_NAME.search(name) is not None and not value.isascii()
    return (
        len(value) <= _MAX_TYPED_LENGTH
        and " " not in value
        and any(map(str.isalpha, value))
        and not _CODE_NAME.search(name)
        and not _BRAND_NAME.fullmatch(name)
        and not _is_amount(value)
    )


def own_terms(product: Product, values: Sequence[StatedValue], title: str, subtitle: str) -> set[str]:
    """Return the terms that a product alone tells, without a list of what the shop's values and brands are.

    Parameters
    ----------
    product, values
        A product, and its `stated_values`.
    title, subtitle
        Its normalized texts.
    """
    terms: set[str] = set()
    for name, value in values:
        terms.update(_attribute_terms(name, value))
    for spelling in brand_spellings(product.brand):
        terms.update((term("brand", "", spelling), term("brand", "")))
    amounts = find_amounts(title)
    terms.update(_code_terms(product, title, subtitle, amounts))
    # Where a column states a colour or for whom it is, the texts do not.
    if term("colour", "") not in terms:
        terms.update(_colour_terms(title))
    if term("audience", "") not in terms:
        terms.update(_audiences(f"{title} {subtitle}"))
    terms.update(_amount_terms(title, subtitle, amounts))
    # Without a unit, as in 充电宝20000, they state nothing, but are mostly meant.
    terms.update(term("text", "", number) for number in _BARE_NUMBER.findall(title))
    return terms


@lru_cache(1 << 16)
def _split(raw_value: str) -> tuple[str, ...]:
    parts = (normalize(part).strip(" .。·") for part in _VALUE_SEPARATORS.split(raw_value))
    return tuple(
        part for part in parts if 0 < len(part) <= MAX_VALUE_LENGTH and not _NO_VALUE.fullmatch(part)
    )


@lru_cache(1 << 16)
def _attribute_terms(name: str, value: str) -> tuple[str, ...]:
    """Return the terms of a value of an attribute."""
    if _BRAND_NAME.fullmatch(name):
        return (term("brand", ""), *(term("brand", "", spelling) for spelling in brand_spellings(value)))
    terms = [term("attribute", name, canonical_value(value)), term("attribute", name)]
    if _COLOUR_NAME.search(name):
        terms += _colour(value)
    if _AUDIENCE_NAME.search(name):
        terms += _audiences("男女" if value == _FOR_ALL else value)
    for amount in amounts_and_sizes(value):
        terms += _readings(amount)
    if value.isdecimal() and is_size_name(name):
        # 42 is 42码.
        terms += _reading_terms(Reading(SHOE_SIZE, float(value), float(value)))
    if _CODE_NAME.search(name):
        terms.append(term("code", "", canonical_code(value)))
    terms += [term("code", "", code) for code in text_codes(value)]
    terms += [term("code", WRITTEN, code) for code in written_codes(value)]
    return tuple(terms)


def _is_amount(value: str) -> bool:
    return any(amount.end - amount.start == len(value) for amount in amounts_and_sizes(value))


@lru_cache(1 << 12)
def _colour(value: str) -> tuple[str, ...]:
    family = colour_family(value)
    terms = [term("colour", ""), term("colour", "", canonical_value(value))]
    return (*terms, term("colour family", "", family)) if family else tuple(terms)


def _code_terms(product: Product, title: str, subtitle: str, amounts: Sequence[Amount]) -> Iterator[str]:
    for stated in (product.product_id, product.group_id, *product.codes):
        code = canonical_code(normalize(stated))
        if code:
            yield term("code", "", code)
    for text, known_amounts in ((title, amounts), (subtitle, None)):
        if _DIGIT.search(text):
            for code in text_codes(text, known_amounts):
                yield term("code", "", code)
            for code in written_codes(text):
                yield term("code", WRITTEN, code)


def _colour_terms(title: str) -> Iterator[str]:
    """Yield the terms of the colours that a title states last."""
    colours = find_colours(title)
    last = [name for name, _, end in colours if end > len(title) - _VARIANT_LENGTH]
    last += [word for word in _WORDS.findall(title[-_VARIANT_LENGTH:]) if colour_family(word)]
    for name in last or [name for name, _, _ in colours]:
        yield from _colour(name)


def _audiences(text: str) -> list[str]:
    """Return the terms of the audiences that a text names; of several, as 男女, none is the only one."""
    audiences = {audience for audience, _, _ in find_audiences(text)}
    name = SHARED if len(audiences) > 1 else ""
    return [term("audience", name, audience) for audience in audiences] + (
        [term("audience", "")] if audiences else []
    )


def _amount_terms(title: str, subtitle: str, title_amounts: Sequence[Amount]) -> Iterator[str]:
    """Yield the terms of the amounts of texts; of a title that ends in some, of these alone."""
    amounts = [
        amount for amount in (*title_amounts, *letter_sizes(title)) if not _NETWORK.match(title, amount.start)
    ]
    of_variant = _variant_starts(amounts, len(title))
    variant = {
        reading.dimension
        for amount in amounts
        if amount.start >= of_variant[amount.readings[0].dimension]
        for reading in amount.readings
    }
    for amount in amounts:
        is_variant = amount.start >= of_variant[amount.readings[0].dimension]
        for reading in amount.readings:
            if is_variant or reading.dimension not in variant:
                yield from _reading_terms(reading)
    for amount in amounts_and_sizes(subtitle) if subtitle else ():
        for reading in amount.readings:
            if reading.dimension not in variant:
                yield from _reading_terms(reading)


def _variant_starts(amounts: Sequence[Amount], length: int) -> dict[str, int]:
    """Return for each dimension where the amounts of the variant begin: with the first of `30ml/50ml`."""
    starts: dict[str, int] = {}
    for amount in reversed(amounts):
        dimension = amount.readings[0].dimension
        start = starts.get(dimension, length)
        is_listed = dimension in starts and start - amount.end <= _LIST_GAP
        if amount.end > length - _VARIANT_LENGTH or is_listed:
            starts[dimension] = min(start, amount.start)
        else:
            starts.setdefault(dimension, length)
    return starts


def _readings(amount: Amount) -> list[str]:
    return [term_ for reading in amount.readings for term_ in _reading_terms(reading)]


def _reading_terms(reading: Reading) -> tuple[str, str]:
    return amount_term(reading), term("amount", reading.dimension)
