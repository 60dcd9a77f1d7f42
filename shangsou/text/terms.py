"""Split normalized text into the two kinds of terms that BM25 scores: words and character n-grams."""

import re
from operator import add

from shangsou.text.segmenter import Segmenter

# A run of letters or digits with inner punctuation, as in wh-1000xm4, 4.7 or usb-c: one word, and its parts.
_MODEL_NUMBER = re.compile(r"[a-z0-9]+(?:[-+./_][a-z0-9]+)+")
_ALPHANUMERIC = re.compile(r"[a-z0-9]+")
# Not searchable: punctuation (ASCII, Latin-1, general and CJK blocks). Letters, digits, ideographs, and
# symbols such as emoji are searchable.
_PUNCTUATION = re.compile(
    r"[\u0021-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007e\u00a1-\u00bf\u2010-\u206f\u3000-\u303f]+"
)


def words(text: str, segmenter: Segmenter) -> list[str]:
    """Return the words of a normalized text in order, with the shorter words inside long ones.

    Jieba's search mode (`连衣裙` gives `连衣`, `衣裙`, `连衣裙`), on documents and queries alike.
    Latin model numbers are kept whole and split into their parts.
    """
    tokens: list[str] = []
    start = 0
    for model in _MODEL_NUMBER.finditer(text):
        tokens.extend(_segment(text[start : model.start()], segmenter))
        tokens.append(model.group())
        tokens.extend(_ALPHANUMERIC.findall(model.group()))
        start = model.end()
    tokens.extend(_segment(text[start:], segmenter))
    return tokens


def characters(text: str) -> list[str]:
    """Return the searchable characters of a normalized text, one string for each run between spaces."""
    return without_punctuation(text).split()


def without_punctuation(text: str) -> str:
    """Return a normalized text without the characters that cannot be searched for, other than spaces."""
    return _PUNCTUATION.sub("", text)


def bigrams(runs: list[str]) -> list[str]:
    """Return the character bigrams within the runs, in order."""
    return [pair for run in runs for pair in map(add, run, run[1:])]


def grams(text: str) -> list[str]:
    """Return the character n-grams of a normalized text: every character, then every bigram.

    Punctuation is dropped, so that `usb-c` and `usbc` have the same n-grams; spaces separate.
    """
    runs = characters(text)
    return [*"".join(runs), *bigrams(runs)]


def containment_terms(text: str) -> list[str]:
    """Return the n-grams that a text must hold to contain a normalized text: bigrams, and lone characters."""
    runs = characters(text)
    return [*bigrams(runs), *(run for run in runs if len(run) == 1)]


def _segment(text: str, segmenter: Segmenter) -> list[str]:
    # Most words are letters and digits, which can be checked without a regular expression.
    return [word for word in segmenter.cut_for_search(text) if word.isalnum() or characters(word)]
