"""A column of texts coded as small numbers, of which a row has none, one or several."""

import json
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shangsou.mmap_arrays import load_npy_mmap

Rows = NDArray[np.integer[Any]]
_NONE = -1  # the code of a row without a value, where others have one


class CodedColumnBuilder:
    """Collects the values of a column, row by row."""

    def __init__(self) -> None:
        self._code_by_value: dict[str, int] = {}
        self._codes: list[int] = []
        self._counts: list[int] = []

    def add(self, values: Iterable[str]) -> None:
        """Add the values of a row, each once."""
        before = len(self._codes)
        self._codes += [self._code_by_value.setdefault(value, len(self._code_by_value)) for value in values]
        self._counts.append(len(self._codes) - before)

    def write(self, folder: Path, name: str, groups: NDArray[np.int32]) -> None:
        """Write the column; the codes are in the order of the values.

        Where variants share a value, all that have it get one number: so it is counted once for their group.
        """
        values = sorted(self._code_by_value)
        by_appearance = np.empty(len(values), np.int32)
        by_appearance[[self._code_by_value[value] for value in values]] = np.arange(len(values))
        entries = by_appearance[np.array(self._codes, np.intp)]
        rows = np.repeat(np.arange(len(self._counts)), self._counts)
        if max(self._counts, default=0) > 1:
            np.save(_path(folder, name, "starts"), np.cumsum([0, *self._counts], dtype=np.int64))
        else:
            one_a_row = np.full(len(self._counts), _NONE, np.int32)
            one_a_row[rows] = entries
            entries, rows = one_a_row, np.arange(len(one_a_row))
        np.save(_path(folder, name, "codes"), entries)
        if len(groups) and int(groups.max()) + 1 < len(groups):
            shared = groups[rows].astype(np.int64) * (len(values) + 1) + entries - _NONE
            distinct, numbers = np.unique(shared, return_inverse=True)
            np.save(_path(folder, name, "shared"), numbers.astype(np.int32))
            np.save(
                _path(folder, name, "shared_codes"), (distinct % (len(values) + 1) + _NONE).astype(np.int32)
            )
            np.save(_path(folder, name, "shared_groups"), (distinct // (len(values) + 1)).astype(np.int32))
        (folder / f"column.{name}.json").write_text(json.dumps(values, ensure_ascii=False), "utf-8")


class CodedColumn:
    """A column, opened for reading."""

    def __init__(self, folder: Path, name: str) -> None:
        def load(part: str) -> NDArray[Any] | None:
            path = _path(folder, name, part)
            return load_npy_mmap(path) if path.exists() else None

        self.values: list[str] = json.loads((folder / f"column.{name}.json").read_text("utf-8"))
        """Sorted; the position of a value is its code."""
        self._codes: NDArray[np.int32] = load_npy_mmap(_path(folder, name, "codes"))
        self._starts, self._shared = load("starts"), load("shared")
        self._shared_codes, self._shared_groups = load("shared_codes"), load("shared_groups")
        self._row_of_entry = (
            None
            if self._starts is None
            else np.repeat(np.arange(len(self._starts) - 1, dtype=np.int32), np.diff(self._starts))
        )

    def code(self, value: str) -> int | None:
        """Return the code of a value, None if no row has it."""
        code = bisect_left(self.values, value)
        return code if code < len(self.values) and self.values[code] == value else None

    def mask(self, accepts: Callable[[str], bool] | Sequence[str]) -> NDArray[np.bool_]:
        """Return which rows have one of the accepted values."""
        passes = np.zeros(len(self.values) + 1, np.bool_)  # the last one is that of -1
        if callable(accepts):
            passes[:-1] = [accepts(value) for value in self.values]
        else:
            passes[[code for value in accepts if (code := self.code(value)) is not None]] = True
        passing: NDArray[np.bool_] = passes[self._codes]
        if self._row_of_entry is None or self._starts is None:
            return passing
        mask = np.zeros(len(self._starts) - 1, np.bool_)
        mask[self._row_of_entry[passing]] = True
        return mask

    def counts(self, rows: Rows, variants: Rows) -> NDArray[np.int64]:
        """Return how many of these rows, and of the groups of these variants, have each value; (values,)."""
        codes = self._codes[self._entries(rows)]
        if len(variants):
            codes = np.concatenate([codes, self.group_values(variants)[1]])
        # Shifted by one, since bincount takes no negative numbers.
        return np.bincount(codes - _NONE, minlength=len(self.values) + 1)[1:]

    def group_values(self, rows: Rows) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return groups, ascending, and codes: the values that groups have by these rows, each once."""
        if self._shared is None or self._shared_codes is None or self._shared_groups is None:
            raise ValueError("there are no variants")
        found = np.zeros(len(self._shared_codes), np.bool_)
        found[self._shared[self._entries(rows)]] = True
        return self._shared_groups[found], self._shared_codes[found]

    def _entries(self, rows: Rows) -> Rows:
        """Return the positions of the codes of these rows."""
        if self._starts is None:
            return rows
        starts = self._starts[rows]
        lengths = self._starts[rows + 1] - starts
        # Each row's start, repeated, plus 0, 1, 2, … within the row.
        within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        entries: NDArray[np.int64] = np.repeat(starts, lengths) + within
        return entries


def _path(folder: Path, name: str, part: str) -> Path:
    return folder / f"column.{name}.{part}.npy"
