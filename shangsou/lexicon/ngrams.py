"""How likely texts are, by the characters that follow each other in titles or in queries."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shangsou.mapped import load_mapped

Codes = NDArray[np.uint64]
"""Code points of characters; in rows of two dimensions a text each."""
Keys = NDArray[np.uint64]
"""N-grams of one order, 16 bits a character."""

# Characters of the longest n-gram: four of the basic plane fill a key.
ORDER = 4
# Stands at both ends of a text, and in no text.
EDGE = 1
_BETWEEN = 2
_BITS = np.uint64(16)
# What lies beyond the basic plane, as emoji, is all the same.
_BASIC_PLANE = 0xFFFF
_OTHER = 0xFFFD
# Taken from the count of each n-gram for what was not seen: the usual .75 to .8 (Ney, Essen, Kneser, 1994).
_DISCOUNT = 0.8
# Characters that may stand in an ordinary text.
_ALPHABET = 6_000


def codes(text: str) -> Codes:
    """Return the code points of a text, of shape (characters,)."""
    points = np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32)
    return np.where(points > _BASIC_PLANE, _OTHER, points).astype(np.uint64)


def keys_of(rows: Codes) -> Keys:
    """Return the n-gram in each row, of at most `ORDER` characters."""
    keys = rows[:, 0]
    for column in range(1, rows.shape[1]):
        keys = keys << _BITS | rows[:, column]
    return keys


def write_ngrams(folder: Path, texts: Iterable[str]) -> None:
    """Write the n-grams of normalised texts, spaces left out, with counts and probabilities.

    Absolute discounting, interpolated with the shorter n-grams, down to a uniform distribution.
    """
    edge, between = chr(EDGE), chr(_BETWEEN)
    stream = codes(between.join(f"{edge}{text.replace(' ', '')}{edge}" for text in texts))
    running = stream
    is_cut = stream == _BETWEEN
    shorter_keys, shorter = np.empty(0, np.uint64), np.empty(0)
    for order in range(1, ORDER + 1):
        if order > 1:
            running = running[:-1] << _BITS | stream[order - 1 :]
            is_cut = is_cut[:-1] | (stream[order - 1 :] == _BETWEEN)
        keys, counts = np.unique(running[~is_cut], return_counts=True)
        starts, left = _histories(keys, counts)
        if order > 1:
            histories = keys[starts] >> _BITS
            left_to_shorter = np.ones(len(shorter_keys))
            left_to_shorter[np.searchsorted(shorter_keys, histories)] = left
            _save(folder, order - 1, "left", left_to_shorter.astype(np.float32))
            ends = keys & np.uint64((1 << 16 * (order - 1)) - 1)
            below = shorter[np.searchsorted(shorter_keys, ends)]
        else:
            below = np.full(len(keys), 1 / _ALPHABET)
        sizes = np.diff(np.append(starts, len(keys)))
        seen = np.add.reduceat(counts, starts) if len(starts) else counts
        shorter = np.maximum(counts - _DISCOUNT, 0) / np.repeat(seen, sizes) + np.repeat(left, sizes) * below
        shorter_keys = keys
        _save(folder, order, "keys", keys)
        _save(folder, order, "counts", counts.astype(np.uint32))
        _save(folder, order, "probabilities", shorter.astype(np.float32))


class Ngrams:
    """N-grams opened for reading."""

    def __init__(self, folder: Path) -> None:
        def load(order: int, what: str) -> NDArray[Any]:
            return load_mapped(folder / _name(order, what))

        orders = range(1, ORDER + 1)
        self._keys = [load(order, "keys") for order in orders]
        self._counts = [load(order, "counts") for order in orders]
        self._probabilities = [load(order, "probabilities") for order in orders]
        self._left = [load(order, "left") for order in range(1, ORDER)]
        total = int(self._counts[0].sum())
        self._unseen = _DISCOUNT * len(self._keys[0]) / max(total, 1) / _ALPHABET if total else 1 / _ALPHABET

    def counts(self, order: int, keys: Keys) -> NDArray[np.int64]:
        """Return how often n-grams of an order were seen."""
        return self._look_up(order, keys, self._counts[order - 1], 0).astype(np.int64)

    def probabilities(self, rows: Codes) -> NDArray[np.float64]:
        """Return the probability of each row's last character after the others, of which three count.

        Parameters
        ----------
        rows
            Shape (texts, up to `ORDER`).
        """
        found = self._look_up(1, rows[:, -1], self._probabilities[0], self._unseen)
        for order in range(2, rows.shape[1] + 1):
            keys = keys_of(rows[:, -order:])
            left = self._look_up(order - 1, keys >> _BITS, self._left[order - 2], 1.0)
            seen = self._look_up(order, keys, self._probabilities[order - 1], -1.0)
            found = np.where(seen >= 0, seen, left * found)
        return found

    def between(self, before: int, after: int) -> tuple[Codes, NDArray[np.int64]]:
        """Return the characters that were seen between two others, and how often."""
        keys = self._keys[2]
        first = np.uint64(before) << np.uint64(32)
        start, end = np.searchsorted(keys, [first, first + np.uint64(1 << 32)])
        places = np.flatnonzero(keys[start:end] & np.uint64(_BASIC_PLANE) == after) + start
        return keys[places] >> _BITS & np.uint64(_BASIC_PLANE), self._counts[2][places].astype(np.int64)

    def _look_up(self, order: int, keys: Keys, values: NDArray[Any], otherwise: float) -> NDArray[np.float64]:
        known = self._keys[order - 1]
        if not len(known):
            return np.full(len(keys), otherwise)
        places = np.minimum(np.searchsorted(known, keys), len(known) - 1)
        return np.where(known[places] == keys, values[places], otherwise)


def _histories(keys: Keys, counts: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.float64]]:
    """Return where each history's n-grams begin, and the share that discounting leaves it."""
    histories = keys >> _BITS
    starts = (
        np.flatnonzero(np.append(True, histories[1:] != histories[:-1])) if len(keys) else np.empty(0, int)
    )
    if not len(starts):
        return starts, np.empty(0)
    continuations = np.diff(np.append(starts, len(keys)))
    return starts, _DISCOUNT * continuations / np.add.reduceat(counts, starts)


def _save(folder: Path, order: int, what: str, values: NDArray[Any]) -> None:
    np.save(folder / _name(order, what), values)


def _name(order: int, what: str) -> str:
    return f"ngrams.{order}.{what}.npy"
