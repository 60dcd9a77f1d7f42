"""What may have happened to a mistyped query: every slip that titles and queries make plausible."""

import re
from collections.abc import Collection, Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from shangsou.lexicon.confusions import LIKENESSES, Confusions, Likeness
from shangsou.lexicon.ngrams import (
    BEFORE,
    BEHIND,
    CODE_BITS,
    EDGE,
    WITHIN,
    Codes,
    Fillings,
    Ngrams,
    codes,
    keys_of,
)

Slip = Literal[Likeness, "doubled", "stray mark", "extra", "swapped", "missing", "missing at an end"]
SLIPS: tuple[Slip, ...] = (
    *LIKENESSES,
    "doubled",
    "stray mark",
    "extra",
    "swapped",
    "missing",
    "missing at an end",
)
# A character in a sequence of three that was seen so often is as it was meant. Of random slips in 2,000
# held-out queries one in twenty stands in such a sequence.
_SOLID = 10
# So rarely do two characters stand side by side in sequences that something may be missing between them, and
# so often has it to be seen there.
_LOOSE, _LEAST_BETWEEN = 1, 10
# What an edit has to gain in logarithmic counts of three sequences to be looked at: two thirds of right
# queries hold one that gains anything, under half one that gains this; of random slips a sixth gains less,
# and hardly any of those would be believed.
_LEAST_GAIN = 1.5
# Edits are ranked by what they gain in sequences of three; the likeliest is hardly ever behind these.
_MOST_EDITS = 12


# Each character of `连衣衣裙` stands in a familiar sequence.
_TOO_MUCH = re.compile(r"(.)\1|[^\w]")


class Edit(NamedTuple):
    """A slip, mended."""

    start: int
    end: int
    """The characters that go, two at most."""
    text: str
    """What comes in their place, two at most."""
    slip: Slip


class Slips:
    """Finds what may have been meant, among what was seen in the texts of a shop. Safe for many threads."""

    def __init__(self, models: Sequence[Ngrams], confusions: Confusions) -> None:
        self._models = models
        self._confusions = confusions
        self.total = sum(model.total for model in models)

    def count(self, order: int, keys: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Return how often n-grams were seen in all texts."""
        counts = self._models[0].counts(order, keys)
        for model in self._models[1:]:
            counts = counts + model.counts(order, keys)
        return counts

    def edits(self, text: str, fixed: Collection[int] = ()) -> list[Edit]:
        """Return the most plausible edits of a normalised text without spaces, none where all is familiar.

        What stands at `fixed` places is as it was meant.
        """
        # Every character gets two neighbours; nothing was seen beyond the edges.
        framed = np.array([0, EDGE, *codes(text).tolist(), EDGE, 0], np.uint64)
        seen = self.count(3, keys_of(np.column_stack((framed[:-2], framed[1:-1], framed[2:]))))
        support = np.maximum(np.maximum(seen[:-2], seen[1:-1]), seen[2:])
        weak = np.array([p for p in np.flatnonzero(support < _SOLID).tolist() if p not in fixed], np.int64)
        if not len(weak) and not _TOO_MUCH.search(text):
            return []
        # A joint is that before the character at its place.
        joints = np.flatnonzero(np.maximum(seen[:-1], seen[1:]) <= _LOOSE)
        joints = np.array([p for p in joints.tolist() if p not in fixed or p - 1 not in fixed], np.int64)
        logs = np.log1p(seen)
        familiar = logs[:-2] + logs[1:-1] + logs[2:]
        gaps = _gaps(framed, weak + 2, joints + 2)
        fillings = [model.fill(*gaps) for model in self._models]
        found = [
            *self._substitutions(text, weak, familiar, fillings),
            *self._missing(framed, joints, len(text), 3 * len(weak), fillings),
            *self._shorter(text, framed, weak, fixed, familiar),
        ]
        found = sorted((one for one in found if one[0] >= _LEAST_GAIN), key=lambda one: -one[0])
        return [edit for _, edit in found[:_MOST_EDITS]]

    def _substitutions(
        self, text: str, weak: NDArray[np.int64], familiar: NDArray[np.float64], fillings: Sequence[Fillings]
    ) -> list[tuple[float, Edit]]:
        """Return what sounds or looks like weak characters and was seen beside their neighbours."""
        alternatives = [self._confusions.of(text[place]) for place in weak.tolist()]
        sizes = [len(one.chars) for one in alternatives]
        if not sum(sizes):
            return []
        # One number for a place and a character there; ascending, as places and characters are.
        known = np.arange(len(weak), dtype=np.uint64).repeat(sizes) << CODE_BITS
        known |= np.concatenate([one.chars for one in alternatives])
        gains = -familiar[weak].repeat(sizes)
        for gaps, chars, counts in fillings:
            at_weak = np.searchsorted(gaps, 3 * len(weak))
            filled = (gaps[:at_weak] % len(weak)).astype(np.uint64) << CODE_BITS | chars[:at_weak]
            places = np.minimum(np.searchsorted(known, filled), len(known) - 1)
            fits = known[places] == filled
            gains += np.bincount(places[fits], np.log1p(counts[:at_weak][fits]), len(known))
        rows = np.flatnonzero(gains >= _LEAST_GAIN)
        likenesses = np.concatenate([one.likenesses for one in alternatives])
        return [
            (
                float(gains[row]),
                Edit(place, place + 1, chr(int(known[row]) & 0xFFFF), LIKENESSES[likenesses[row]]),
            )
            for row in rows.tolist()
            for place in (int(weak[int(known[row]) >> 16]),)
        ]

    def _missing(
        self, framed: Codes, joints: NDArray[np.int64], length: int, first: int, fillings: Sequence[Fillings]
    ) -> list[tuple[float, Edit]]:
        """Return what was seen between characters that hardly ever stand side by side.

        Gaps from the number `first` on are those of joints.
        """
        found = set[tuple[int, int]]()
        for gaps, chars, counts in fillings:
            often = np.flatnonzero((gaps >= first) & (counts >= _LEAST_BETWEEN))
            found.update(zip((gaps[often] - first).tolist(), chars[often].tolist(), strict=True))
        if not found:
            return []
        numbers, chars = np.array(sorted(found), np.uint64).T
        at = joints[numbers.astype(np.int64)] + 2
        a, b, c, d = (framed[at + offset] for offset in (-2, -1, 0, 1))
        triples = ((a, b, chars), (b, chars, c), (chars, c, d))
        rows = np.concatenate([np.column_stack(triple) for triple in triples])
        gains = np.log1p(self.count(3, keys_of(rows))).reshape(3, -1).sum(axis=0)
        return [
            (gain, Edit(place, place, chr(char), "missing at an end" if place in (0, length) else "missing"))
            for gain, place, char in zip(gains.tolist(), (at - 2).tolist(), chars.tolist(), strict=True)
            if not chr(char).isdigit()
        ]

    def _shorter(
        self,
        text: str,
        framed: Codes,
        weak: NDArray[np.int64],
        fixed: Collection[int],
        familiar: NDArray[np.float64],
    ) -> list[tuple[float, Edit]]:
        """Return what may be too much, and what may be swapped."""
        edits, keys = list[Edit](), list[int]()
        uncertain = set(weak.tolist())
        around = framed.tolist()
        for place, char in enumerate(text):
            if place in fixed:
                continue
            behind = text[place + 1 : place + 2]
            # Two characters before, the one at the place, two behind.
            a, b, c, d, e = around[place : place + 5]
            slip = too_much(text, place)
            if slip or place in uncertain:
                edits.append(Edit(place, place + 1, "", slip or "extra"))
                keys += (_sequence(a, b, d), _sequence(b, d, e), 0)
            if place in uncertain and behind and behind != char and place + 1 not in fixed:
                edits.append(Edit(place, place + 2, behind + char, "swapped"))
                keys += (_sequence(a, b, d), _sequence(b, d, c), _sequence(d, c, e))
        if not edits:
            return []
        logs = np.log1p(self.count(3, np.array(keys, np.uint64))).reshape(-1, 3).sum(axis=1)
        gains = logs - familiar[[edit.start for edit in edits]]
        return [(gain, edit) for gain, edit in zip(gains.tolist(), edits, strict=True) if gain > 0]


def _gaps(framed: Codes, weak: NDArray[np.int64], joints: NDArray[np.int64]) -> tuple[Codes, Codes, Codes]:
    """Return the gaps at weak characters, behind, within and before two others, and those at joints."""
    sizes = [len(weak)] * 3 + [len(joints)]
    return (
        np.array([BEHIND, WITHIN, BEFORE, WITHIN], np.uint64).repeat(sizes),
        framed[np.concatenate((weak - 2, weak - 1, weak + 1, joints - 1))],
        framed[np.concatenate((weak - 1, weak + 1, weak + 2, joints))],
    )


def too_much(text: str, place: int) -> Slip | None:
    """Return why a character is too much wherever it stands, None where it may well be meant."""
    char = text[place]
    if char in text[place + 1 : place + 3]:
        return "doubled"
    return None if char.isalnum() else "stray mark"


def _sequence(first: int, second: int, third: int) -> int:
    """Return the n-gram of three characters."""
    return first << 32 | second << 16 | third
