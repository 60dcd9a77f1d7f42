"""What was meant where a query was mistyped: slips weighed by what titles and queries hold."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise
from math import log
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shangsou.lexicon.lexicon import Lexicon
from shangsou.lexicon.ngrams import CODE_BITS, EDGE, ORDER, Codes, codes
from shangsou.search.phrasing import Phrasing
from shangsou.search.said import Said
from shangsou.search.slips import SLIPS, Edit, Slips

# Nobody makes out a slip in fewer characters, and longer queries are sentences.
_LEAST, _MOST = 3, 24
# Characters on either side of an edit that make n-grams with it.
_SIDE = ORDER - 1
_BEYOND = 0
# Digits, and letters beside them or in small numbers, are of models, sizes and years.
_FIXED = re.compile(r"[a-z.-]*\d[a-z\d.-]*|(?<![a-z])[a-z]{1,3}(?![a-z])")
# Characters of a word of a shop's synonyms or of a brand, at most.
_LONGEST_WORD = 6
# From the first probability on what may be meant is offered, from the second on it is searched for: where
# millions of characters were counted, as where the weights were learnt, and where a shop has few titles and
# no known queries, in which a sure slip, too, gains little. Of right queries that the counts had not seen 2.9
# to 4 and .9 to 1.6 % are above in the large, 1.6 and .4 % in the small (docs/relevance.md). What makes a
# known query gains as much in a small shop, so of that as much is asked in all (docs/adr/0013).
_SMALL, _LARGE = 340_000, 2_500_000
_IN_SMALL, _IN_LARGE = (0.2, 0.4), (0.4, 0.7)
# Phrases are looked up for edits that n-grams make so likely, and for so many of them: in a third of held-out
# queries, half of them mistyped. Looking them up for all mends as many slips (docs/adr/0013).
_LOOKED_AT_FROM, _MOST_LOOKED_AT = 0.1, 4
# Of the known queries a slip away the commonest are looked at: of 5,900 mistyped queries 4 have more.
_MOST_SAID = 4
# Factor for an n-gram that was never seen (Brants et al., 2007).
_BACKING_OFF = 0.4


class Mended(NamedTuple):
    """What may have been meant."""

    text: str
    probability: float
    sure: bool
    """Whether to search for it unasked; else it is offered."""
    is_said: bool = False
    """Whether it is a known query."""


def thresholds(characters: int) -> tuple[float, float]:
    """Return from which probability on to offer and to search, where so many characters were counted."""
    share = log(max(characters, 1) / _SMALL) / log(_LARGE / _SMALL)
    share = min(max(share, 0.0), 1.0)
    offered_from, sure_from = (
        small + share * (large - small) for small, large in zip(_IN_SMALL, _IN_LARGE, strict=True)
    )
    return offered_from, sure_from


class Speller:
    """Mends texts by what the titles and queries of a shop hold. Safe for many threads."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.slips = Slips(lexicon.sequences, lexicon.confusions)
        self._said = Said(lexicon)
        self._phrasing = Phrasing(lexicon)
        self._offered_from, self._sure_from = thresholds(self.slips.total)

    def mend(
        self, text: str, phrases: Sequence[str] = (), is_known: Callable[[str], bool] = lambda _: False
    ) -> Mended | None:
        """Return the likeliest thing meant by a normalised text, None where nothing else comes to mind.

        Numbers, models, short runs of letters, the `phrases` and every word that `is_known` stay as they are.
        Of two slips the second is mended where it is sure once the first one is, and nobody said that before.
        """
        first = self._mend_one(text, phrases, is_known)
        if first is None or first.is_said:
            return first
        second = self._mend_one(first.text, phrases, is_known)
        if second is None or second.text == text or not second.sure:
            return first
        probability = first.probability * second.probability
        return Mended(second.text, probability, probability >= self._sure_from, second.is_said)

    def _mend_one(self, text: str, phrases: Sequence[str], is_known: Callable[[str], bool]) -> Mended | None:
        joined, edits, is_said = self.edits(text, phrases)
        if not edits:
            return None
        weights, features = _weights(), self.features(joined, edits)
        if not is_said:
            rows = worth_a_look(weigh(features, weights.glance))
            edits, features = [edits[row] for row in rows], features[rows]
            if not rows:
                return None
        chances = weigh(self.closer(joined, edits, features), weights.said if is_said else weights.look)
        offered_from, sure_from = _IN_LARGE if is_said else (self._offered_from, self._sure_from)
        for row in np.argsort(-chances).tolist():
            if chances[row] < offered_from:
                return None
            if not any(map(is_known, _words_at(joined, edits[row]))):
                edit, chance = edits[row], float(chances[row])
                # What only adds narrows what was asked for, as `耐克钉鞋` does `耐克鞋`: that is offered.
                sure = chance >= sure_from and edit.start < edit.end
                return Mended(mended(text, edit), chance, sure, is_said)
        return None

    def edits(self, text: str, phrases: Sequence[str] = ()) -> tuple[str, list[Edit], bool]:
        """Return a text without spaces, its most plausible edits, and whether they make known queries.

        Where they do, those that n-grams find are not looked for: as many slips are mended. What is a known
        query itself has none: of 7,997 such, n-grams changed none (docs/adr/0013).
        """
        joined = text.replace(" ", "")
        if not _LEAST <= len(joined) <= _MOST:
            return joined, [], False
        fixed = _fixed(text, phrases)
        said = self._said.edits(joined, fixed)
        if said is None:
            return joined, [], False
        return joined, said[:_MOST_SAID] or self.slips.edits(joined, fixed), bool(said)

    def features(self, joined: str, edits: Sequence[Edit]) -> NDArray[np.float64]:
        """Return what tells a slip from a rare text, a row for each edit; `training.spelling` weighs it."""
        # Many edits mend the same place.
        typed = list(dict.fromkeys((edit.start, edit.end) for edit in edits))
        spans = [
            *((edit.start, edit.end, edit.text) for edit in edits),
            *((start, end, joined[start:end]) for start, end in typed),
        ]
        likely, seen = self._seen(joined, spans)
        before = [len(edits) + typed.index((edit.start, edit.end)) for edit in edits]
        gain = (likely[: len(edits)] - likely[before])[:, None] / 5
        length = np.full((len(edits), 1), len(joined) / 10)
        latin = np.array(
            [[(joined[edit.start : edit.end] + edit.text).isascii()] for edit in edits], np.float64
        )
        slips = np.array([[edit.slip == slip for slip in SLIPS] for edit in edits], np.float64)
        new, old = seen[: len(edits)], seen[before]
        return np.concatenate([gain, gain / length, length, latin, new, old, slips, slips * gain], axis=1)

    def closer(
        self, joined: str, edits: Sequence[Edit], features: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return the features of edits that are worth a look, with what phrases say of them."""
        return np.concatenate((features, self._phrasing.features(joined, edits)), axis=1)

    def _seen(
        self, joined: str, spans: Sequence[tuple[int, int, str]]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return for each way to fill a span how likely that is, and how often its n-grams were seen.

        The first is the logarithm of the probability of what fills it and of the three characters behind,
        by backing off to shorter n-grams (Brants et al., 2007). The second has of each order from 1 the least
        and the mean logarithmic count of the n-grams that touch it, least and mean beside each other.
        """
        windows, widths = _windows(joined, spans)
        columns, ends = np.arange(windows.shape[1]), _SIDE + widths[:, None]
        inside = windows != _BEYOND
        # Of each order, text and column: the n-gram that ends there.
        counts = np.zeros((ORDER, *windows.shape), np.int64)
        touching = np.zeros(counts.shape, np.bool_)
        keys, whole = windows, inside
        for order in range(1, ORDER + 1):
            if order > 1:
                keys = keys[:, :-1] << CODE_BITS | windows[:, order - 1 :]
                whole = whole[:, :-1] & inside[:, order - 1 :]
            counts[order - 1, :, order - 1 :][whole] = self.slips.count(order, keys[whole])
            starts = columns[: keys.shape[1]]
            touching[order - 1, :, order - 1 :] = whole & (starts > _SIDE - order) & (starts < ends)
        # Nothing to fill in is the joint of its neighbours, which no single character holds.
        touching[0, :, _SIDE] |= widths == 0
        chance = (counts[0] + 0.5) / self.slips.total
        for history, count in pairwise(counts):
            backed_off = _BACKING_OFF * chance[:, 1:]
            longer = count[:, 1:] / np.maximum(history[:, :-1], 1)
            chance[:, 1:] = np.where(count[:, 1:] > 0, longer, backed_off)
        # Of what fills a span and what stands behind it.
        counted = inside & (columns >= _SIDE) & (columns < ends + _SIDE)
        likely: NDArray[np.float64] = (np.log(chance) * counted).sum(axis=1)
        logs = np.log1p(counts)
        least = np.where(touching, logs, np.inf).min(axis=2)
        mean = (logs * touching).sum(axis=2) / touching.sum(axis=2)
        return likely, np.stack((least, mean), axis=1).reshape(2 * ORDER, -1).T


class Weights(NamedTuple):
    """What each feature counts for."""

    features: NDArray[np.float64]
    constant: float


class _Stages(NamedTuple):
    glance: Weights
    """For all edits that n-grams find."""
    look: Weights
    """For those worth a look, which phrases say more of."""
    said: Weights
    """For those that make a known query, which phrases say more of as well."""


def weigh(features: NDArray[np.float64], weights: Weights) -> NDArray[np.float64]:
    """Return for each row of features the probability that the edit gives what was meant."""
    chances: NDArray[np.float64] = 1 / (1 + np.exp(-(features @ weights.features + weights.constant)))
    return chances


def worth_a_look(chances: NDArray[np.float64]) -> list[int]:
    """Return the rows of the edits that may well be meant at first glance, the likeliest first."""
    rows = np.argsort(-chances)[:_MOST_LOOKED_AT]
    likely: list[int] = rows[chances[rows] >= _LOOKED_AT_FROM].tolist()
    return likely


@cache
def _weights() -> _Stages:
    plain = json.loads(files(__package__).joinpath("spelling.json").read_bytes())
    return _Stages(
        *(Weights(np.array(plain[stage]["weights"]), plain[stage]["constant"]) for stage in _Stages._fields)
    )


def _windows(joined: str, spans: Sequence[tuple[int, int, str]]) -> tuple[Codes, NDArray[np.int64]]:
    """Return each span filled, with `_SIDE` characters before and behind, and how many fill it.

    Narrower ones end with what is beyond.
    """
    pad = chr(_BEYOND) * (_SIDE - 1)
    framed = f"{pad}{chr(EDGE)}{joined}{chr(EDGE)}{pad}"
    widths = [len(text) for _, _, text in spans]
    widest = max(widths) + 2 * _SIDE
    rows = [
        (framed[start : start + _SIDE] + text + framed[end + _SIDE : end + 2 * _SIDE]).ljust(
            widest, chr(_BEYOND)
        )
        for start, end, text in spans
    ]
    return codes("".join(rows)).reshape(len(rows), -1), np.array(widths)


def _fixed(text: str, phrases: Sequence[str]) -> set[int]:
    """Return the places in a text, spaces left out, that stay as they are."""
    runs = [run.span() for run in _FIXED.finditer(text)]
    starts = {phrase: text.find(phrase) for phrase in phrases}
    runs.extend((start, start + len(phrase)) for phrase, start in starts.items() if start >= 0)
    fixed = {place for run in runs for place in range(*run)}
    spaces = text[: max(fixed, default=0) + 1].count(" ")
    if not spaces:
        return fixed
    return {place - text.count(" ", 0, place) for place in fixed if text[place] != " "}


def _words_at(joined: str, edit: Edit) -> Iterator[str]:
    """Yield what an edit would change, with what stands beside it."""
    last = max(edit.end, edit.start + 1)
    for start in range(max(0, last - _LONGEST_WORD), edit.start + 1):
        for end in range(max(last, start + 2), min(len(joined), start + _LONGEST_WORD) + 1):
            yield joined[start:end]


def mended(text: str, edit: Edit) -> str:
    """Return a text mended, its spaces where they were."""
    places = [place for place, char in enumerate(text) if char != " "]
    start = places[edit.start] if edit.start < len(places) else len(text)
    end = places[edit.end - 1] + 1 if edit.end > edit.start else start
    return " ".join((text[:start] + edit.text + text[end:]).split())
