"""Terms that conditions go by, with the rows that have them; without scores."""

from collections.abc import Iterable, Sequence
from copy import copy
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from shangsou.engines.embedded.postings import text_key
from shangsou.engines.product_terms import ProductTerms
from shangsou.mmap_arrays import load_npy_mmap


def write_term_rows(folder: Path, name: str, terms: ProductTerms) -> None:
    """Write the rows of each term into a folder."""
    keys = np.fromiter(map(text_key, terms.names), np.uint64, len(terms.names))
    by_key = np.argsort(keys)
    position = np.empty(len(keys), np.int32)
    position[by_key] = np.arange(len(keys), dtype=np.int32)
    rows = np.repeat(np.arange(terms.products, dtype=np.int32), np.diff(terms.starts))
    codes = position[terms.codes]
    order = np.argsort(codes, kind="stable")
    np.save(folder / f"{name}.keys.npy", keys[by_key])
    np.save(folder / f"{name}.starts.npy", np.searchsorted(codes[order], np.arange(len(keys) + 1)))
    np.save(folder / f"{name}.rows.npy", rows[order])


class TermRows:
    """The rows of each term, opened for reading, memory-mapped."""

    def __init__(self, folder: Path, name: str, rows: int) -> None:
        self._count = rows
        self._keys: NDArray[np.uint64] = load_npy_mmap(folder / f"{name}.keys.npy")
        self._starts: NDArray[np.int64] = load_npy_mmap(folder / f"{name}.starts.npy")
        self._rows: NDArray[np.int32] = load_npy_mmap(folder / f"{name}.rows.npy")
        self._further: dict[int, tuple[int, ...]] = {}

    def with_rows(self, terms: Sequence[Iterable[str]]) -> Self:
        """Return the terms with those of further rows."""
        if not terms:
            return self
        changed = copy(self)
        changed._count = self._count + len(terms)
        changed._further = self._further.copy()
        for row, of_row in enumerate(terms, self._count):
            for key in set(map(text_key, of_row)):
                changed._further[key] = (*changed._further.get(key, ()), row)
        return changed

    def mask(self, terms: Iterable[str]) -> NDArray[np.bool_]:
        """Return which rows have any of these terms."""
        mask = np.zeros(self._count, np.bool_)
        keys = np.fromiter(map(text_key, terms), np.uint64)
        for key, position in zip(keys.tolist(), np.searchsorted(self._keys, keys).tolist(), strict=True):
            if position < len(self._keys) and self._keys[position] == key:
                mask[self._rows[self._starts[position] : self._starts[position + 1]]] = True
            if further := self._further.get(key):
                mask[list(further)] = True
        return mask
