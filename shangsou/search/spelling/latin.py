"""Correction of Latin words, such as `adiddas`."""

import re
from collections.abc import Collection, Iterator
from string import ascii_lowercase

from shangsou.lexicon.lexicon import Lexicon
from shangsou.search.spelling.corrector import SpellingCorrection
from shangsou.search.spelling.latin_occurrences import occurrences

# Shorter words are all near to others; models with digits are as they are meant.
_WORD = re.compile(r"(?<![a-z\d.+&'-])[a-z]{5,20}(?![a-z\d.+&'-])")
# So often must a word occur for another one to be a typo of it, and so many times more often.
_MIN_OCCURRENCES, _MIN_FREQUENCY_RATIO = 5, 20
# From this probability on it is searched for unasked, as with Chinese typos in a large shop.
_MIN_CONFIDENT_PROBABILITY = 0.7


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
        candidates = list(dict.fromkeys(edits1(word)))
        totals = [sum(counts) for counts in zip(*occurrences([word, *candidates], lexicon), strict=True)]
        best = max(range(1, len(totals)), key=lambda index: totals[index])
        if totals[best] >= max(_MIN_OCCURRENCES, _MIN_FREQUENCY_RATIO * totals[0]):
            corrected = re.sub(rf"(?<![a-z]){word}(?![a-z])", candidates[best - 1], corrected)
            probability *= totals[best] / (sum(totals) + _MIN_FREQUENCY_RATIO * (totals[0] + 1))
    return (
        None
        if corrected == text
        else SpellingCorrection(corrected, probability, probability >= _MIN_CONFIDENT_PROBABILITY)
    )


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
