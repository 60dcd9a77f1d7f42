"""Correction of mistyped queries: edits ranked by what titles and queries hold."""

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
from shangsou.search.spelling.known_query_edits import KnownQueryEdits
from shangsou.search.spelling.latin_occurrences import makes_rare_word, makes_unknown_word
from shangsou.search.spelling.ngram_edits import EDIT_KINDS, Edit, EditGenerator
from shangsou.search.spelling.phrase_features import PhraseFeatures

# Nobody makes out a typo in fewer characters, and longer queries are sentences.
_MIN_LENGTH, _MAX_LENGTH = 3, 24
# Characters on either side of an edit that make n-grams with it.
_CONTEXT = ORDER - 1
_PADDING = 0
# Digits, and letters beside them or in small numbers, are of models, sizes and years.
_FIXED_RUN = re.compile(r"[a-z.-]*\d[a-z\d.-]*|(?<![a-z])[a-z]{1,3}(?![a-z])")
# Characters of a word of a shop's synonyms or of a brand, at most.
_MAX_WORD_LENGTH = 6
# From the first probability on what may be meant is offered, from the second on it is searched for: where
# millions of characters were counted, as where the weights were learnt, and where a shop has few titles and
# no known queries, in which a sure typo, too, gains little. Of right queries that the counts had not seen 2.9
# to 4 and .9 to 1.6 % are above in the large, 1.6 and .4 % in the small (docs/relevance.md). What makes a
# known query gains as much in a small shop, so of that as much is asked in all (docs/adr/0013).
_SMALL_SHOP, _LARGE_SHOP = 340_000, 2_500_000
_SMALL_SHOP_THRESHOLDS, _LARGE_SHOP_THRESHOLDS = (0.2, 0.4), (0.4, 0.7)
# Phrases are looked up for edits that n-grams make so likely, and for so many of them: in a third of held-out
# queries, half of them mistyped. Looking them up for all corrects as many typos (docs/adr/0013).
_MIN_SHORTLIST_PROBABILITY, _MAX_SHORTLIST = 0.1, 4
# Of the known queries a typo away the commonest are looked at: of 5,900 mistyped queries 4 have more.
_MAX_KNOWN_QUERY_EDITS = 4
# Factor for an n-gram that was never seen (Brants et al., 2007).
_BACKOFF_FACTOR = 0.4


class SpellingCorrection(NamedTuple):
    """What may have been meant."""

    text: str
    probability: float
    is_confident: bool
    """Whether to search for it unasked; else it is offered."""
    is_known_query: bool = False
    """Whether it is a known query."""


def thresholds(characters: int) -> tuple[float, float]:
    """Return from which probability on to offer and to search, where so many characters were counted."""
    share = log(max(characters, 1) / _SMALL_SHOP) / log(_LARGE_SHOP / _SMALL_SHOP)
    share = min(max(share, 0.0), 1.0)
    offer_from, confident_from = (
        small + share * (large - small)
        for small, large in zip(_SMALL_SHOP_THRESHOLDS, _LARGE_SHOP_THRESHOLDS, strict=True)
    )
    return offer_from, confident_from


class SpellingCorrector:
    """Corrects texts by what the titles and queries of a shop hold. Safe for many threads."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self.edit_generator = EditGenerator(lexicon.sequences, lexicon.confusions)
        self._known_query_edits = KnownQueryEdits(lexicon)
        self._phrase_features = PhraseFeatures(lexicon)
        self._offer_from, self._confident_from = thresholds(self.edit_generator.total)

    def correct(
        self, text: str, phrases: Sequence[str] = (), is_known: Callable[[str], bool] = lambda _: False
    ) -> SpellingCorrection | None:
        """Return the likeliest thing meant by a normalized text, None where nothing else comes to mind.

        Numbers, models, short runs of letters, the `phrases` and every word that `is_known` stay as they are.
        Of two typos the second is corrected where it is confident once the first one is, and no known query.
        """
        first = self._correct_once(text, phrases, is_known)
        if first is None or first.is_known_query:
            return first
        second = self._correct_once(first.text, phrases, is_known)
        if second is None or second.text == text or not second.is_confident:
            return first
        probability = first.probability * second.probability
        return SpellingCorrection(
            second.text, probability, probability >= self._confident_from, second.is_known_query
        )

    def _correct_once(
        self, text: str, phrases: Sequence[str], is_known: Callable[[str], bool]
    ) -> SpellingCorrection | None:
        joined, edits, is_known_query = self.edits(text, phrases)
        if not edits:
            return None
        models, features = _stage_models(), self.features(joined, edits)
        if not is_known_query:
            rows = shortlist(predict(features, models.first_pass))
            edits, features = [edits[row] for row in rows], features[rows]
            if not rows:
                return None
        probabilities = predict(
            self.second_pass_features(joined, edits, features),
            models.known_query if is_known_query else models.second_pass,
        )
        offer_from, confident_from = (
            _LARGE_SHOP_THRESHOLDS if is_known_query else (self._offer_from, self._confident_from)
        )
        for row in np.argsort(-probabilities).tolist():
            if probabilities[row] < offer_from:
                return None
            if not any(map(is_known, _words_around(joined, edits[row]))):
                edit, probability = edits[row], float(probabilities[row])
                corrected = apply_edit(text, edit)
                if not is_known_query and makes_unknown_word(text, corrected, self._lexicon):
                    continue
                # What only adds narrows what was asked for, as `耐克钉鞋` does `耐克鞋`: that is offered.
                is_confident = (
                    probability >= confident_from
                    and edit.start < edit.end
                    and not makes_rare_word(text, corrected, self._lexicon)
                )
                return SpellingCorrection(corrected, probability, is_confident, is_known_query)
        return None

    def edits(self, text: str, phrases: Sequence[str] = ()) -> tuple[str, list[Edit], bool]:
        """Return a text without spaces, its most plausible edits, and whether they make known queries.

        Where they do, those that n-grams find are not looked for: as many typos are fixed. What is a known
        query itself has none: of 7,997 such, n-grams changed none (docs/adr/0013).
        """
        joined = text.replace(" ", "")
        if not _MIN_LENGTH <= len(joined) <= _MAX_LENGTH:
            return joined, [], False
        fixed = _fixed_positions(text, phrases)
        known_query_edits = self._known_query_edits.edits(joined, fixed)
        if known_query_edits is None:
            return joined, [], False
        return (
            joined,
            known_query_edits[:_MAX_KNOWN_QUERY_EDITS] or self.edit_generator.edits(joined, fixed),
            bool(known_query_edits),
        )

    def features(self, joined: str, edits: Sequence[Edit]) -> NDArray[np.float64]:
        """Return what tells a typo from a rare text, a row for each edit; `training.spelling` weighs it."""
        # Many edits change the same span.
        typed_spans = list(dict.fromkeys((edit.start, edit.end) for edit in edits))
        spans = [
            *((edit.start, edit.end, edit.text) for edit in edits),
            *((start, end, joined[start:end]) for start, end in typed_spans),
        ]
        log_probabilities, counts = self._ngram_features(joined, spans)
        typed_rows = [len(edits) + typed_spans.index((edit.start, edit.end)) for edit in edits]
        gain = (log_probabilities[: len(edits)] - log_probabilities[typed_rows])[:, None] / 5
        length = np.full((len(edits), 1), len(joined) / 10)
        latin = np.array(
            [[(joined[edit.start : edit.end] + edit.text).isascii()] for edit in edits], np.float64
        )
        kind_features = np.array([[edit.kind == kind for kind in EDIT_KINDS] for edit in edits], np.float64)
        new, old = counts[: len(edits)], counts[typed_rows]
        return np.concatenate(
            [gain, gain / length, length, latin, new, old, kind_features, kind_features * gain], axis=1
        )

    def second_pass_features(
        self, joined: str, edits: Sequence[Edit], features: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return the features of edits on the shortlist, with those of phrases."""
        return np.concatenate((features, self._phrase_features.features(joined, edits)), axis=1)

    def _ngram_features(
        self, joined: str, spans: Sequence[tuple[int, int, str]]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return for each way to fill a span how likely that is, and how often its n-grams were seen.

        The first is the logarithm of the probability of what fills it and of the three characters behind,
        by backing off to shorter n-grams (Brants et al., 2007). The second has of each order from 1 the least
        and the mean logarithmic count of the n-grams that touch it, least and mean beside each other.
        """
        windows, widths = _make_windows(joined, spans)
        columns, ends = np.arange(windows.shape[1]), _CONTEXT + widths[:, None]
        inside = windows != _PADDING
        # Of each order, text and column: the n-gram that ends there.
        counts = np.zeros((ORDER, *windows.shape), np.int64)
        touching = np.zeros(counts.shape, np.bool_)
        keys, whole = windows, inside
        for order in range(1, ORDER + 1):
            if order > 1:
                keys = keys[:, :-1] << CODE_BITS | windows[:, order - 1 :]
                whole = whole[:, :-1] & inside[:, order - 1 :]
            counts[order - 1, :, order - 1 :][whole] = self.edit_generator.count(order, keys[whole])
            starts = columns[: keys.shape[1]]
            touching[order - 1, :, order - 1 :] = whole & (starts > _CONTEXT - order) & (starts < ends)
        # Nothing to fill in is the joint of its neighbours, which no single character holds.
        touching[0, :, _CONTEXT] |= widths == 0
        probability = (counts[0] + 0.5) / self.edit_generator.total
        for history, count in pairwise(counts):
            backed_off = _BACKOFF_FACTOR * probability[:, 1:]
            longer = count[:, 1:] / np.maximum(history[:, :-1], 1)
            probability[:, 1:] = np.where(count[:, 1:] > 0, longer, backed_off)
        # Of what fills a span and what stands behind it.
        counted = inside & (columns >= _CONTEXT) & (columns < ends + _CONTEXT)
        log_probabilities: NDArray[np.float64] = (np.log(probability) * counted).sum(axis=1)
        logs = np.log1p(counts)
        minimum = np.where(touching, logs, np.inf).min(axis=2)
        mean = (logs * touching).sum(axis=2) / touching.sum(axis=2)
        return log_probabilities, np.stack((minimum, mean), axis=1).reshape(2 * ORDER, -1).T


class LogisticModel(NamedTuple):
    """What each feature counts for."""

    coefficients: NDArray[np.float64]
    intercept: float


class _StageModels(NamedTuple):
    first_pass: LogisticModel
    """For all edits that n-grams find."""
    second_pass: LogisticModel
    """For those on the shortlist, which phrases say more of."""
    known_query: LogisticModel
    """For those that make a known query, which phrases say more of as well."""


def predict(features: NDArray[np.float64], model: LogisticModel) -> NDArray[np.float64]:
    """Return for each row of features the probability that the edit gives what was meant."""
    probabilities: NDArray[np.float64] = 1 / (1 + np.exp(-(features @ model.coefficients + model.intercept)))
    return probabilities


def shortlist(probabilities: NDArray[np.float64]) -> list[int]:
    """Return the rows of the edits that the first pass finds likely, the likeliest first."""
    rows = np.argsort(-probabilities)[:_MAX_SHORTLIST]
    likely: list[int] = rows[probabilities[rows] >= _MIN_SHORTLIST_PROBABILITY].tolist()
    return likely


@cache
def _stage_models() -> _StageModels:
    payload = json.loads(files(__package__).joinpath("spelling.json").read_bytes())
    return _StageModels(
        *(
            LogisticModel(np.array(payload[stage]["weights"]), payload[stage]["constant"])
            for stage in _StageModels._fields
        )
    )


def _make_windows(joined: str, spans: Sequence[tuple[int, int, str]]) -> tuple[Codes, NDArray[np.int64]]:
    """Return each span filled, with `_CONTEXT` characters before and behind, and how many fill it.

    Narrower ones end with what is beyond.
    """
    pad = chr(_PADDING) * (_CONTEXT - 1)
    framed = f"{pad}{chr(EDGE)}{joined}{chr(EDGE)}{pad}"
    widths = [len(text) for _, _, text in spans]
    widest = max(widths) + 2 * _CONTEXT
    rows = [
        (framed[start : start + _CONTEXT] + text + framed[end + _CONTEXT : end + 2 * _CONTEXT]).ljust(
            widest, chr(_PADDING)
        )
        for start, end, text in spans
    ]
    return codes("".join(rows)).reshape(len(rows), -1), np.array(widths)


def _fixed_positions(text: str, phrases: Sequence[str]) -> set[int]:
    """Return the places in a text, spaces left out, that stay as they are."""
    runs = [run.span() for run in _FIXED_RUN.finditer(text)]
    starts = {phrase: text.find(phrase) for phrase in phrases}
    runs.extend((start, start + len(phrase)) for phrase, start in starts.items() if start >= 0)
    fixed = {position for run in runs for position in range(*run)}
    spaces = text[: max(fixed, default=0) + 1].count(" ")
    if not spaces:
        return fixed
    return {position - text.count(" ", 0, position) for position in fixed if text[position] != " "}


def _words_around(joined: str, edit: Edit) -> Iterator[str]:
    """Yield what an edit would change, with what stands beside it."""
    last = max(edit.end, edit.start + 1)
    for start in range(max(0, last - _MAX_WORD_LENGTH), edit.start + 1):
        for end in range(max(last, start + 2), min(len(joined), start + _MAX_WORD_LENGTH) + 1):
            yield joined[start:end]


def apply_edit(text: str, edit: Edit) -> str:
    """Return a text with an edit applied, its spaces where they were."""
    positions = [position for position, char in enumerate(text) if char != " "]
    start = positions[edit.start] if edit.start < len(positions) else len(text)
    end = positions[edit.end - 1] + 1 if edit.end > edit.start else start
    return " ".join((text[:start] + edit.text + text[end:]).split())
