"""Product types by row: the rows of each type, and the main type of each row."""

import json
from collections.abc import Sequence
from copy import copy
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from shangsou.mmap_arrays import load_npy_mmap

_NO_TYPE = -1


def write_types(folder: Path, types: Sequence[Sequence[str]], rows: int) -> None:
    """Write the types of each row, the main one first, into a folder; an empty list stands for no types."""
    of_rows = types or [()] * rows
    if len(of_rows) != rows:
        raise ValueError(f"{len(of_rows)} lists of types for {rows} products")
    names = sorted({name for row_types in of_rows for name in row_types})
    code_by_name = {name: code for code, name in enumerate(names)}
    codes = np.array([code_by_name[name] for row_types in of_rows for name in row_types], np.int32)
    typed_rows = np.repeat(np.arange(rows, dtype=np.int32), [len(row_types) for row_types in of_rows])
    by_type = np.argsort(codes, kind="stable")
    main = [code_by_name[row_types[0]] if row_types else _NO_TYPE for row_types in of_rows]
    np.save(folder / "types.rows.npy", typed_rows[by_type])
    np.save(folder / "types.starts.npy", np.searchsorted(codes[by_type], np.arange(len(names) + 1)))
    np.save(folder / "types.main.npy", np.array(main, np.int32))
    (folder / "types.json").write_text(json.dumps(names, ensure_ascii=False), "utf-8")


class Types:
    """The product types, opened for reading."""

    def __init__(self, folder: Path) -> None:
        self.names: list[str] = json.loads((folder / "types.json").read_text("utf-8"))
        self.main: NDArray[np.int32] = load_npy_mmap(folder / "types.main.npy")
        self._code_by_name = {name: code for code, name in enumerate(self.names)}
        self._rows: NDArray[np.int32] = load_npy_mmap(folder / "types.rows.npy")
        self._starts: NDArray[np.int64] = load_npy_mmap(folder / "types.starts.npy")
        self._further: dict[int, tuple[int, ...]] = {}

    def with_rows(self, types: Sequence[Sequence[str]]) -> Self:
        """Return the types with those of further rows, the main one of each first."""
        if not types:
            return self
        changed = copy(self)
        changed.names, changed._code_by_name = list(self.names), self._code_by_name.copy()
        changed._further = self._further.copy()
        main = []
        for row, of_row in enumerate(types, len(self.main)):
            for name in of_row:
                if name not in changed._code_by_name:
                    changed._code_by_name[name] = len(changed.names)
                    changed.names.append(name)
                code = changed._code_by_name[name]
                changed._further[code] = (*changed._further.get(code, ()), row)
            main.append(changed._code_by_name[of_row[0]] if of_row else _NO_TYPE)
        changed.main = np.concatenate([self.main, np.array(main, np.int32)])
        return changed

    def of_rows(self, rows: Sequence[int]) -> list[tuple[str, ...]]:
        """Return the types of each of these different rows, the main one first."""
        codes: dict[int, list[int]] = {row: [] for row in rows}
        positions = np.flatnonzero(np.isin(self._rows, np.array(rows, np.int32)))
        held = np.searchsorted(self._starts, positions, side="right") - 1
        for row, code in zip(self._rows[positions].tolist(), held.tolist(), strict=True):
            codes[row].append(code)
        for code, further in self._further.items():
            for row in codes.keys() & set(further):
                codes[row].append(code)
        return [self._with_main_first(row, of_row) for row, of_row in codes.items()]

    def _with_main_first(self, row: int, codes: Sequence[int]) -> tuple[str, ...]:
        main = self.main[row]
        return tuple(self.names[code] for code in sorted(codes, key=lambda code: bool(code != main)))

    def mask(self, names: Sequence[str]) -> NDArray[np.bool_]:
        """Return which rows are of any of these types."""
        mask = np.zeros(len(self.main), np.bool_)
        for name in names:
            code = self._code_by_name.get(name)
            if code is None:
                continue
            if code < len(self._starts) - 1:
                mask[self._rows[self._starts[code] : self._starts[code + 1]]] = True
            if further := self._further.get(code):
                mask[list(further)] = True
        return mask
