"""One spelling for what shoppers and merchants write in many ways."""

import re
import unicodedata
from functools import cache

import opencc

# Zero-width and bidirectional marks carry no meaning in a title, yet split words: dropped.
_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")
_SPACES = re.compile(r"\s+")


def normalise(text: str) -> str:
    """Return the form of a text that is indexed and searched.

    NFKC (full-width letters, ligatures, compatibility characters), lower case, Traditional to
    Simplified characters, control characters to spaces, runs of spaces to one.

    Parameters
    ----------
    text
        Any text; lone surrogates are dropped.

    Returns
    -------
    str
        The normalised text, without leading or trailing space. Normalising it again changes nothing.
    """
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).lower()
    text = "".join(" " if unicodedata.category(char) in ("Cc", "Cs", "Co", "Cn") else char for char in text)
    return _SPACES.sub(" ", to_simplified(text)).strip()


def to_simplified(text: str) -> str:
    """Return the text with Traditional characters replaced by Simplified ones, one for one."""
    return text if text.isascii() else str(_traditional_to_simplified().convert(text))


@cache
def _traditional_to_simplified() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")
