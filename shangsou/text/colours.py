"""Colours in text: their names, and the family that each belongs to."""

import re
from functools import lru_cache
from typing import NamedTuple

from shangsou.text.facts import MAX_TABLES, FactTable
from shangsou.text.patterns import any_word, longest_first

_COLOUR_WORD = "色"
_TRAILING = re.compile("(?:色系|色款|色|款|的)$")
# Longer texts than this are no names of colours.
_MAX_NAME = 8


class ColourSpan(NamedTuple):
    """The name of a colour in a text."""

    name: str
    start: int
    end: int


class _Lexicon(NamedTuple):
    """The compiled facts about colours."""

    pattern: re.Pattern[str]
    """Also finds words that contain a colour and name none."""
    families: dict[str, str]
    """By name without 色."""
    characters: dict[str, str]
    only_with_colour_word: str
    no_colours: tuple[str, ...]


def colour_family(name: str, table: FactTable) -> str | None:
    """Return the family of a colour by its normalized name; None if it names no colour.

    Its last character decides (`玫瑰金` is 金), unless the name is listed with another family.
    """
    lexicon = _load_lexicon(table)
    family = lexicon.families.get(name) or lexicon.families.get(name.removesuffix(_COLOUR_WORD))
    if family or not name or len(name) > _MAX_NAME or name.endswith(lexicon.no_colours):
        return family
    stem = _TRAILING.sub("", name)
    if not stem or lexicon.families.get(stem):
        return lexicon.families.get(stem)
    is_bare = stem == name and len(name) > 1
    if is_bare and (stem[-1] in lexicon.only_with_colour_word):
        return None
    return lexicon.characters.get(stem[-1])


def find_colours(text: str, table: FactTable) -> list[ColourSpan]:
    """Return the names of colours in a normalized text with their start and end, in order.

    Only listed names are found, and single characters before 色, 款 or 的. The longest counts, without
    overlaps: `酒红色` is one. Words such as 口红 and 奶粉 are none.
    """
    lexicon = _load_lexicon(table)
    return [
        ColourSpan(match[0], match.start(), match.end())
        for match in lexicon.pattern.finditer(text)
        if match[0] not in lexicon.no_colours
    ]


@lru_cache(MAX_TABLES)
def _load_lexicon(table: FactTable) -> _Lexicon:
    colours = table.colours
    families = {
        name: family
        # Exceptions last: they win.
        for names in (colours.names, colours.exceptions)
        for family, listed in names.items()
        for name in listed
    }
    characters = {char: family for family, chars in colours.characters.items() for char in chars}
    pattern = any_word(
        [
            *((word, "") for word in longest_first(colours.rules.no_colours)),
            # A name that is a word for a thing without 色, such as 咖啡色, is found only with it.
            *(
                (name, "" if name.endswith(_COLOUR_WORD) else f"{_COLOUR_WORD}?")
                for name in longest_first(families)
            ),
            *((char, _COLOUR_WORD) for char in characters),
            *((char, "(?=[款的])") for char in colours.rules.with_style),
        ]
    )
    return _Lexicon(
        re.compile(pattern),
        families,
        characters,
        colours.rules.only_with_colour_word,
        tuple(colours.rules.no_colours),
    )
