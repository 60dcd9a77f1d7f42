"""Latin words mistyped, as `adiddas`."""

import re
from collections.abc import Iterator
from string import ascii_lowercase

from shangsou.lexicon.lexicon import Lexicon
from shangsou.search.romanised import times_said
from shangsou.search.spelling import Mended

# Shorter words are all near to others; models with digits are as they are meant.
_WORD = re.compile(r"(?<![a-z\d.+&'-])[a-z]{5,20}(?![a-z\d.+&'-])")
# So often must a word have been said for another one to be a slip of it, and so many times more often.
_LEAST_SAID, _TIMES_MORE = 5, 20
# From this probability on it is searched for unasked, as with Chinese slips in a large shop.
_SURE_FROM = 0.7


def mend_latin(text: str, lexicon: Lexicon) -> Mended | None:
    """Return a text with its Latin words mended, None where none need be."""
    mended, probability = text, 1.0
    for word in dict.fromkeys(_WORD.findall(text)):
        others = list(dict.fromkeys(edited(word)))
        times = [sum(said) for said in zip(*times_said([word, *others], lexicon), strict=True)]
        best = max(range(1, len(times)), key=lambda place: times[place])
        if times[best] >= max(_LEAST_SAID, _TIMES_MORE * times[0]):
            mended = re.sub(rf"(?<![a-z]){word}(?![a-z])", others[best - 1], mended)
            probability *= times[best] / (sum(times) + _TIMES_MORE * (times[0] + 1))
    return None if mended == text else Mended(mended, probability, probability >= _SURE_FROM)


def edited(text: str) -> Iterator[str]:
    """Yield a Latin text with one letter left out, swapped with the next, replaced or put in.

    The first letter stays: few people miss that.
    """
    for place in range(1, len(text)):
        before, after = text[:place], text[place:]
        yield before + after[1:]
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        for letter in ascii_lowercase:
            yield before + letter + after[1:]
            yield before + letter + after
