"""What was meant where a query was mistyped: a noisy channel over the characters of titles and queries."""

import json
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from shangsou.lexicon.confusions import Confusions, Likeness
from shangsou.lexicon.ngrams import EDGE, ORDER, Codes, Ngrams, codes, keys_of

Slip = Literal[Likeness, "doubled", "stray mark", "swapped", "missing", "missing at an end"]
SLIPS: tuple[Slip, ...] = (
    "sound", "near sound", "shape", "sound and shape",
    "doubled", "stray mark", "swapped", "missing", "missing at an end",
)  # fmt: skip
# Nobody makes out a slip in fewer characters, and longer queries are sentences.
_LEAST, _MOST = 3, 24
# Edits whose characters follow each other best are looked at closely.
_LOOKED_AT = 48
# So often has a character to be seen between two others to be missing there.
_LEAST_BETWEEN = 3
# Characters on either side of an edit that make n-grams with it.
_SIDE = ORDER - 1
_BEYOND = 0


class Edit(NamedTuple):
    """A slip, mended."""

    start: int
    end: int
    """The characters that go, two at most."""
    text: str
    """What comes in their place, two at most."""
    slip: Slip


class Correction(NamedTuple):
    """What may have been meant."""

    text: str
    probability: float


class Speller:
    """Mends queries by what titles and queries hold. Safe for many threads."""

    def __init__(self, models: Sequence[Ngrams], confusions: Confusions) -> None:
        self._models = models
        self._confusions = confusions

    def correct(self, text: str) -> Correction | None:
        """Return the likeliest thing meant by a normalised text, None where nothing else comes to mind."""
        joined = text.replace(" ", "")
        edits = self.edits(joined)
        if not edits:
            return None
        weights = _weights()
        odds = self.features(joined, edits) @ weights.features + weights.constant
        best = int(odds.argmax())
        return Correction(_mend(text, edits[best]), float(1 / (1 + np.exp(-odds[best]))))

    def edits(self, joined: str) -> list[Edit]:
        """Return what may have happened to a text without spaces, the most plausible only."""
        if not _LEAST <= len(joined) <= _MOST:
            return []
        found = [*self._substitutions(joined), *self._missing(joined), *_shorter(joined)]
        if len(found) <= _LOOKED_AT:
            return found
        windows = [_windows(joined, group, new=True) for group in _by_length(found, new=True)]
        _, familiar = self._seen(3, windows)
        best = np.argsort(-familiar, kind="stable")[:_LOOKED_AT]
        ordered = [edit for group in _by_length(found, new=True) for edit in group]
        return [ordered[place] for place in best.tolist()]

    def features(self, joined: str, edits: Sequence[Edit]) -> NDArray[np.float64]:
        """Return what tells a slip from a rare text, a row for each edit; `training.spelling` weighs it."""
        sides = []
        for new in (True, False):
            groups = _by_length(edits, new=new)
            windows = [_windows(joined, group, new=new) for group in groups]
            seen = [values for order in range(1, ORDER + 1) for values in self._seen(order, windows)]
            columns = np.column_stack([self._log_probability(windows), *seen])
            rows = {id(edit): row for row, edit in enumerate(edit for group in groups for edit in group)}
            sides.append(columns[[rows[id(edit)] for edit in edits]])
        gain = (sides[0][:, 0] - sides[1][:, 0]) / 5
        length = len(joined) / 10
        latin = [joined[edit.start : edit.end].isascii() and edit.text.isascii() for edit in edits]
        slips = np.array([[edit.slip == slip for slip in SLIPS] for edit in edits], np.float64)
        return np.column_stack(
            [gain, gain / length, np.full(len(edits), length), latin, sides[0][:, 1:], sides[1][:, 1:], slips,
             slips * gain[:, None]]
        )  # fmt: skip

    def _substitutions(self, joined: str) -> list[Edit]:
        """Return the characters that may be meant for each, where both neighbours were seen beside them."""
        edits = [
            Edit(place, place + 1, meant, slip)
            for place, char in enumerate(joined)
            if not char.isdigit()
            for meant, slip in self._confusions.of(char).items()
        ]
        if not edits:
            return []
        least, _ = self._seen(2, [_windows(joined, edits, new=True)])
        return [edits[place] for place in np.flatnonzero(least > 0).tolist()]

    def _missing(self, joined: str) -> Iterator[Edit]:
        framed = [EDGE, *codes(joined).tolist(), EDGE]
        for place in range(len(joined) + 1):
            slip: Slip = "missing at an end" if place in (0, len(joined)) else "missing"
            between = set[int]()
            for model in self._models:
                chars, counts = model.between(framed[place], framed[place + 1])
                between.update(chars[counts >= _LEAST_BETWEEN].tolist())
            for char in map(chr, sorted(between)):
                if not char.isdigit():
                    yield Edit(place, place, char, slip)

    def _seen(self, order: int, windows: Sequence[Codes]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return of each window the least and the mean logarithmic count of the n-grams that hold its middle."""
        rows, sizes = [], []
        for window in windows:
            middle = window.shape[1] - 2 * _SIDE
            # An empty middle is the joint of its neighbours, which no single character holds.
            starts = (
                range(_SIDE - order + 1, _SIDE + middle) if order > 1 or middle else range(_SIDE, _SIDE + 1)
            )
            rows.extend(window[:, start : start + order] for start in starts)
            sizes.append((len(window), len(starts)))
        stacked = np.concatenate(rows)
        keys = keys_of(stacked)
        counts = np.log1p(np.sum([model.counts(order, keys) for model in self._models], axis=0))
        beyond = (stacked == _BEYOND).any(axis=1)
        least, mean, place = [], [], 0
        for height, width in sizes:
            block = counts[place : place + height * width].reshape(width, height)
            is_beyond = beyond[place : place + height * width].reshape(width, height)
            least.append(np.where(is_beyond, np.inf, block).min(axis=0))
            mean.append(np.where(is_beyond, 0, block).sum(axis=0) / np.maximum((~is_beyond).sum(axis=0), 1))
            place += height * width
        least_of_all = np.concatenate(least)
        return np.where(np.isinf(least_of_all), 0, least_of_all), np.concatenate(mean)

    def _log_probability(self, windows: Sequence[Codes]) -> NDArray[np.float64]:
        """Return the logarithm of the probability of each window's middle and of what follows it.

        The models' probabilities are averaged.
        """
        rows, sizes = [], []
        for window in windows:
            ends = range(_SIDE, window.shape[1])
            rows.extend(window[:, end - _SIDE : end + 1] for end in ends)
            sizes.append((len(window), len(ends)))
        stacked = np.concatenate(rows)
        found = np.log(np.mean([model.probabilities(stacked) for model in self._models], axis=0))
        found[stacked[:, -1] == _BEYOND] = 0.0
        sums, place = [], 0
        for height, width in sizes:
            sums.append(found[place : place + height * width].reshape(width, height).sum(axis=0))
            place += height * width
        return np.concatenate(sums)


class _Weights(NamedTuple):
    features: NDArray[np.float64]
    constant: float


@cache
def _weights() -> _Weights:
    plain = json.loads(files(__package__).joinpath("spelling.json").read_bytes())
    return _Weights(np.array(plain["weights"]), plain["constant"])


def _shorter(joined: str) -> Iterator[Edit]:
    """Yield what is too much, and what is swapped. Digits are of models, sizes and years: as they are meant."""
    for place, char in enumerate(joined):
        after = joined[place + 1 : place + 2]
        if char.isdigit():
            continue
        if char in (after, joined[place + 2 : place + 3]):
            yield Edit(place, place + 1, "", "doubled")
        elif not char.isalnum():
            yield Edit(place, place + 1, "", "stray mark")
        if after and after != char and not after.isdigit():
            yield Edit(place, place + 2, after + char, "swapped")


def _by_length(edits: Sequence[Edit], *, new: bool) -> list[list[Edit]]:
    """Return the edits in groups that put in, or take out, equally many characters."""
    groups: dict[int, list[Edit]] = {}
    for edit in edits:
        groups.setdefault(len(edit.text) if new else edit.end - edit.start, []).append(edit)
    return list(groups.values())


def _windows(joined: str, edits: Sequence[Edit], *, new: bool) -> Codes:
    """Return what stands, or stood, at each edit with `_SIDE` characters before and behind it.

    All edits put in, or take out, equally many characters. Beyond the edges of the text stands 0.
    """
    pad = np.zeros(_SIDE - 1, np.uint64)
    edge = np.array([EDGE], np.uint64)
    framed = np.concatenate([pad, edge, codes(joined), edge, pad])
    starts = np.array([edit.start for edit in edits]) + _SIDE
    ends = np.array([edit.end for edit in edits]) + _SIDE
    before = framed[starts[:, None] + np.arange(-_SIDE, 0)]
    behind = framed[ends[:, None] + np.arange(_SIDE)]
    if new:
        middle = codes("".join(edit.text for edit in edits)).reshape(len(edits), -1)
    else:
        middle = framed[starts[:, None] + np.arange(edits[0].end - edits[0].start)]
    return np.concatenate([before, middle, behind], axis=1)


def _mend(text: str, edit: Edit) -> str:
    """Return a text mended, its spaces where they were."""
    places = [place for place, char in enumerate(text) if char != " "]
    start = places[edit.start] if edit.start < len(places) else len(text)
    end = places[edit.end - 1] + 1 if edit.end > edit.start else start
    return " ".join((text[:start] + edit.text + text[end:]).split())
