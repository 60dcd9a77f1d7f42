"""Correction of mistyped words of two characters, which leave an n-gram nothing to stand on."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from shangsou.lexicon.confusions import LIKENESSES
from shangsou.lexicon.lexicon import Lexicon
from shangsou.lexicon.ngrams import CODE_BITS, codes, keys_of
from shangsou.search.spelling.corrector import SpellingCorrection
from shangsou.search.spelling.ngram_edits import EditKind

_LENGTH = 2
# A noisy channel (Kernighan, Church and Gale, 1990): how often a word is meant, times how likely it is to be
# typed like this, over what else may be meant. All weights were chosen on 1,500 typos in 1,521 product words
# of 74,362 titles and 2,500 right words; `python -m benchmarks misspelling` measures on others
# (docs/adr/0013). Within a factor of two each of them is as good.
_KIND_WEIGHTS: dict[EditKind, float] = {
    "sound and shape": 3,
    "sound": 1,
    "near sound": 0.6,
    "shape": 0.3,
    "swapped": 0.1,
}
# What speaks for the text as it stands, counted as titles that hold it: each place where its characters
# stand side by side, its characters meeting by chance, that it is a word of the general dictionary, and
# that shops are asked for what they have not.
_SIDE_BY_SIDE, _BY_CHANCE, _IN_DICTIONARY, _ELSEWHERE = 20, 2, 100, 0.2
# Odds from which on a word is offered, and searched for unasked.
_MIN_OFFERED_ODDS, _MIN_CONFIDENT_ODDS = 1, 20


class _Candidate(NamedTuple):
    text: str
    kind: EditKind


def correct_short_word(
    text: str, lexicon: Lexicon, is_known: Callable[[str], bool] = lambda _: False
) -> SpellingCorrection | None:
    """Return what may have been meant by a normalized text of two characters, None where it stays.

    What the shop's titles, queries, brands, categories or product types hold stays, and so does what
    `is_known` otherwise. A word of the general dictionary that the shop does not sell is right as well:
    another one is offered at most.
    """
    if len(text) != _LENGTH or text.isascii() or is_known(text) or _names_something(text, lexicon):
        return None
    candidates = _find_candidates(text, lexicon)
    weights = [
        _KIND_WEIGHTS[kind] * count
        for (_, kind), count in zip(
            candidates, _word_counts([word for word, _ in candidates], lexicon), strict=True
        )
    ]
    if not any(weights):
        return None
    best = max(range(len(candidates)), key=weights.__getitem__)
    is_word = lexicon.segmenter.has_word(text)
    for_text = _evidence(text, lexicon) + _IN_DICTIONARY * is_word
    odds = weights[best] / (sum(weights) - weights[best] + for_text)
    if odds < _MIN_OFFERED_ODDS:
        return None
    is_confident = odds >= _MIN_CONFIDENT_ODDS and not is_word
    return SpellingCorrection(candidates[best].text, odds / (1 + odds), is_confident)


def _names_something(text: str, lexicon: Lexicon) -> bool:
    """Return whether a text is a word of the shop."""
    tables = (lexicon.words, lexicon.rare_words, lexicon.brands, lexicon.categories, lexicon.queries)
    if any(table.counts([text]) != [0] for table in tables if table is not None):
        return True
    types = lexicon.product_types
    return text in lexicon.entities or (types is not None and text in types)


def _find_candidates(text: str, lexicon: Lexicon) -> list[_Candidate]:
    """Return what sounds or looks like a text and is held by the shop's, and the text turned around."""
    found = [_Candidate(text[::-1], "swapped")] if text[0] != text[1] else []
    for position, typed in enumerate(text):
        chars, likenesses = lexicon.confusions.of(typed)
        others = np.broadcast_to(codes(text[1 - position]), chars.shape)
        first, second = (chars, others) if position == 0 else (others, chars)
        is_held = sum(sequences.counts(2, first << CODE_BITS | second) for sequences in lexicon.sequences) > 0
        for char, likeness in zip(map(chr, chars[is_held]), likenesses[is_held], strict=True):
            kind = LIKENESSES[likeness]
            if kind == "letter" or (kind == "shape" and not lexicon.confusions.look_much_alike(typed, char)):
                continue
            found.append(_Candidate(text[:position] + char + text[position + 1 :], kind))
    return found


def _word_counts(words: list[str], lexicon: Lexicon) -> Iterator[int]:
    """Yield how often titles and queries have each of some texts as a word."""
    tables = (lexicon.words, lexicon.rare_words, lexicon.queries)
    counts = [table.counts(words) for table in tables if table is not None]
    yield from map(sum, zip(*counts, strict=True))


def _evidence(text: str, lexicon: Lexicon) -> float:
    """Return what speaks for a text that is no word of the shop."""
    pair = keys_of(codes(text)[None])
    side_by_side = total = 0
    single = np.zeros(_LENGTH, np.int64)
    for sequences in lexicon.sequences:
        side_by_side += int(sequences.counts(2, pair)[0])
        single += sequences.counts(1, codes(text))
        total += sequences.total
    by_chance = float(single[0]) * float(single[1]) / max(total, 1)
    return _SIDE_BY_SIDE * side_by_side + _BY_CHANCE * by_chance + _ELSEWHERE
