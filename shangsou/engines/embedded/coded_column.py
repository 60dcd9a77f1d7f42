"""A column of texts coded as small numbers, of which a row has none, one or several."""

import json
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from shangsou.mmap_arrays import load_npy_mmap

Rows = NDArray[np.integer[Any]]
_NONE = -1  # the code of a row without a value, where others have one


class SharedValues(NamedTuple):
    """The values that groups of variants have: all variants that have one get its number."""

    numbers: NDArray[np.int32]
    """Of each entry."""
    codes: NDArray[np.int32]
    """Of each number."""
    groups: NDArray[np.int32]
    """Of each number, ascending."""


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

    def column(self, groups: NDArray[np.int32]) -> "CodedColumn":
        """Return the column of the rows that were added; the codes are in the order of the values."""
        values = sorted(self._code_by_value)
        by_appearance = np.empty(len(values), np.int32)
        by_appearance[[self._code_by_value[value] for value in values]] = np.arange(len(values))
        entries = by_appearance[np.array(self._codes, np.intp)]
        starts = np.cumsum([0, *self._counts], dtype=np.int64)
        if max(self._counts, default=0) <= 1:
            return CodedColumn(values, _one_a_row(entries, starts), None, groups)
        return CodedColumn(values, entries, starts, groups)


class CodedColumn:
    """The values of some rows.

    Parameters
    ----------
    values
        Sorted; the position of a value is its code.
    codes
        Of all rows, one behind the other; without `starts` one of each row, -1 where it has none.
    starts
        Where the codes of each row begin, shape (rows + 1,).
    groups
        The group of each row.
    shared
        What `groups` share, where it is known already.
    """

    def __init__(
        self,
        values: list[str],
        codes: NDArray[np.int32],
        starts: NDArray[np.int64] | None,
        groups: NDArray[np.int32],
        shared: SharedValues | None = None,
    ) -> None:
        self.values = values
        self._codes, self._starts, self._groups = codes, starts, groups
        self._rows = len(codes) if starts is None else len(starts) - 1
        self._row_of_entry = (
            None if starts is None else np.repeat(np.arange(self._rows, dtype=np.int32), np.diff(starts))
        )
        self._shared = shared

    def write(self, folder: Path, name: str) -> None:
        """Write the column into a folder."""
        np.save(_path(folder, name, "codes"), self._codes)
        if self._starts is not None:
            np.save(_path(folder, name, "starts"), self._starts)
        if len(self._groups) and int(self._groups.max()) + 1 < len(self._groups):
            for part, numbers in self._shared_values()._asdict().items():
                np.save(_path(folder, name, f"shared_{part}"), numbers)
        (folder / f"column.{name}.json").write_text(json.dumps(self.values, ensure_ascii=False), "utf-8")

    def changed(self, added: "CodedColumn", groups: NDArray[np.int32]) -> "CodedColumn":
        """Return the column with further rows, those of another column, and the groups of all rows."""
        if added._rows == 0:
            return CodedColumn(self.values, self._codes, self._starts, groups)
        values = sorted({*self.values, *added.values})
        parts = [column._recoded(values) for column in (self, added)]
        if self._starts is None and added._starts is None:
            return CodedColumn(values, np.concatenate(parts), None, groups)
        entries = [codes[codes != _NONE] for codes in parts]
        lengths = [column._lengths() for column in (self, added)]
        starts = np.concatenate([[0], np.cumsum(np.concatenate(lengths))])
        return CodedColumn(values, np.concatenate(entries), starts, groups)

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
        if self._row_of_entry is None:
            return passing
        mask = np.zeros(self._rows, np.bool_)
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
        shared = self._shared_values()
        found = np.zeros(len(shared.codes), np.bool_)
        found[shared.numbers[self._entries(rows)]] = True
        return shared.groups[found], shared.codes[found]

    def _shared_values(self) -> SharedValues:
        """Return the values of groups; numbered once, so that each is counted once for its group."""
        if self._shared is None:
            rows = np.arange(self._rows) if self._row_of_entry is None else self._row_of_entry
            base = len(self.values) + 1
            shared = self._groups[rows].astype(np.int64) * base + self._codes - _NONE
            distinct, numbers = np.unique(shared, return_inverse=True)
            self._shared = SharedValues(
                numbers.astype(np.int32),
                (distinct % base + _NONE).astype(np.int32),
                (distinct // base).astype(np.int32),
            )
        return self._shared

    def _recoded(self, values: Sequence[str]) -> NDArray[np.int32]:
        """Return the codes by other sorted values, which hold all of these."""
        code_by_value = {value: code for code, value in enumerate(values)}
        new_codes = np.array([*map(code_by_value.__getitem__, self.values), _NONE], np.int32)
        return new_codes[self._codes]

    def _lengths(self) -> NDArray[np.int64]:
        return (self._codes != _NONE).astype(np.int64) if self._starts is None else np.diff(self._starts)

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


def open_coded_column(folder: Path, name: str, groups: NDArray[np.int32]) -> CodedColumn:
    """Return the column in a folder."""

    def load(part: str) -> NDArray[Any] | None:
        path = _path(folder, name, part)
        return load_npy_mmap(path) if path.exists() else None

    shared = [part for field in SharedValues._fields if (part := load(f"shared_{field}")) is not None]
    return CodedColumn(
        json.loads((folder / f"column.{name}.json").read_text("utf-8")),
        load_npy_mmap(_path(folder, name, "codes")),
        load("starts"),
        groups,
        SharedValues(*shared) if shared else None,
    )


def _one_a_row(entries: NDArray[np.int32], starts: NDArray[np.int64]) -> NDArray[np.int32]:
    codes = np.full(len(starts) - 1, _NONE, np.int32)
    codes[np.flatnonzero(np.diff(starts))] = entries
    return codes


def _path(folder: Path, name: str, part: str) -> Path:
    return folder / f"column.{name}.{part}.npy"
