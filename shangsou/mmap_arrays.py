"""Memory-mapped arrays, loaded from disk when touched and shared by all processes, and their files."""

from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray


def load_npy_mmap(path: Path) -> NDArray[Any]:
    """Return the array of an .npy file as a plain array over the memory map.

    Slicing numpy's own memmap class costs ten times a plain slice.
    """
    return np.load(path, mmap_mode="r").view(np.ndarray)  # type: ignore[no-any-return]


def load_raw_mmap(path: Path, dtype: type[np.generic]) -> NDArray[Any]:
    """Return a raw file as a one-dimensional array, also an empty file, which cannot be mapped."""
    if path.stat().st_size == 0:
        return np.empty(0, dtype)
    return np.memmap(path, dtype, "r").view(np.ndarray)


class NpyWriter:
    """Writes an .npy file of one dimension part by part, as `numpy.save` writes the whole, to the byte."""

    def __init__(self, path: Path, dtype: type[np.generic]) -> None:
        self._dtype = np.dtype(dtype)
        self._length = 0
        self._file = path.open("wb")
        self._write_header()

    def __enter__(self) -> "NpyWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._file:
            if kind is None:
                self._file.seek(0)
                self._write_header()

    def append(self, part: NDArray[Any]) -> None:
        """Write the next part."""
        self._file.write(np.ascontiguousarray(part, self._dtype).data)
        self._length += len(part)

    def _write_header(self) -> None:
        # numpy leaves room for the length to grow.
        header = {"descr": self._dtype.str, "fortran_order": False, "shape": (self._length,)}
        np.lib.format.write_array_header_1_0(self._file, header)
