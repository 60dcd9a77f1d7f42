"""Text normalization: one spelling for what shoppers and merchants write in many ways."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache

import opencc

# Zero-width and bidirectional marks have no meaning in a title but would split words, so they are dropped.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]"
)
# C0 and C1 controls, lone surrogates, private use: not text.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ue000-\uf8ff]")
_SPACES = re.compile(r"\s+")
# An indexer normalizes a title to compare, to encode and to segment it; brands and categories repeat. Enough
# for two batches of titles with their other texts.
_CACHE_SIZE = 8_192


@lru_cache(_CACHE_SIZE)
def normalize(text: str) -> str:
    """Return the normalized form of a text, as indexed and searched.

    NFKC (full-width letters, ligatures, compatibility characters), lower case, Traditional to
    Simplified characters, control characters to spaces, runs of spaces to one.

    Parameters
    ----------
    text
        Any text; lone surrogates are dropped.

    Returns
    -------
    str
        The normalized text, without leading or trailing space. Normalizing it again changes nothing.
    """
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).lower()
    if not text.isprintable() or "  " in text:
        # Most texts have no control characters and no spaces other than single blanks.
        text = _SPACES.sub(" ", _CONTROLS.sub(" ", text))
    return to_simplified(text).strip()


def normalize_aligned(text: str) -> tuple[str, Sequence[int]]:
    """Return a normalized form of a text, and for each of its characters the position in the original.

    Spaces are kept as they are, and characters are normalized one by one; otherwise as `normalize`.
    """
    if unicodedata.is_normalized("NFKC", text) and len(text.lower()) == len(text):
        joined = text.lower()
        origins: Sequence[int] = range(len(text))
    else:
        pieces = [unicodedata.normalize("NFKC", char).lower() for char in text]
        joined = "".join(pieces)
        origins = [position for position, piece in enumerate(pieces) for _ in piece]
    joined = _CONTROLS.sub(" ", joined)
    simplified = to_simplified(joined)
    # The conversion preserves length except for a few phrases; for those, the text stays Traditional.
    return (simplified if len(simplified) == len(joined) else joined), origins


def to_simplified(text: str) -> str:
    """Return the text with Traditional characters replaced by Simplified ones, one for one."""
    return text if text.isascii() else str(_traditional_to_simplified().convert(text))


@cache
def _traditional_to_simplified() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")
