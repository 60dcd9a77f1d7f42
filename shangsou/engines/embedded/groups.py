"""Groups of variants by row: what stands for a group, and how many groups some rows are of."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shangsou.mmap_arrays import load_npy_mmap
from shangsou.product import Product

Rows = NDArray[np.integer[Any]]


def write_groups(folder: Path, group_ids: Sequence[str]) -> NDArray[np.int32]:
    """Write the groups of all rows into a folder, and return their numbers."""
    numbers, number_by_id = _number_groups(group_ids)
    np.save(folder / "column.groups.npy", numbers)
    (folder / "column.groups.json").write_text(json.dumps(number_by_id, ensure_ascii=False), "utf-8")
    return numbers


def open_groups(folder: Path, ties: NDArray[np.int64]) -> "Groups":
    """Return the groups in a folder; `ties` tell which of equals comes first."""
    number_by_id = json.loads((folder / "column.groups.json").read_text("utf-8"))
    return Groups(load_npy_mmap(folder / "column.groups.npy"), number_by_id, ties)


class Groups:
    """The groups of some rows.

    Parameters
    ----------
    of_row
        The number of the group of each row, shape (rows,).
    number_by_id
        The numbers of the groups with an id.
    ties
        Of each row, shape (rows,): of equals the lowest comes first.
    """

    def __init__(
        self, of_row: NDArray[np.int32], number_by_id: Mapping[str, int], ties: NDArray[np.int64]
    ) -> None:
        self.of_row = of_row
        self._number_by_id = number_by_id
        self._ties = ties
        self.count = int(of_row.max()) + 1 if len(of_row) else 0
        """Above the number of every group; of changed groups not every number is one."""
        self.is_shared: NDArray[np.bool_] = np.bincount(of_row, minlength=1)[of_row] > 1
        """Which rows have other variants."""
        self.has_variants = bool(self.is_shared.any())
        # The rows of one group behind those of another: a page asks for the variants of each of its hits.
        self._by_group = np.argsort(of_row, kind="stable")
        self._starts = np.searchsorted(of_row, np.arange(self.count + 1), sorter=self._by_group)

    def changed(self, removed: Iterable[int], added: Sequence[Product], ties: NDArray[np.int64]) -> "Groups":
        """Return the groups without some rows, which are then groups of their own, and with further ones."""
        of_row = np.concatenate([self.of_row, np.zeros(len(added), np.int32)])
        number_by_id = dict(self._number_by_id)
        count = self.count
        others = [(row, "") for row in removed]
        others += [(row, product.group_id) for row, product in enumerate(added, len(self.of_row))]
        for row, group_id in others:
            number = number_by_id.get(group_id, count) if group_id else count
            if group_id:
                number_by_id[group_id] = number
            count += number == count
            of_row[row] = number
        return Groups(of_row, number_by_id, ties)

    def variants(self, row: int) -> Rows:
        """Return the rows of the group of a row, itself among them, in the order of their ids."""
        number = self.of_row[row]
        rows: Rows = self._by_group[self._starts[number] : self._starts[number + 1]]
        return rows[np.argsort(self._ties[rows])]

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

        Of several with the same score it is a preferred one, and of these the one with the first id.

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
        of_shared = rows[shared]
        numbers = self.of_row[of_shared]
        order = np.lexsort((self._ties[of_shared], ~preferred[of_shared], -scores[shared], numbers))
        is_first = np.ones(len(order), np.bool_)
        is_first[1:] = np.diff(numbers[order]) != 0
        return np.concatenate([np.flatnonzero(~is_shared), shared[order[is_first]]])


def _number_groups(group_ids: Sequence[str]) -> tuple[NDArray[np.int32], dict[str, int]]:
    number_by_id: dict[str, int] = {}
    numbers: list[int] = []
    count = 0
    for group_id in group_ids:
        number = number_by_id.get(group_id, count) if group_id else count
        if group_id:
            number_by_id[group_id] = number
        count += number == count
        numbers.append(number)
    return np.array(numbers, np.int32), number_by_id
