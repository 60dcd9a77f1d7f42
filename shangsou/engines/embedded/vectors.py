"""Vectors of one field: an exact int8 scan by faiss, scored again in float32."""

from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from shangsou.engines.embedded.mapped import read_mapped
from shangsou.engines.query import Vector

# The scan hands over twice as many as asked for, so that int8 rounding cannot push one of the best
# out before the float32 score is taken.
_OVERFETCH = 2
# Rows quantised at a time: 16,384 x 512 float32 are 32 MB.
_CHUNK_ROWS = 16_384


class VectorsWriter:
    """Appends vectors to a folder as they come."""

    def __init__(self, folder: Path, field: str, dimensions: int) -> None:
        self._folder, self._field, self._dimensions = folder, field, dimensions
        self._file: BinaryIO = (folder / f"{field}.f32").open("wb")
        self._rows: list[int] = []
        self._largest = 0.0

    def add(self, rows: list[int], vectors: NDArray[np.float32]) -> None:
        """Append vectors, shape (len(rows), dimensions), for these rows. Rows ascend."""
        if vectors.shape != (len(rows), self._dimensions):
            raise ValueError(f"{self._field}: {vectors.shape} is not ({len(rows)}, {self._dimensions})")
        self._file.write(np.ascontiguousarray(vectors, np.float32).tobytes())
        self._rows.extend(rows)
        self._largest = max(self._largest, float(np.abs(vectors).max(initial=0.0)))

    def finish(self) -> None:
        """Write the int8 copy that is scanned."""
        import faiss

        self._file.close()
        np.save(self._folder / f"{self._field}.rows.npy", np.array(self._rows, np.int32))
        index = faiss.IndexScalarQuantizer(
            self._dimensions, faiss.ScalarQuantizer.QT_8bit_direct_signed, faiss.METRIC_INNER_PRODUCT
        )
        vectors = _read_vectors(self._folder, self._field, self._dimensions)
        # One scale for all, so that inner products keep their order.
        scale = 127 / self._largest if self._largest else 1.0
        for start in range(0, len(vectors), _CHUNK_ROWS):
            index.add(np.rint(vectors[start : start + _CHUNK_ROWS] * scale).astype(np.float32))
        faiss.write_index(index, str(self._folder / f"{self._field}.faiss"))

    def close(self) -> None:
        """Close the file; `finish` does so too."""
        self._file.close()


class Vectors:
    """Vectors of one field, opened for searching by many threads."""

    def __init__(self, folder: Path, field: str, dimensions: int) -> None:
        import faiss

        # One thread a search: searches run beside each other, and OpenMP's pool costs more than it gives.
        faiss.omp_set_num_threads(1)
        self._faiss: Any = faiss
        self._vectors = _read_vectors(folder, field, dimensions)
        self._rows: NDArray[np.int32] = np.load(folder / f"{field}.rows.npy")
        self._index: Any = faiss.read_index(str(folder / f"{field}.faiss"), faiss.IO_FLAG_MMAP_IFC)

    def search(
        self, vector: Vector, k: int, allowed: NDArray[np.bool_] | None
    ) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Return rows and cosines of the k nearest, best first, ties by row.

        Parameters
        ----------
        vector
            Shape (dimensions,), of length 1.
        k
            How many; fewer come back where fewer are allowed.
        allowed
            Shape (documents,); None allows all.
        """
        if not len(self._rows):
            return self._rows, np.empty(0, np.float32)
        parameters = None
        if allowed is not None:
            # Kept in a variable: faiss does not own the memory of the bitmap.
            bits = np.packbits(allowed[self._rows], bitorder="little")
            selector = self._faiss.IDSelectorBitmap(len(self._rows), self._faiss.swig_ptr(bits))
            parameters = self._faiss.SearchParameters(sel=selector)
        depth = min(_OVERFETCH * k, len(self._rows))
        # faiss rounds the query to int8 as well, so it is scaled as the vectors were.
        query = vector[None].astype(np.float32) * (127 / float(np.abs(vector).max()))
        _, places = self._index.search(query, depth, params=parameters)
        near = np.sort(places[0][places[0] >= 0])
        cosines = np.clip(self._vectors[near] @ vector.astype(np.float32), -1, 1)
        best = np.argsort(-cosines, kind="stable")[:k]
        return self._rows[near[best]], cosines[best]


def _read_vectors(folder: Path, field: str, dimensions: int) -> NDArray[np.float32]:
    return read_mapped(folder / f"{field}.f32", np.float32).reshape(-1, dimensions)
