"""A shop's own words for the segmenter, in the format of jieba's dictionaries: word, frequency, tag."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from shangsou.errors import UnusableInput
from shangsou.text.normalize import normalize
from shangsou.text.synonyms import iter_content_lines

FILE = "dictionary.txt"
# Some 50,000 words. It is part of the index recipe, which Elasticsearch keeps in the state of its cluster.
MAX_BYTES = 1 << 20
# The longest word of jieba has 16 characters; what is longer is a phrase that no title repeats.
MAX_WORD_LENGTH = 20
# Three times the frequency of jieba's most frequent word (的, 3,188,252): more says no more.
MAX_FREQUENCY = 10_000_000
_FREQUENCY_DIGITS = 8
# Enough to find the line by.
_EXCERPT_LENGTH = 40
# Characters that the segmenter cuts at are none of these; marks between letters and digits are left to
# `shangsou.text.terms`.
_WORD = re.compile("[a-z0-9\u4e00-\u9fd5]+")
_LATIN = re.compile("[a-z0-9]+")
_NUMERIC = re.compile(r"[+-]?[\d.,]+")
# Of jieba 0.42: those of its dictionary, and that of words in letters.
_TAG_NAMES = (
    "a ad ag an b c d df dg e eng f g h i j k l m mg mq n ng nr nrfg nrt ns nt nz o p q r rg rr rz s t tg u "
    "ud ug uj ul uv uz v vd vg vi vn vq x y z zg"
)
_TAGS = frozenset(_TAG_NAMES.split(" "))
_EXAMPLE = '"奶酪魔方 100 n"'


class DictionaryEntry(NamedTuple):
    """A line of the file."""

    word: str
    """Normalized as titles are."""
    frequency: int | None
    """None: as high as it takes to cut the word whole."""
    tag: str | None
    """jieba's for its part of speech; None: the one that jieba finds."""
    place: str
    """The name of the file and the line, for messages."""

    @property
    def is_latin(self) -> bool:
        """Whether it is of letters and digits alone: a word as it is, and never cut out of a longer one."""
        return _LATIN.fullmatch(self.word) is not None


@dataclass(frozen=True, slots=True)
class Dictionary:
    """The words that an index is built with."""

    words: str = ""
    """A line each: word, frequency, tag."""
    file_hash: str = ""
    """Of what the file says of them; empty without a file."""


NO_DICTIONARY = Dictionary()


def parse_dictionary(text: str, source: str) -> list[DictionaryEntry]:
    """Return the entries of a dictionary, in order of their words.

    Each line is a word, its frequency and its tag, with blanks between them; frequency and tag may be left
    out. `#` begins a comment.

    Parameters
    ----------
    text
        The content of the file.
    source
        Its name, for messages.

    Raises
    ------
    UnusableInput
        Names the first line that cannot be used.
    """
    entries: dict[str, DictionaryEntry] = {}
    for place, content in iter_content_lines([(source, text)]):
        entry = _parse_line(content, place)
        first = entries.setdefault(entry.word, entry)
        if first is not entry:
            line = first.place.rpartition(":")[2]
            raise UnusableInput(
                f'{place}: "{_excerpt(content)}" gives the word of line {line} again; take one of the two out'
            )
    return sorted(entries.values())


def hash_entries(entries: Sequence[DictionaryEntry]) -> str:
    """Return a hash of what entries say, 16 hex digits; empty where there are none."""
    content = "\n".join(f"{entry.word} {entry.frequency or ''} {entry.tag or ''}" for entry in entries)
    return sha256(content.encode()).hexdigest()[:16] if entries else ""


def _parse_line(content: str, place: str) -> DictionaryEntry:
    written, *rest = content.split()
    frequency = tag = None
    match rest:
        case []:
            pass
        case [number] if _NUMERIC.fullmatch(number):
            frequency = _parse_frequency(number, place)
        case [letters]:
            tag = _parse_tag(letters, place)
        case [number, letters]:
            frequency, tag = _parse_frequency(number, place), _parse_tag(letters, place)
        case _:
            raise UnusableInput(
                f'{place}: "{_excerpt(content)}" has more than a word, a frequency and a tag; a word holds '
                f"no blank: write {_EXAMPLE}"
            )
    return DictionaryEntry(_parse_word(written, place), frequency, tag, place)


def _parse_word(written: str, place: str) -> str:
    word = normalize(written)
    if len(word) > MAX_WORD_LENGTH:
        raise UnusableInput(
            f'{place}: "{_excerpt(written)}" has {len(word)} characters, and {MAX_WORD_LENGTH} are the most; '
            "write the words that it is made of"
        )
    if not _WORD.fullmatch(word):
        wrong = next((character for character in word if not _WORD.fullmatch(character)), written)
        raise UnusableInput(
            f'{place}: "{_excerpt(written)}" holds "{wrong}", at which texts are always cut; a word is of '
            "Chinese characters, letters and digits: write the parts that are, or take the line out"
        )
    if len(word) == 1:
        raise UnusableInput(f'{place}: "{written}" is one character, which is a word already; take it out')
    return word


def _parse_frequency(number: str, place: str) -> int:
    is_number = number.isascii() and number.isdecimal()
    if is_number and len(number) <= _FREQUENCY_DIGITS and 0 < int(number) <= MAX_FREQUENCY:
        return int(number)
    reason = f"is no whole number from 1 to {MAX_FREQUENCY:,}, and a word holds no blank"
    if is_number and not number.strip("0"):
        reason = "would make it no word, which the segmenter cannot do"
    raise UnusableInput(
        f'{place}: the frequency "{_excerpt(number)}" {reason}; write {_EXAMPLE}, or leave it out, and it '
        "is as high as it has to be"
    )


def _parse_tag(letters: str, place: str) -> str:
    if letters in _TAGS:
        return letters
    raise UnusableInput(
        f'{place}: "{_excerpt(letters)}" is neither a frequency nor a tag of jieba, and a word holds no '
        f"blank; write {_EXAMPLE}, with n for a thing or nz for a brand, or leave the tag out"
    )


def _excerpt(text: str) -> str:
    return text if len(text) <= _EXCERPT_LENGTH else f"{text[:_EXCERPT_LENGTH]}…"
