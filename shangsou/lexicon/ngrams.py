"""N-gram counts of the characters in titles or queries."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shangsou.mmap_arrays import load_npy_mmap

Codes = NDArray[np.uint64]
"""Code points of characters; in two dimensions, each row is a text."""
Keys = NDArray[np.uint64]
"""N-grams of one order, 16 bits for each character."""

# Characters of the longest n-gram: four of the Basic Multilingual Plane fill a key.
ORDER = 4
# Marks both ends of a text; occurs in no text.
EDGE = 1
_SEPARATOR = 2
# Positions of a gap in three characters; ascending, in the order written.
RIGHT, MIDDLE, LEFT = 0, 1, 2
_GAPS = "gaps"
# Bits of one character in the key of an n-gram.
CODE_BITS = np.uint64(16)
_LOW_BITS = np.uint64(0xFFFF)
# Characters beyond that plane, such as emoji, are all mapped to one.
_BASIC_PLANE = 0xFFFF
_OTHER = 0xFFFD
# Texts counted at a time: all of a catalog of 500,000 at once take 900 MB, eight bytes a character.
_PART_TEXTS = 65_536


class GapMatches(NamedTuple):
    """Characters that occur in gaps, with their counts."""

    gaps: NDArray[np.int64]
    """The number of the gap of each character, ascending."""
    chars: Codes
    counts: NDArray[np.int64]
    """The number of occurrences there."""


def codes(text: str) -> Codes:
    """Return the code points of a text, of shape (characters,)."""
    points = np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32)
    return np.where(points > _BASIC_PLANE, _OTHER, points).astype(np.uint64)


def keys_of(rows: Codes) -> Keys:
    """Return the key of the n-gram in each row, of at most `ORDER` characters."""
    keys = rows[:, 0]
    for column in range(1, rows.shape[1]):
        keys = keys << CODE_BITS | rows[:, column]
    return keys


def write_ngrams(folder: Path, texts: Iterable[str]) -> None:
    """Write the n-grams of normalized texts, without spaces, with their counts.

    Trigrams are written in three more orders, one for a gap at each position, so that the characters that
    fit a gap are adjacent.
    """
    parts = [_stream(part) for part in _parts(texts)] or [_stream(())]
    for order in range(1, ORDER + 1):
        keys, counts = _count(parts, order)
        _save(folder, str(order), keys, counts)
        if order == 3:
            first, second, third = (
                keys >> CODE_BITS * np.uint64(2),
                keys >> CODE_BITS & _LOW_BITS,
                keys & _LOW_BITS,
            )
            columns = {
                RIGHT: (first, second, third),
                MIDDLE: (first, third, second),
                LEFT: (second, third, first),
            }
            gaps = [
                keys_of(np.column_stack((np.full_like(keys, kind), *around)))
                for kind, around in columns.items()
            ]
            _save(
                folder,
                _GAPS,
                np.sort(np.concatenate(gaps)),
                np.concatenate([counts[np.argsort(gap_keys)] for gap_keys in gaps]),
            )


def _parts(texts: Iterable[str]) -> Iterator[list[str]]:
    remaining = iter(texts)
    while part := list(islice(remaining, _PART_TEXTS)):
        yield part


def _stream(texts: Iterable[str]) -> NDArray[np.uint16]:
    """Return the characters of texts, with marks at both ends of each, and between them."""
    edge, between = chr(EDGE), chr(_SEPARATOR)
    return codes(between.join(f"{edge}{text.replace(' ', '')}{edge}" for text in texts)).astype(np.uint16)


def _count(parts: Iterable[NDArray[np.uint16]], order: int) -> tuple[Keys, NDArray[np.int64]]:
    """Return the n-grams of one order in streams of characters, ascending, with their counts."""
    counted = [_count_in_part(part, order) for part in parts]
    if len(counted) == 1:
        return counted[0]
    keys, counts = (np.concatenate(columns) for columns in zip(*counted, strict=True))
    del counted
    ascending = np.argsort(keys)
    keys, counts = keys[ascending], counts[ascending]
    starts = np.flatnonzero(np.diff(keys, prepend=~keys[:1]))
    return keys[starts], np.add.reduceat(counts, starts) if len(starts) else counts


def _count_in_part(stream: NDArray[np.uint16], order: int) -> tuple[Keys, NDArray[np.int64]]:
    keys = stream.astype(np.uint64)
    is_cut = stream == _SEPARATOR
    for place in range(1, order):
        keys = keys[:-1] << CODE_BITS | stream[place:]
        is_cut = is_cut[:-1] | (stream[place:] == _SEPARATOR)
    return np.unique(keys[~is_cut], return_counts=True)


class Ngrams:
    """N-grams opened for reading."""

    def __init__(self, folder: Path) -> None:
        self._tables = {
            name: (
                load_npy_mmap(folder / f"ngrams.{name}.keys.npy"),
                load_npy_mmap(folder / f"ngrams.{name}.counts.npy"),
            )
            for name in (*map(str, range(1, ORDER + 1)), _GAPS)
        }

        self.total = int(self._tables["1"][1].sum())

    def counts(self, order: int, keys: Keys) -> NDArray[np.int64]:
        """Return the counts of n-grams of one order."""
        known, counts = self._tables[str(order)]
        if not len(known):
            return np.zeros(len(keys), np.int64)
        positions = np.minimum(known.searchsorted(keys), len(known) - 1)
        return np.where(known[positions] == keys, counts[positions], 0)

    def characters(self, min_count: int) -> dict[str, int]:
        """Return the characters with at least this count, and their counts."""
        keys, counts = self._tables["1"]
        common = counts >= min_count
        return {
            chr(key): count for key, count in zip(keys[common].tolist(), counts[common].tolist(), strict=True)
        }

    def find_gap_matches(self, kinds: Codes, left: Codes, right: Codes) -> GapMatches:
        """Return the characters that occur in gaps.

        Parameters
        ----------
        kinds
            `RIGHT`, `MIDDLE` or `LEFT`: the position of the gap relative to `left` and `right`, in this
            order.
        """
        keys, counts = self._tables[_GAPS]
        lowest = ((kinds << CODE_BITS | left) << CODE_BITS | right) << CODE_BITS
        starts, ends = keys.searchsorted(np.concatenate((lowest, lowest | _LOW_BITS))).reshape(2, -1)
        sizes = ends - starts
        # The rows of all ranges, concatenated.
        rows = np.arange(sizes.sum()) + (starts - sizes.cumsum() + sizes).repeat(sizes)
        return GapMatches(
            np.arange(len(left)).repeat(sizes), keys[rows] & _LOW_BITS, counts[rows].astype(np.int64)
        )


def _save(folder: Path, name: str, keys: Keys, counts: NDArray[np.int64]) -> None:
    np.save(folder / f"ngrams.{name}.keys.npy", keys)
    np.save(folder / f"ngrams.{name}.counts.npy", counts.astype(np.uint32))
