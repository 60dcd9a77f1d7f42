"""Latin names in any spelling: `New Balance`, `new-balance` and `newbalance` have one key."""

import re
from collections.abc import Container, Iterator
from itertools import pairwise
from typing import NamedTuple

# What stands between the parts of a name: new balance, tp-link, h&m, l'oreal, dr.jys.
_JOINT = r"[ .&+'’`·•_-]"
TOKEN = re.compile("[a-z0-9]+")
_RUN = re.compile(rf"[a-z0-9]+(?:{_JOINT}{{1,3}}[a-z0-9]+)*")
_NAME = re.compile(rf"{_JOINT}*{_RUN.pattern}[ .!'’-]*")
_MAX_TOKENS = 6
# Fewer letters in several parts are initials or sizes (`x l`), unless a mark joins them (`h&m`).
_MIN_JOINED = 4
_ARTICLE = "the"


class NameSpan(NamedTuple):
    """A known name in a text."""

    key: str
    start: int
    end: int


def name_key(spelling: str) -> str:
    """Return what the spellings of a normalized name have in common.

    Letters and digits without an article before them; a name that has other letters is its own key.
    """
    if not _NAME.fullmatch(spelling):
        return spelling
    tokens = TOKEN.findall(spelling)
    return "".join(tokens[1:] if len(tokens) > 1 and tokens[0] == _ARTICLE else tokens)


def is_latin_key(key: str) -> bool:
    """Return whether a key is that of a Latin name, and not of a number."""
    return len(key) > 1 and key.isascii() and key.isalnum() and not key.isdecimal()


def find_names(text: str, keys: Container[str]) -> Iterator[NameSpan]:
    """Yield the known names of a normalized text, in order, the longest at each place."""
    for run in _RUN.finditer(text):
        spans = [token.span() for token in TOKEN.finditer(text, run.start(), run.end())]
        first = 0
        while first < len(spans):
            found = _longest_name(text, spans[first : first + _MAX_TOKENS], keys)
            if found is None:
                first += 1
                continue
            yield found
            first = next((row for row, (start, _) in enumerate(spans) if start >= found.end), len(spans))


def _longest_name(text: str, spans: list[tuple[int, int]], keys: Container[str]) -> NameSpan | None:
    """Return the longest name that begins with the first of these tokens."""
    longest = None
    joined = ""
    for count, (start, end) in enumerate(spans, 1):
        joined += text[start:end]
        key = joined if joined in keys else joined.removeprefix(_ARTICLE)
        if key in keys and (count == 1 or len(joined) >= _MIN_JOINED or _is_marked(text, spans[:count])):
            longest = NameSpan(key, spans[0][0], end)
    return longest


def _is_marked(text: str, spans: list[tuple[int, int]]) -> bool:
    """Return whether a mark, and no blank alone, stands between each two of these tokens."""
    return all(text[end:start].strip() for (_, end), (start, _) in pairwise(spans))
