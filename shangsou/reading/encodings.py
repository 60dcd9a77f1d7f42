"""Tell the encoding of a text by what the text then is, not by who decodes it without an error."""

import codecs
import math
import re
from typing import NamedTuple

from shangsou.reading.character_models import log_likelihood, share_of_common

# Names that people give, as Python knows them.
_ALIASES = {"big5": "cp950", "gbk": "gb18030", "gb2312": "gb18030", "utf8": "utf-8-sig", "utf-8": "utf-8-sig"}
# Each encoding with the languages written in it and the log of how often a catalog comes in it, set by hand:
# this is a search engine for Chinese shops. The weights only decide between texts of a few characters.
_CANDIDATES = (
    ("gb18030", ("simplified", "traditional"), 0.0),
    ("cp950", ("traditional",), -1.0),
    ("cp932", ("japanese",), -3.0),
    ("cp949", ("korean",), -4.0),
    ("cp1252", ("western",), -3.0),
)
# Bytes that are scored: a thousand characters decide by a factor of e^1000.
_SCORED_BYTES = 1 << 16
# The best must be so many times likelier than the next (as a log), and be text: of its characters beyond
# ASCII so many must be common. Titles have nearly all of them; random bytes read as GB18030 have 58 %.
_MIN_LEAD = math.log(20)
_MIN_COMMON = 0.8
_WIDE_BYTES = 4_096
_MIN_WIDE_BYTES = 16  # fewer bytes say nothing
# UTF-8 that was read as Latin-1 or Windows-1252 and saved again: each Chinese character becomes three such.
_MOJIBAKE = re.compile(
    "[\u00c2-\u00ef][\u0080-\u00bf\u0152\u0153\u0160-\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class EncodingGuess(NamedTuple):
    """The likeliest encoding of a text; `doubt` says why it should not be trusted, or is empty."""

    encoding: str
    doubt: str = ""


def known_encoding(name: str) -> str | None:
    """Return the codec that a name stands for, or None if there is none."""
    try:
        return _ALIASES.get(name.lower().replace("_", "-"), codecs.lookup(name).name)
    except LookupError:
        return None


def wide_encoding(start: bytes) -> str | None:
    """Return the encoding of a text with a byte order mark or of 2 or 4 bytes a character, else None."""
    for bom, encoding in _BOMS:
        if start.startswith(bom):
            return encoding
    head = start[:_WIDE_BYTES]
    head = head[: len(head) // 4 * 4]
    if len(head) < _MIN_WIDE_BYTES or b"\0" not in head:
        return None
    # Commas, digits and line ends are in every catalog, and have zeros beside them.
    zeros = [head[offset::4].count(0) / (len(head) // 4) for offset in range(4)]
    if min(zeros[2:]) > 0.9 and zeros[0] < 0.1:
        return "utf-32-le"
    if min(zeros[:2]) > 0.9 and zeros[3] < 0.1:
        return "utf-32-be"
    even, odd = zeros[0] + zeros[2], zeros[1] + zeros[3]
    if max(even, odd) < 0.2 or min(even, odd) > 0.02:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def guess_encoding(sample: bytes) -> EncodingGuess:
    """Return the likeliest encoding of bytes that are not UTF-8.

    Parameters
    ----------
    sample
        Lines with bytes beyond ASCII, the more the surer.
    """
    sample = sample[:_SCORED_BYTES]
    scores = []
    for encoding, languages, weight in _CANDIDATES:
        text = sample.decode(encoding, "replace")
        score, language = max((log_likelihood(text, language), language) for language in languages)
        scores.append((score + weight, encoding, share_of_common(text, language)))
    (best, encoding, common), (second, other, _), *_ = sorted(scores, reverse=True)
    if common < _MIN_COMMON:
        return EncodingGuess(encoding, f"in {encoding} only {common:.0%} of its characters are common ones")
    if best - second < _MIN_LEAD:
        return EncodingGuess(encoding, f"it may be {encoding} or {other}")
    return EncodingGuess(encoding)


def is_mojibake(text: str) -> bool:
    """Return whether a text is UTF-8 that was once read in another encoding and saved again."""
    garbled = len(_MOJIBAKE.findall(text))
    return garbled > 5 and 3 * garbled > sum(char > "\x7f" for char in text) - garbled
