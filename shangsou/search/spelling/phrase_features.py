"""Features of edits: how well a text falls into phrases of titles and queries."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from shangsou.lexicon.lexicon import Lexicon
from shangsou.search.spelling.ngram_edits import Edit

# Characters of a phrase, at most; longer ones are two.
_MAX_PHRASE_LENGTH = 8
# The count of what is no phrase: a Chinese character by itself, and any other. Set by hand.
_SINGLE_CHINESE_COUNT, _SINGLE_OTHER_COUNT = 30, 300


class PhraseFeatures:
    """Tells familiar texts from others by the phrases they are made of. Safe for many threads."""

    def __init__(self, lexicon: Lexicon) -> None:
        queries = lexicon.queries
        self._tables = [lexicon.words] if queries is None else [lexicon.words, queries]
        self._log_total = math.log(sum(table.total_count for table in self._tables) + _SINGLE_OTHER_COUNT)

    def features(self, joined: str, edits: Sequence[Edit]) -> NDArray[np.float64]:
        """Return the phrase features of each edit of a text without spaces, a row each.

        How much likelier the new text is as a sequence of phrases; then of what is put in, and of what was
        typed there, the greatest logarithmic count of a phrase that holds it, and the greatest such count
        times the phrase's length. How often the whole text was searched for is left out: edits that make
        a known query have weights of their own, and others make what nobody has searched for.
        """
        texts = [joined[: edit.start] + edit.text + joined[edit.end :] for edit in edits]
        counts = self._count_phrases([joined, *texts])
        typed_likelihood = self._likelihood(joined, counts)
        return np.array(
            [
                (
                    (self._likelihood(text, counts) - typed_likelihood) / 5,
                    *_containing_phrase_features(text, edit.start, edit.start + len(edit.text), counts),
                    *_containing_phrase_features(joined, edit.start, edit.end, counts),
                )
                for edit, text in zip(edits, texts, strict=True)
            ]
        )

    def _count_phrases(self, texts: Sequence[str]) -> Mapping[str, int]:
        """Return how often all parts of texts that may be phrases were said."""
        spans = list(
            {
                text[start:end]
                for text in texts
                for start in range(len(text) - 1)
                for end in range(start + 2, min(len(text), start + _MAX_PHRASE_LENGTH) + 1)
            }
        )
        counts = [table.counts(spans) for table in self._tables]
        return dict(zip(spans, map(sum, zip(*counts, strict=True)), strict=True))

    def _likelihood(self, text: str, counts: Mapping[str, int]) -> float:
        """Return the logarithmic probability of the likeliest sequence of phrases that makes a text."""
        best = [0.0]
        for end in range(1, len(text) + 1):
            single_count = _SINGLE_CHINESE_COUNT if "一" <= text[end - 1] <= "鿿" else _SINGLE_OTHER_COUNT
            best.append(
                max(
                    best[end - 1] + math.log(single_count) - self._log_total,
                    *(
                        best[start] + math.log(count) - self._log_total
                        for start in range(max(0, end - _MAX_PHRASE_LENGTH), end - 1)
                        if (count := counts[text[start:end]])
                    ),
                    -math.inf,
                )
            )
        return best[-1]


def _containing_phrase_features(
    text: str, start: int, end: int, count_by_phrase: Mapping[str, int]
) -> tuple[float, float]:
    """Return the greatest logarithmic count of a phrase that holds a part of a text, and times its length."""
    counts = [
        (math.log1p(count_by_phrase[text[first:last]]), last - first)
        for first in range(max(0, end - _MAX_PHRASE_LENGTH), start + 1)
        for last in range(max(end, start + 1, first + 2), min(len(text), first + _MAX_PHRASE_LENGTH) + 1)
    ]
    return (
        max((count for count, _ in counts), default=0.0),
        max((count * length for count, length in counts), default=0.0),
    )
