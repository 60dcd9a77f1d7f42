"""A symmetric-delete index: texts that are one edit away from another."""

from collections.abc import Sequence
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from shangsou.mmap_arrays import load_npy_mmap

# Shorter texts have many neighbours by chance.
_MIN_LENGTH = 3


def write_symmetric_delete_index(folder: Path, name: str, texts: Sequence[str]) -> None:
    """Write the key of each text, and the keys of the text with one character deleted.

    Texts that are one edit apart share a key: a deletion neighbourhood (Bocek et al., 2007).
    """
    keys = [_deletion_keys(text) if len(text) >= _MIN_LENGTH else np.empty(0, np.uint32) for text in texts]
    rows = np.arange(len(texts), dtype=np.int32).repeat([len(text_keys) for text_keys in keys])
    joined = np.concatenate([np.empty(0, np.uint32), *keys])
    order = np.argsort(joined, kind="stable")
    np.save(folder / f"{name}.neighbours.keys.npy", joined[order])
    np.save(folder / f"{name}.neighbours.rows.npy", rows[order])


class SymmetricDeleteIndex:
    """An index of texts by their deletion keys. Safe for many threads."""

    def __init__(self, folder: Path, name: str) -> None:
        self._known = load_npy_mmap(folder / f"{name}.neighbours.keys.npy")
        self._rows = load_npy_mmap(folder / f"{name}.neighbours.rows.npy")

    def rows(self, text: str) -> list[int]:
        """Return the rows of all texts that are at most one edit away, ascending.

        Some are two edits away (one character missing and another extra), and a few share a key by chance.
        """
        if len(text) < _MIN_LENGTH or not len(self._known):
            return []
        keys = _deletion_keys(text)
        starts = self._known.searchsorted(keys)
        is_known = self._known[np.minimum(starts, len(self._known) - 1)] == keys
        ends = self._known.searchsorted(keys[is_known], "right")
        spans = zip(starts[is_known].tolist(), ends.tolist(), strict=True)
        return sorted({row for start, end in spans for row in self._rows[start:end].tolist()})


def _deletion_keys(text: str) -> NDArray[np.uint32]:
    """Return the key of a text, and the keys of the text with one character deleted, each once."""
    shorter = (text[:position] + text[position + 1 :] for position in range(len(text)))
    return np.array([crc32(variant.encode()) for variant in dict.fromkeys((text, *shorter))], np.uint32)
