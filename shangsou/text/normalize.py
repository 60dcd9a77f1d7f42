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
# Marks of Latin letters (Lancôme, Estée Lauder, crème) are left out as often as they are typed. Marks of
# other scripts, as the dakuten of が, make another letter.
_MARKS = re.compile("[\u0300-\u036f]+")
_MARKED_LATIN = re.compile("[\u00df-\u024f\u1e00-\u1eff]|(?<=[a-z])[\u0300-\u036f]+")
# What few texts hold, and found sooner.
_MARKED = re.compile("[\u00df-\u024f\u0300-\u036f\u1e00-\u1eff]")
# Latin letters that Unicode does not take apart.
_WITHOUT_MARKS = {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "ß": "ss"}
# An indexer normalizes a title to compare, to encode and to segment it; brands and categories repeat. Enough
# for two batches of titles with their other texts.
_CACHE_SIZE = 8_192


@lru_cache(_CACHE_SIZE)
def normalize(text: str) -> str:
    """Return the normalized form of a text, as indexed and searched.

    NFKC (full-width letters, ligatures, compatibility characters), lower case, Latin letters without
    their marks, Traditional to Simplified characters, control characters to spaces, runs of spaces to one.

    Parameters
    ----------
    text
        Any text; lone surrogates are dropped.

    Returns
    -------
    str
        The normalized text, without leading or trailing space. Normalizing it again changes nothing.
    """
    text = _drop_marks(unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).lower())
    if not text.isprintable() or "  " in text:
        # Most texts have no control characters and no spaces other than single blanks.
        text = _SPACES.sub(" ", _CONTROLS.sub(" ", text))
    return to_simplified(text).strip()


def normalize_aligned(text: str) -> tuple[str, Sequence[int]]:
    """Return a normalized form of a text, and for each of its characters the position in the original.

    Spaces are kept as they are, and characters are normalized one by one; otherwise as `normalize`.
    """
    lower = text.lower()
    if unicodedata.is_normalized("NFKC", text) and len(lower) == len(text) and not _MARKED.search(lower):
        joined = lower
        origins: Sequence[int] = range(len(text))
    else:
        pieces = [_normalize_character(char) for char in text]
        joined = "".join(pieces)
        origins = [position for position, piece in enumerate(pieces) for _ in piece]
    joined = _CONTROLS.sub(" ", joined)
    simplified = to_simplified(joined)
    # The conversion preserves length except for a few phrases; for those, the text stays Traditional.
    return (simplified if len(simplified) == len(joined) else joined), origins


def _normalize_character(char: str) -> str:
    """Return a character as `normalize` writes it; nothing for a mark that stands by itself."""
    lower = unicodedata.normalize("NFKC", char).lower()
    return _MARKS.sub("", _drop_marks(lower))


def _drop_marks(text: str) -> str:
    """Return a text in lower case with its Latin letters without marks."""
    return text if text.isascii() or not _MARKED.search(text) else _MARKED_LATIN.sub(_without_marks, text)


def _without_marks(letter: re.Match[str]) -> str:
    """Return a Latin letter without its marks; nothing for the marks themselves."""
    plain = _WITHOUT_MARKS.get(letter[0])
    return _MARKS.sub("", unicodedata.normalize("NFKD", letter[0])) if plain is None else plain


def to_simplified(text: str) -> str:
    """Return the text with Traditional characters replaced by Simplified ones, one for one."""
    return text if text.isascii() else str(_traditional_to_simplified().convert(text))


@cache
def _traditional_to_simplified() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")
