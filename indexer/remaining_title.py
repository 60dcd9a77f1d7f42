"""The title that variants share: without their own values."""

import re
from collections.abc import Iterable, Iterator
from itertools import accumulate

from shangsou.text.normalize import normalize
from shangsou.text.segmenter import PACKAGED, Segmenter

# What stands in the place of a value, so that positions stay: no normalized text holds it.
_TAKEN = "\0"
# Between words and around values. `+` and `*` are left, since P30+ is no P30 and 500g*2 not 500g.
_SEPARATORS = re.compile(r"[\0\s,、;:/|·_()\[\]【】<>《》「」~—-]+")
# Begins with the blank, which is found faster than what stands around it.
_UNIT_GAP = re.compile(r" (?<=\d )(?=[^\W\d])")
_LATIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
# A bare number is a value before one of these only: 36码, but not iPhone 15.
_UNITS_OF_NUMBERS = ("码", "寸", "英寸")
# 红 as a value is 红色 in titles.
_COLOUR = "色"
# Longer values, and colours, may begin or end inside what the segmenter takes for a word: in titles without
# blanks it often cuts wrongly around them, as 减/脂粉/色. 99.7 % of the pairs of variants in the sample shop
# are found so, 98.2 % without.
_MAX_BETWEEN_WORDS = 2


def remaining_title(title: str, values: Iterable[str], segmenter: Segmenter = PACKAGED) -> str:
    """Return what is left of a title without the given values, blanks and punctuation.

    A value is taken out wherever it stands between words, the longest value first. A single Chinese
    character has to stand alone, or with 色 behind: 红 is taken out of 红色连衣裙, but not out of 口红 or
    红酒杯. Nor is 5l taken out of 1.5l.

    Parameters
    ----------
    title
        As the catalog writes it.
    values
        Normalized.
    segmenter
        Cuts the title into words.
    """
    text = _close_gaps(normalize(title))
    rest = text
    # Few titles hold any.
    held = [value for value in _spellings(values) if value in text]
    words = _Words(text, segmenter)
    for value in sorted(held, key=len, reverse=True):
        for start, end in _occurrences(rest, value):
            if words.are_bounded(start, end):
                rest = rest[:start] + _TAKEN * (end - start) + rest[end:]
    return _SEPARATORS.sub("", rest)


def _spellings(values: Iterable[str]) -> set[str]:
    spellings = {_close_gaps(value) for value in values}
    return spellings | {value + _COLOUR for value in spellings if len(value) == 1 and not value.isascii()}


def _close_gaps(text: str) -> str:
    """Write 500 ml as 500ml."""
    return _UNIT_GAP.sub("", text) if " " in text else text


def _occurrences(text: str, value: str) -> Iterator[tuple[int, int]]:
    """Yield where a value stands and is no part of a number or of a word in letters."""
    is_number = value.isdecimal()
    start = text.find(value)
    while start >= 0:
        end = start + len(value)
        is_part = (
            (value[0] in _LATIN and start > 0 and (text[start - 1] in _LATIN or text[start - 1] == "."))
            or (value[-1] in _LATIN and text[end : end + 1] in _LATIN)
            or (value[-1].isdigit() and text[end : end + 1] == ".")
        )
        if not is_part and (not is_number or text.startswith(_UNITS_OF_NUMBERS, end)):
            yield start, end
        start = text.find(value, end)


class _Words:
    """The words of a text, segmented where it is asked for them."""

    def __init__(self, text: str, segmenter: Segmenter) -> None:
        self._text, self._segmenter = text, segmenter
        self._edges: set[int] | None = None

    def are_bounded(self, start: int, end: int) -> bool:
        """Return whether a span is no part of a word."""
        if end - start == 1:
            return self._is_outside(start) and self._is_outside(end)
        if end - start > _MAX_BETWEEN_WORDS or self._text[end - 1] == _COLOUR:
            return self._is_edge(start) or self._is_edge(end)
        return self._is_edge(start) and self._is_edge(end)

    def _is_outside(self, position: int) -> bool:
        """Return whether a position is not between two Chinese characters; other texts are checked before."""
        text = self._text
        return position in (0, len(text)) or text[position - 1].isascii() or text[position].isascii()

    def _is_edge(self, position: int) -> bool:
        if self._is_outside(position):
            return True
        if self._edges is None:
            self._edges = set(accumulate(map(len, self._segmenter.cut(self._text))))
        return position in self._edges
