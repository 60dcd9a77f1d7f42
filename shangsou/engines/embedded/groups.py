"""Groups of variants by row: what stands for a group, and how many groups some rows are of."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shangsou.mmap_arrays import load_npy_mmap

Rows = NDArray[np.integer[Any]]


def number_groups(group_ids: Sequence[str]) -> NDArray[np.int32]:
    """Return the number of the group of each row, in the order of their first rows.

    Rows without a group id are groups of their own.
    """
    number_by_id: dict[str, int] = {}
    numbers: list[int] = []
    count = 0
    for group_id in group_ids:
        number = number_by_id.get(group_id, count) if group_id else count
        if group_id:
            number_by_id[group_id] = number
        count += number == count
        numbers.append(number)
    return np.array(numbers, np.int32)


class Groups:
    """The groups, opened for reading."""

    def __init__(self, folder: Path) -> None:
        self.of_row: NDArray[np.int32] = load_npy_mmap(folder / "column.groups.npy")
        self.count = int(self.of_row.max()) + 1 if len(self.of_row) else 0
        self.has_variants = self.count < len(self.of_row)
        self.is_shared: NDArray[np.bool_] = np.bincount(self.of_row, minlength=1)[self.of_row] > 1
        """Which rows have other variants."""
        # The rows of one group behind those of another: a page asks for the variants of each of its hits.
        self._by_group = np.argsort(self.of_row, kind="stable")
        self._starts = np.searchsorted(self.of_row, np.arange(self.count + 1), sorter=self._by_group)

    def variants(self, row: int) -> Rows:
        """Return the rows of the group of a row, itself among them, ascending."""
        number = self.of_row[row]
        rows: Rows = self._by_group[self._starts[number] : self._starts[number + 1]]
        return rows

    def count_groups(self, rows: Rows) -> int:
        """Return of how many groups these rows are."""
        return int(np.count_nonzero(self.mark(rows))) if self.has_variants else len(rows)

    def mark(self, rows: Rows) -> NDArray[np.bool_]:
        """Return which groups these rows are of; shape (groups,)."""
        marked = np.zeros(self.count, np.bool_)
        marked[self.of_row[rows]] = True
        return marked

    def best_of_each(
        self, rows: Rows, scores: NDArray[Any], preferred: NDArray[np.bool_]
    ) -> NDArray[np.intp]:
        """Return for each group the position of its row with the highest score.

        Of several with the same score it is a preferred one, and of these the first of the catalog.

        Parameters
        ----------
        rows, scores
            Of the same shape; each row once.
        preferred
            Of all rows.
        """
        is_shared = self.is_shared[rows]
        shared = np.flatnonzero(is_shared)
        if not len(shared):
            return np.arange(len(rows))
        numbers, of_shared = self.of_row[rows[shared]], rows[shared]
        order = np.lexsort((of_shared, ~preferred[of_shared], -scores[shared], numbers))
        is_first = np.ones(len(order), np.bool_)
        is_first[1:] = np.diff(numbers[order]) != 0
        return np.concatenate([np.flatnonzero(~is_shared), shared[order[is_first]]])
