"""Memory-mapped arrays: loaded from disk when touched, shared by all processes."""

from pathlib import Path
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
