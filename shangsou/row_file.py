"""Rows of numbers in a file, of which none are in memory but those asked for."""

import errno
import os
from typing import IO
from weakref import finalize

import numpy as np
from numpy.typing import NDArray


class RowFile:
    """The rows of a file of `float32`, read as those of an array are.

    Pages of a file that is mapped count as memory of the process: a pass over the vectors of a million
    products would hold 2 GB. To map it and give the pages back now and then takes as long as to read it.

    Parameters
    ----------
    file
        Of the operating system, open for reading and with all written; it may be closed afterwards.
    dimensions
        Numbers in a row.
    """

    def __init__(self, file: IO[bytes], dimensions: int) -> None:
        self._descriptor = os.dup(file.fileno())
        finalize(self, os.close, self._descriptor)
        self._row_bytes = np.dtype(np.float32).itemsize * dimensions
        self.shape = (os.fstat(self._descriptor).st_size // self._row_bytes, dimensions)

    def __len__(self) -> int:
        """Return the number of rows."""
        return self.shape[0]

    def __getitem__(self, rows: slice | NDArray[np.int64]) -> NDArray[np.float32]:
        """Return some rows, shape (rows, dimensions)."""
        numbers = range(len(self))[rows] if isinstance(rows, slice) else rows.tolist()
        read = np.empty((len(numbers), self.shape[1]), np.float32)
        buffer = read.reshape(-1).view(np.uint8).data
        if isinstance(numbers, range) and numbers.step == 1:
            if len(numbers):
                self._read(buffer, numbers.start)
            return read
        for place, number in enumerate(numbers):
            self._read(buffer[place * self._row_bytes : (place + 1) * self._row_bytes], number)
        return read

    def _read(self, buffer: memoryview, row: int) -> None:
        """Fill a buffer from a row on; raises `OSError` where the file is shorter than it was."""
        if os.preadv(self._descriptor, [buffer], row * self._row_bytes) != buffer.nbytes:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
