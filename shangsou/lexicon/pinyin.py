"""How Chinese sounds, in pinyin without tones."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import rjieba

# What pypinyin's table of characters and fonts agree to call Chinese: the block of unified ideographs.
_IDEOGRAPHS = range(0x4E00, 0xA000)
_TONES = str.maketrans("āáǎàēéěèōóǒòīíǐìūúǔùüǖǘǚǜńňǹḿ", "aaaaeeeeooooiiiiuuuuvvvvvnnnm")

Sounds = Mapping[str, Sequence[str]]
"""Character to its readings, the usual one first."""


class Romanization(NamedTuple):
    """How a text is typed with an English keyboard."""

    pinyin: str
    """Every syllable; what is not Chinese stands as it is, without spaces."""
    initials: str
    """Only the first letter of every syllable."""


def romanize(text: str) -> Romanization:
    """Return the reading of a normalized text. Words decide between readings, as in `重庆` and `重量`."""
    words = [_romanize_word(word) for word in rjieba.cut(text) if word != " "]
    return Romanization("".join(word.pinyin for word in words), "".join(word.initials for word in words))


def romanize_characters(text: str, sounds: Sounds) -> Romanization:
    """Return the reading of a normalized text, each character by its usual sound."""
    char_readings = [(char, sounds.get(char)) for char in text if char != " "]
    return Romanization(
        "".join(readings[0] if readings else char for char, readings in char_readings),
        "".join(readings[0][0] if readings else char for char, readings in char_readings),
    )


def character_sounds() -> dict[str, tuple[str, ...]]:
    """Return the sounds of all Chinese characters."""
    from pypinyin.constants import PINYIN_DICT

    sounds = {
        chr(code): tuple(dict.fromkeys(plain_syllables(PINYIN_DICT.get(code, "").split(","))))
        for code in _IDEOGRAPHS
    }
    return {char: readings for char, readings in sounds.items() if readings}


def plain_syllables(syllables: Iterable[str]) -> list[str]:
    """Return syllables without their tones, `ü` as `v`; what nobody can type is left out."""
    toneless = (re.sub(r"[^a-z]", "", _without_tone(syllable)) for syllable in syllables)
    return [syllable for syllable in toneless if syllable]


# Texts of one shop are made of the same words: of the 616,987 words of 198,926 queries 119,556 differ.
@lru_cache(1 << 17)
def _romanize_word(word: str) -> Romanization:
    if not any(char >= "一" for char in word):
        return Romanization(word, word)
    syllables = _syllables(word)
    first = [
        syllable[0] if char >= "一" else syllable for char, syllable in zip(word, syllables, strict=True)
    ]
    return Romanization("".join(syllables), "".join(first))


def _syllables(word: str) -> list[str]:
    """Return how each character of a word sounds in it; what has no sound stands for itself.

    As `pypinyin.lazy_pinyin` has it, from whose tables it is read, in a third of the time over the words of
    a catalog and of a query log: that copies and converts every syllable anew.
    """
    # Its table of words takes .2 s and 55 MB to read: for building, not for serving.
    from pypinyin.constants import PHRASES_DICT, PINYIN_DICT
    from pypinyin.seg.simpleseg import seg

    syllables: list[str] = []
    for part in [word] if word in PHRASES_DICT else seg(word):
        if part in PHRASES_DICT:
            syllables += [_without_tone(phrase_readings[0]) for phrase_readings in PHRASES_DICT[part]]
        else:
            readings = ((char, PINYIN_DICT.get(ord(char))) for char in part)
            syllables += [
                _without_tone(reading.partition(",")[0]) if reading else char for char, reading in readings
            ]
    return syllables


# There are some 1,500 syllables with their tones.
@lru_cache(1 << 12)
def _without_tone(syllable: str) -> str:
    return syllable.translate(_TONES)
