"""Count how often a shop holds Latin words: in titles, as brands, in known queries."""

import re
from collections.abc import Sequence

from shangsou.lexicon.lexicon import Lexicon

# Shorter runs of letters are parts of models, or stray keys between Chinese.
_LATIN_WORD = re.compile("[a-z]{4,}")


def occurrences(texts: Sequence[str], lexicon: Lexicon) -> tuple[list[int], list[int], list[int]]:
    """Return how often each text occurs in titles, as a brand, and in queries."""
    queries = [0] * len(texts) if lexicon.queries is None else lexicon.queries.counts(texts)
    return lexicon.words.counts(texts), lexicon.brands.counts(texts), queries


def makes_unknown_word(typed: str, corrected: str, lexicon: Lexicon) -> bool:
    """Return whether a correction makes a Latin word that nobody uses: `bluetoot` of `bluetooth`.

    N-grams count letters, and know no word as a whole.
    """
    made = sorted(set(_LATIN_WORD.findall(corrected)).difference(_LATIN_WORD.findall(typed)))
    return any(sum(counts) == 0 for counts in zip(*occurrences(made, lexicon), strict=True))
