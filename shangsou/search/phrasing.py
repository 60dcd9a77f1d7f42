"""How well a text falls into phrases that titles and queries hold."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from shangsou.lexicon.lexicon import Lexicon
from shangsou.search.slips import Edit

# Characters of a phrase, at most; longer ones are two.
_LONGEST = 8
# So often was said what is no phrase: a Chinese character by itself, and any other. Set by hand.
_LONE, _LONE_OTHER = 30, 300


class Phrasing:
    """Tells familiar texts from others by the phrases they are made of. Safe for many threads."""

    def __init__(self, lexicon: Lexicon) -> None:
        known = lexicon.queries
        self._tables = [lexicon.words] if known is None else [lexicon.words, known]
        self._said = math.log(sum(table.times for table in self._tables) + _LONE_OTHER)

    def features(self, joined: str, edits: Sequence[Edit]) -> NDArray[np.float64]:
        """Return what phrases say of each edit of a text without spaces, a row each.

        How much likelier the mended text is as a sequence of phrases; then of what is put in, and of what was
        typed there, the greatest logarithmic count of a phrase that holds it, and the greatest such count
        times the phrase's length. How often the whole text was said is left out: edits that make a known
        query have weights of their own, and others make what nobody said.
        """
        texts = [joined[: edit.start] + edit.text + joined[edit.end :] for edit in edits]
        times = self._times([joined, *texts])
        before = self._likelihood(joined, times)
        return np.array(
            [
                (
                    (self._likelihood(text, times) - before) / 5,
                    *_holding(text, edit.start, edit.start + len(edit.text), times),
                    *_holding(joined, edit.start, edit.end, times),
                )
                for edit, text in zip(edits, texts, strict=True)
            ]
        )

    def _times(self, texts: Sequence[str]) -> Mapping[str, int]:
        """Return how often all parts of texts that may be phrases were said."""
        spans = list(
            {
                text[start:end]
                for text in texts
                for start in range(len(text) - 1)
                for end in range(start + 2, min(len(text), start + _LONGEST) + 1)
            }
        )
        counts = [table.counts(spans) for table in self._tables]
        return dict(zip(spans, map(sum, zip(*counts, strict=True)), strict=True))

    def _likelihood(self, text: str, times: Mapping[str, int]) -> float:
        """Return the logarithmic probability of the likeliest sequence of phrases that makes a text."""
        best = [0.0]
        for end in range(1, len(text) + 1):
            lone = _LONE if "一" <= text[end - 1] <= "鿿" else _LONE_OTHER
            best.append(
                max(
                    best[end - 1] + math.log(lone) - self._said,
                    *(
                        best[start] + math.log(said) - self._said
                        for start in range(max(0, end - _LONGEST), end - 1)
                        if (said := times[text[start:end]])
                    ),
                    -math.inf,
                )
            )
        return best[-1]


def _holding(text: str, start: int, end: int, times: Mapping[str, int]) -> tuple[float, float]:
    """Return the greatest logarithmic count of a phrase that holds a part of a text, and times its length."""
    counts = [
        (math.log1p(times[text[first:last]]), last - first)
        for first in range(max(0, end - _LONGEST), start + 1)
        for last in range(max(end, start + 1, first + 2), min(len(text), first + _LONGEST) + 1)
    ]
    return (
        max((count for count, _ in counts), default=0.0),
        max((count * length for count, length in counts), default=0.0),
    )
