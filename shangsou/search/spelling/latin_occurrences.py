"""Count how often a shop holds Latin words: in titles, as brands, in known queries."""

import re
from collections.abc import Sequence

from shangsou.lexicon.lexicon import Lexicon

# Shorter runs of letters are parts of models, or stray keys between Chinese.
_LATIN_WORD, _ANY_LATIN_WORD = re.compile("[a-z]{4,}"), re.compile("[a-z]+")
# So often must a word occur for another one to be a typo of it, and so many times more often.
MIN_OCCURRENCES, MIN_FREQUENCY_RATIO = 5, 20


def occurrences(texts: Sequence[str], lexicon: Lexicon) -> tuple[list[int], list[int], list[int]]:
    """Return how often each text occurs in titles, as a brand, and in queries."""
    queries = [0] * len(texts) if lexicon.queries is None else lexicon.queries.counts(texts)
    return lexicon.words.counts(texts), lexicon.brands.counts(texts), queries


def makes_unknown_word(typed: str, corrected: str, lexicon: Lexicon) -> bool:
    """Return whether a correction makes a Latin word that nobody uses: `bluetoot` of `bluetooth`.

    N-grams count letters, and know no word as a whole.
    """
    return 0 in _totals(_LATIN_WORD.findall(corrected), _LATIN_WORD.findall(typed), lexicon)


def makes_rare_word(typed: str, corrected: str, lexicon: Lexicon) -> bool:
    """Return whether a correction makes a Latin word that is not far commoner: `cnjoy` of `enjoy`."""
    typed_words, words = (_ANY_LATIN_WORD.findall(text) for text in (typed, corrected))
    typed_count = sum(_totals(typed_words, words, lexicon))
    least = max(MIN_OCCURRENCES, MIN_FREQUENCY_RATIO * typed_count)
    return any(count < least for count in _totals(words, typed_words, lexicon))


def _totals(words: Sequence[str], without: Sequence[str], lexicon: Lexicon) -> list[int]:
    """Return how often a shop holds each word that is not among others."""
    counted = sorted(set(words).difference(without))
    return [sum(counts) for counts in zip(*occurrences(counted, lexicon), strict=True)]
