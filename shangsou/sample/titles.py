"""Titles and descriptions from templates, in the ways merchants write them.

A template is text with slots, `{品牌}{颜色}{词}[{卖点}]`. Parts in brackets are optional: they are left out
half the time, and always if one of their slots has no value. Each `{卖点}` takes another selling word.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from random import Random

# What fits on two lines of a card; Taobao itself allows 60 half-widths, which is 30 characters.
MIN_TITLE_LENGTH = 15
MAX_TITLE_LENGTH = 40
SELLING_SLOT = "卖点"
# A product may have further values of these besides the one in its attributes.
MANY_VALUED = ("类型", "功能", "功效", "特点", "风格", "适用场景", "适用肤质", "主题")
EXTRA_SELLING = (0, 0, 1, 1, 2, 3)

_OPTIONAL = re.compile(r"\[([^\]]*)\]")
_SLOT = re.compile(r"\{([^}]+)\}")
_HAN_PAIR = re.compile(r"(?=([\u4e00-\u9fff]{2}))")
# At least three letters: units such as GB and ml may occur twice.
_LATIN_WORD = re.compile(r"[a-z]{3,}")
# A letter, a digit or a plus sign, followed by a letter or digit.
_LATIN_BOUNDARY = re.compile(r"[A-Za-z0-9+][A-Za-z0-9]")
_SPACES = re.compile(r"\s+")


def applicable_templates(templates: Sequence[str], slots: Mapping[str, str]) -> list[str]:
    """Return the templates whose required slots all have a value."""
    return [template for template in templates if _has_all(_OPTIONAL.sub("", template), slots)]


def resolve_options(template: str, slots: Mapping[str, str], rng: Random) -> str:
    """Return the template with each optional part either kept or dropped.

    Some templates get further selling words, since merchants like to fill up titles.
    """

    def resolve(part: re.Match[str]) -> str:
        return part[1] if _has_all(part[1], slots) and rng.random() < 0.5 else ""

    resolved = _OPTIONAL.sub(resolve, template)
    head, slot, tail = resolved.rpartition(f"{{{SELLING_SLOT}}}")
    return head + slot * (1 + rng.choice(EXTRA_SELLING)) + tail


def fill(template: str, slots: Mapping[str, str], selling: Sequence[str] = ()) -> str:
    """Return the text of a template without optional parts.

    Adjacent Latin words are separated by a space. Selling slots beyond the last selling word are left
    empty; KeyError if another slot has no value.
    """
    text = ""
    words = iter(selling)
    # Splitting by a pattern with one group yields text and slot names alternately.
    for position, part in enumerate(_SLOT.split(template)):
        value = part if position % 2 == 0 else next(words, "") if part == SELLING_SLOT else slots[part]
        text += f" {value}" if _LATIN_BOUNDARY.search(text[-1:] + value[:1]) else value
    return _SPACES.sub(" ", text).strip()


def is_well_formed(title: str) -> bool:
    """Return whether a title has an acceptable length and no repetition.

    `加绒卫衣男加绒` and `卫衣卫衣外套` repeat a pair of ideographs; a Latin word must not occur twice either.
    """
    pairs = _HAN_PAIR.findall(title)
    words = _LATIN_WORD.findall(title.lower())
    return (
        MIN_TITLE_LENGTH <= len(title) <= MAX_TITLE_LENGTH
        and len(set(pairs)) == len(pairs)
        and len(set(words)) == len(words)
    )


def contradicts(title: str, attributes: Mapping[str, str], candidates: Mapping[str, Sequence[str]]) -> bool:
    """Return whether a title names a value of an attribute other than the product's own."""
    own = " ".join(attributes.values())
    return any(
        value in title and value not in own
        for name, values in candidates.items()
        if name not in MANY_VALUED
        for value in values
    )


def _has_all(text: str, slots: Mapping[str, str]) -> bool:
    return all(slot in slots for slot in _named_slots(text))


@cache
def _named_slots(text: str) -> tuple[str, ...]:
    return tuple(slot for slot in _SLOT.findall(text) if slot != SELLING_SLOT)
