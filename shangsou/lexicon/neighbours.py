"""Texts that are a character away from another: one more, one less, another one, or two swapped."""

from collections.abc import Sequence
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from shangsou.mapped import load_mapped

# Of fewer characters many texts are neighbours by chance.
_LEAST = 3


def write_neighbours(folder: Path, name: str, texts: Sequence[str]) -> None:
    """Write of each text its own key, and those of what is left without one of its characters.

    Texts that are one character apart share a key: a deletion neighbourhood (Bocek et al., 2007).
    """
    keys = [_keys(text) if len(text) >= _LEAST else np.empty(0, np.uint32) for text in texts]
    rows = np.arange(len(texts), dtype=np.int32).repeat([len(some) for some in keys])
    joined = np.concatenate([np.empty(0, np.uint32), *keys])
    order = np.argsort(joined, kind="stable")
    np.save(folder / f"{name}.neighbours.keys.npy", joined[order])
    np.save(folder / f"{name}.neighbours.rows.npy", rows[order])


class Neighbours:
    """The texts that were written, by their rows. Safe for many threads."""

    def __init__(self, folder: Path, name: str) -> None:
        self._known = load_mapped(folder / f"{name}.neighbours.keys.npy")
        self._rows = load_mapped(folder / f"{name}.neighbours.rows.npy")

    def rows(self, text: str) -> list[int]:
        """Return the rows of all texts that are at most one character away, ascending.

        Some are further away, as those that lack another character than the text has too much, and a few have
        the same key by chance.
        """
        if len(text) < _LEAST or not len(self._known):
            return []
        keys = _keys(text)
        starts = self._known.searchsorted(keys)
        is_known = self._known[np.minimum(starts, len(self._known) - 1)] == keys
        ends = self._known.searchsorted(keys[is_known], "right")
        spans = zip(starts[is_known].tolist(), ends.tolist(), strict=True)
        return sorted({row for start, end in spans for row in self._rows[start:end].tolist()})


def _keys(text: str) -> NDArray[np.uint32]:
    """Return the key of a text, and those of what is left without one of its characters, each once."""
    shorter = (text[:place] + text[place + 1 :] for place in range(len(text)))
    return np.array([crc32(one.encode()) for one in dict.fromkeys((text, *shorter))], np.uint32)
