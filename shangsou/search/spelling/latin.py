"""Correction of Latin words, such as `adiddas`."""

import re
from collections.abc import Collection, Iterator
from string import ascii_lowercase
from typing import NamedTuple

from shangsou.lexicon.lexicon import Lexicon
from shangsou.search.spelling.corrector import SpellingCorrection
from shangsou.search.spelling.latin_occurrences import MIN_FREQUENCY_RATIO, MIN_OCCURRENCES, occurrences

# Models with digits are as they are meant.
_WORD = re.compile(r"(?<![a-z\d.+&'-])[a-z]{4,20}(?![a-z\d.+&'-])")
# Shorter words are all near to others; only of two letters swapped in a brand there is no doubt.
_MIN_LETTERS = 5
# Of 10,656 Latin words of a query log over 74,362 titles some 5 are taken for such a brand and are none; of
# 213 brands with swapped letters all but 3 are recognized (docs/relevance.md).
_SWAPPED_PROBABILITY = 0.95
# From this probability on it is searched for unasked, as with Chinese typos in a large shop.
_MIN_CONFIDENT_PROBABILITY = 0.7


class _Meant(NamedTuple):
    """The word that may be meant by another."""

    text: str
    probability: float


def correct_latin(
    text: str, lexicon: Lexicon, known_words: Collection[str] = ()
) -> SpellingCorrection | None:
    """Return a text with its Latin words corrected, None where none need be.

    Words that are known otherwise stay: `boots` is no `boost`, whatever titles hold.
    """
    corrected, probability = text, 1.0
    for word in dict.fromkeys(_WORD.findall(text)):
        if word in known_words:
            continue
        meant = _swapped_brand(word, lexicon) or _common_word(word, lexicon)
        if meant is not None:
            corrected = re.sub(rf"(?<![a-z]){word}(?![a-z])", meant.text, corrected)
            probability *= meant.probability
    return (
        None
        if corrected == text
        else SpellingCorrection(corrected, probability, probability >= _MIN_CONFIDENT_PROBABILITY)
    )


def _swapped_brand(word: str, lexicon: Lexicon) -> _Meant | None:
    """Return the brand that a word nobody uses is with two adjacent letters swapped, as `nkie` is nike."""
    swapped = {word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)} - {word}
    brands = [brand for brand in swapped if _is_brand(brand, lexicon)]
    if len(brands) != 1 or any(counts != [0] for counts in occurrences([word], lexicon)):
        return None
    return None if _is_brand(word, lexicon) else _Meant(brands[0], _SWAPPED_PROBABILITY)


def _is_brand(word: str, lexicon: Lexicon) -> bool:
    return lexicon.entities.get(word) == "brand" or lexicon.brands.counts([word]) != [0]


def _common_word(word: str, lexicon: Lexicon) -> _Meant | None:
    """Return the far commoner word that another one is a letter away from."""
    if len(word) < _MIN_LETTERS:
        return None
    candidates = list(dict.fromkeys(edits1(word)))
    totals = [sum(counts) for counts in zip(*occurrences([word, *candidates], lexicon), strict=True)]
    best = max(range(1, len(totals)), key=lambda index: totals[index])
    if totals[best] < max(MIN_OCCURRENCES, MIN_FREQUENCY_RATIO * totals[0]):
        return None
    return _Meant(candidates[best - 1], totals[best] / (sum(totals) + MIN_FREQUENCY_RATIO * (totals[0] + 1)))


def edits1(text: str) -> Iterator[str]:
    """Yield a Latin text with one letter left out, swapped with the next, replaced or put in.

    The first letter stays: few people miss that.
    """
    for position in range(1, len(text)):
        left, right = text[:position], text[position:]
        yield left + right[1:]
        if len(right) > 1:
            yield left + right[1] + right[0] + right[2:]
        for letter in ascii_lowercase:
            yield left + letter + right[1:]
            yield left + letter + right
