"""Cut texts into words: rjieba, with the words of a shop's own dictionary."""

import sys
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import rjieba

# Dictionaries that are open at a time, .2 s and 24 MB each. A server has two while an index is switched.
_MAX_OPEN = 3


@dataclass(frozen=True, slots=True)
class Segmenter:
    """Cuts normalized texts into words. Cheap to make and to send to a process; safe for many threads."""

    dictionary: str = ""
    """The words of the shop, a line each: word, frequency, tag. Empty: those of jieba alone."""

    def __post_init__(self) -> None:
        # One string for all equal ones: caches that go by segmenters compare them at every look-up.
        object.__setattr__(self, "dictionary", sys.intern(self.dictionary))

    def __reduce__(self) -> tuple[type["Segmenter"], tuple[str]]:
        return Segmenter, (self.dictionary,)

    def load(self) -> None:
        """Read the dictionary now, so that the first text need not wait for it."""
        _open(self.dictionary)

    def cut(self, text: str) -> list[str]:
        """Return the words of a text in order, and what stands between them; together they are the text."""
        return _open(self.dictionary).cut(text)

    def cut_for_search(self, text: str) -> list[str]:
        """Return the words of a text in order, each behind the shorter words inside it."""
        return _open(self.dictionary).cut_for_search(text)

    def tag(self, text: str) -> list[tuple[str, str]]:
        """Return the words of a text in order with jieba's tags of their parts of speech."""
        return _open(self.dictionary).tag(text)

    def has_word(self, text: str) -> bool:
        """Return whether a text is a word of the dictionary, jieba's or the shop's own."""
        return _open(self.dictionary).has_word(text)


class _Jieba(Protocol):
    """`rjieba.Jieba`, and the module, which has the functions of one without further words."""

    def cut(self, text: str) -> list[str]: ...

    def cut_for_search(self, text: str) -> list[str]: ...

    def tag(self, text: str) -> list[tuple[str, str]]: ...

    def has_word(self, text: str) -> bool: ...


@lru_cache(_MAX_OPEN)
def _open(dictionary: str) -> _Jieba:
    if not dictionary:
        jieba: _Jieba = rjieba  # type: ignore[assignment]  # its stubs lack has_word
        return jieba
    own = rjieba.Jieba()
    for line in dictionary.splitlines():
        word, frequency, tag = line.split()
        own.add_word(word, int(frequency), tag)
    opened: _Jieba = own
    return opened


PACKAGED = Segmenter()
"""With the words of jieba alone."""
