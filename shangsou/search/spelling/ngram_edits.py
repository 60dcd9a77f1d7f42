"""Edits of a mistyped query that the n-grams of titles and queries make plausible."""

import re
from collections.abc import Collection, Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from shangsou.lexicon.confusions import LIKENESSES, Confusions, Likeness
from shangsou.lexicon.ngrams import (
    CODE_BITS,
    EDGE,
    LEFT,
    MIDDLE,
    RIGHT,
    Codes,
    GapMatches,
    Ngrams,
    codes,
    keys_of,
)

EditKind = Literal[Likeness, "doubled", "stray mark", "extra", "swapped", "missing", "missing at an end"]
EDIT_KINDS: tuple[EditKind, ...] = (
    *LIKENESSES,
    "doubled",
    "stray mark",
    "extra",
    "swapped",
    "missing",
    "missing at an end",
)
# A character in a sequence of three that was seen so often is as it was meant. Of random typos in 2,000
# held-out queries one in twenty stands in such a sequence.
_MIN_FAMILIAR_COUNT = 10
# So rarely do two characters stand side by side in sequences that something may be missing between them, and
# so often has it to be seen there.
_MAX_GAP_COUNT, _MIN_FILLER_COUNT = 1, 10
# What an edit has to gain in logarithmic counts of three sequences to be looked at: two thirds of right
# queries hold one that gains anything, under half one that gains this; of random typos a sixth gains less,
# and hardly any of those would be believed.
_MIN_GAIN = 1.5
# Edits are ranked by what they gain in sequences of three; the likeliest is hardly ever behind these.
_MAX_EDITS = 12


# Each character of `连衣衣裙` stands in a familiar sequence.
_SURPLUS = re.compile(r"(.)\1|[^\w]")


class Edit(NamedTuple):
    """A change of a text that undoes a typo."""

    start: int
    end: int
    """The characters that go, two at most."""
    text: str
    """What comes in their place, two at most."""
    kind: EditKind


class EditGenerator:
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
        """Return the most plausible edits of a normalized text without spaces, none where all is familiar.

        What stands at `fixed` places is as it was meant.
        """
        # Every character gets two neighbours; nothing was seen beyond the edges.
        framed = np.array([0, EDGE, *codes(text).tolist(), EDGE, 0], np.uint64)
        counts = self.count(3, keys_of(np.column_stack((framed[:-2], framed[1:-1], framed[2:]))))
        support = np.maximum(np.maximum(counts[:-2], counts[1:-1]), counts[2:])
        weak = np.array(
            [p for p in np.flatnonzero(support < _MIN_FAMILIAR_COUNT).tolist() if p not in fixed], np.int64
        )
        if not len(weak) and not _SURPLUS.search(text):
            return []
        # A joint is that before the character at its place.
        joints = np.flatnonzero(np.maximum(counts[:-1], counts[1:]) <= _MAX_GAP_COUNT)
        joints = np.array([p for p in joints.tolist() if p not in fixed or p - 1 not in fixed], np.int64)
        logs = np.log1p(counts)
        familiar = logs[:-2] + logs[1:-1] + logs[2:]
        gaps = _make_gaps(framed, weak + 2, joints + 2)
        gap_matches = [model.find_gap_matches(*gaps) for model in self._models]
        candidates = [
            *self._substitutions(text, weak, familiar, gap_matches),
            *self._insertions(framed, joints, len(text), 3 * len(weak), gap_matches),
            *self._deletions_and_swaps(text, framed, weak, fixed, familiar),
        ]
        candidates = sorted(
            (candidate for candidate in candidates if candidate[0] >= _MIN_GAIN),
            key=lambda candidate: -candidate[0],
        )
        return [edit for _, edit in candidates[:_MAX_EDITS]]

    def _substitutions(
        self,
        text: str,
        weak: NDArray[np.int64],
        familiar: NDArray[np.float64],
        gap_matches: Sequence[GapMatches],
    ) -> list[tuple[float, Edit]]:
        """Return what sounds or looks like weak characters and was seen beside their neighbours."""
        alternatives = [self._confusions.of(text[position]) for position in weak.tolist()]
        sizes = [len(similar.chars) for similar in alternatives]
        if not sum(sizes):
            return []
        # One number for a place and a character there; ascending, as places and characters are.
        keys = np.arange(len(weak), dtype=np.uint64).repeat(sizes) << CODE_BITS
        keys |= np.concatenate([similar.chars for similar in alternatives])
        gains = -familiar[weak].repeat(sizes)
        for gaps, chars, counts in gap_matches:
            at_weak = np.searchsorted(gaps, 3 * len(weak))
            filled = (gaps[:at_weak] % len(weak)).astype(np.uint64) << CODE_BITS | chars[:at_weak]
            positions = np.minimum(np.searchsorted(keys, filled), len(keys) - 1)
            fits = keys[positions] == filled
            gains += np.bincount(positions[fits], np.log1p(counts[:at_weak][fits]), len(keys))
        rows = np.flatnonzero(gains >= _MIN_GAIN)
        likenesses = np.concatenate([similar.likenesses for similar in alternatives])
        return [
            (
                float(gains[row]),
                Edit(position, position + 1, chr(int(keys[row]) & 0xFFFF), LIKENESSES[likenesses[row]]),
            )
            for row in rows.tolist()
            for position in (int(weak[int(keys[row]) >> 16]),)
        ]

    def _insertions(
        self,
        framed: Codes,
        joints: NDArray[np.int64],
        length: int,
        first: int,
        gap_matches: Sequence[GapMatches],
    ) -> list[tuple[float, Edit]]:
        """Return what was seen between characters that hardly ever stand side by side.

        Gaps from the number `first` on are those of joints.
        """
        insertions = set[tuple[int, int]]()
        for gaps, chars, counts in gap_matches:
            often = np.flatnonzero((gaps >= first) & (counts >= _MIN_FILLER_COUNT))
            insertions.update(zip((gaps[often] - first).tolist(), chars[often].tolist(), strict=True))
        if not insertions:
            return []
        numbers, chars = np.array(sorted(insertions), np.uint64).T
        at = joints[numbers.astype(np.int64)] + 2
        a, b, c, d = (framed[at + offset] for offset in (-2, -1, 0, 1))
        triples = ((a, b, chars), (b, chars, c), (chars, c, d))
        rows = np.concatenate([np.column_stack(triple) for triple in triples])
        gains = np.log1p(self.count(3, keys_of(rows))).reshape(3, -1).sum(axis=0)
        return [
            (
                gain,
                Edit(
                    position,
                    position,
                    chr(char),
                    "missing at an end" if position in (0, length) else "missing",
                ),
            )
            for gain, position, char in zip(gains.tolist(), (at - 2).tolist(), chars.tolist(), strict=True)
            if not chr(char).isdigit()
        ]

    def _deletions_and_swaps(
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
        for position, char in enumerate(text):
            if position in fixed:
                continue
            following = text[position + 1 : position + 2]
            # Two characters before, the one at the place, two behind.
            a, b, c, d, e = around[position : position + 5]
            kind = surplus_kind(text, position)
            if kind or position in uncertain:
                edits.append(Edit(position, position + 1, "", kind or "extra"))
                keys += (_pack_trigram(a, b, d), _pack_trigram(b, d, e), 0)
            if position in uncertain and following and following != char and position + 1 not in fixed:
                edits.append(Edit(position, position + 2, following + char, "swapped"))
                keys += (_pack_trigram(a, b, d), _pack_trigram(b, d, c), _pack_trigram(d, c, e))
        if not edits:
            return []
        logs = np.log1p(self.count(3, np.array(keys, np.uint64))).reshape(-1, 3).sum(axis=1)
        gains = logs - familiar[[edit.start for edit in edits]]
        return [(gain, edit) for gain, edit in zip(gains.tolist(), edits, strict=True) if gain > 0]


def _make_gaps(
    framed: Codes, weak: NDArray[np.int64], joints: NDArray[np.int64]
) -> tuple[Codes, Codes, Codes]:
    """Return the gaps at weak characters, behind, within and before two others, and those at joints."""
    sizes = [len(weak)] * 3 + [len(joints)]
    return (
        np.array([RIGHT, MIDDLE, LEFT, MIDDLE], np.uint64).repeat(sizes),
        framed[np.concatenate((weak - 2, weak - 1, weak + 1, joints - 1))],
        framed[np.concatenate((weak - 1, weak + 1, weak + 2, joints))],
    )


def surplus_kind(text: str, position: int) -> EditKind | None:
    """Return why a character is too much wherever it stands, None where it may well be meant."""
    char = text[position]
    if char in text[position + 1 : position + 3]:
        return "doubled"
    return None if char.isalnum() else "stray mark"


def _pack_trigram(first: int, second: int, third: int) -> int:
    """Return the n-gram of three characters."""
    return first << 32 | second << 16 | third
