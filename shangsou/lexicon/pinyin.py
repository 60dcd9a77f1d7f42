"""Pinyin of Chinese text, without tones."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from shangsou.text.segmenter import Segmenter

# Chinese characters, by pypinyin's table and by fonts: the block of unified ideographs.
_IDEOGRAPHS = range(0x4E00, 0xA000)
_TONES = str.maketrans("āáǎàēéěèōóǒòīíǐìūúǔùüǖǘǚǜńňǹḿ", "aaaaeeeeooooiiiiuuuuvvvvvnnnm")

Sounds = Mapping[str, Sequence[str]]
"""The readings of each character, most common first."""


class Romanization(NamedTuple):
    """The romanization of a text, as typed on an English keyboard."""

    pinyin: str
    """All syllables without spaces; text that is not Chinese is unchanged."""
    initials: str
    """Only the first letter of every syllable."""


def romanize(text: str, segmenter: Segmenter) -> Romanization:
    """Return the reading of a normalized text. Words disambiguate readings, as in `重庆` and `重量`."""
    words = [_romanize_word(word) for word in segmenter.cut(text) if word != " "]
    return Romanization("".join(word.pinyin for word in words), "".join(word.initials for word in words))


def romanize_characters(text: str, sounds: Sounds) -> Romanization:
    """Return the reading of a normalized text, each character with its most common sound."""
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
    """Return syllables without tones, with `ü` as `v`; those that cannot be typed are left out."""
    toneless = (re.sub(r"[^a-z]", "", _without_tone(syllable)) for syllable in syllables)
    return [syllable for syllable in toneless if syllable]


# Texts of one shop share their words: of the 616,987 words in 198,926 queries, 119,556 are distinct.
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
    """Return the sound of each character in a word; a character without a sound stands for itself.

    The result of `pypinyin.lazy_pinyin`, from the same tables, in a third of the time over the words of a
    catalog and of a query log: that function copies and converts every syllable each time.
    """
    # The table of words takes .2 s and 55 MB to read: for building, not for serving.
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


# There are about 1,500 syllables with tones.
@lru_cache(1 << 12)
def _without_tone(syllable: str) -> str:
    return syllable.translate(_TONES)
