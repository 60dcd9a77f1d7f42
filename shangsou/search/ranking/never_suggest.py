"""Words that are never suggested: those of the package, and a shop's own, read live."""

import re
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from shangsou.errors import UnusableInput
from shangsou.search.ranking.dictionaries import read_optional
from shangsou.text.normalize import normalize

NEVER_SUGGEST_FILE = "never_suggest.txt"
# Read twice a second, and one pattern of them all.
_MAX_LINES = 5_000
# What allows a word again.
_ALLOW = "-"
_NOTHING = re.compile(r"(?!)")


def shipped_never_suggest() -> re.Pattern[str]:
    """Return a pattern of the words that ship with the package."""
    return _parse("", b"")


def read_never_suggest(home: Path) -> re.Pattern[str]:
    """Return a pattern of all words that are never suggested, for normalized texts without blanks.

    Raises `UnusableInput` that names the file where it cannot be used.
    """
    path = home / NEVER_SUGGEST_FILE
    return _parse(str(path), read_optional(path) or b"")


# A server reads it twice a second.
@lru_cache(maxsize=4)
def _parse(source: str, own: bytes) -> re.Pattern[str]:
    try:
        lines = own.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise UnusableInput(f"{source} is no text in UTF-8; save it as UTF-8") from None
    if len(lines) > _MAX_LINES:
        raise UnusableInput(f"{source} has {len(lines):,} lines; at most {_MAX_LINES:,} are read, shorten it")
    shipped = files(__package__).joinpath(NEVER_SUGGEST_FILE).read_text("utf-8").splitlines()
    words: dict[str, None] = {}
    for line in (*shipped, *lines):
        content = line.partition("#")[0].strip()
        word = normalize(content.removeprefix(_ALLOW)).replace(" ", "")
        if content.startswith(_ALLOW):
            words.pop(word, None)
        elif word:
            words[word] = None
    return re.compile("|".join(map(re.escape, words))) if words else _NOTHING
