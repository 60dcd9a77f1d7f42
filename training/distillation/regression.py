"""Regression of the vectors of units on a teacher's vectors of texts."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array
    from tokenizers import Tokenizer

Matrix = NDArray[np.float32]
# A unit that is a thousandth of all weighs a half (Arora, Liang and Ma 2017 use 1e-3 to 1e-4).
_SIF = 1e-3


def sif_weights(counts: Sequence[int]) -> NDArray[np.float32]:
    """Return the weight of each unit, a / (a + its share of all) (Arora, Liang and Ma 2017)."""
    occurrences = np.asarray(counts, np.float64)
    shares = occurrences / max(1.0, occurrences.sum())
    weights: NDArray[np.float32] = (_SIF / (_SIF + shares)).astype(np.float32)
    return weights


def mean_matrix(tokenizer: "Tokenizer", texts: Sequence[str], weights: NDArray[np.float32]) -> "csr_array":
    """Return the matrix that takes vectors of units to weighted means of texts, shape (texts, units).

    The row of a text without a unit is empty.
    """
    from scipy.sparse import csr_array

    ids = [
        [unit for unit in encoding.ids if unit]
        for encoding in tokenizer.encode_batch(list(texts), add_special_tokens=False)
    ]
    starts = np.cumsum([0, *map(len, ids)])
    columns = np.array([unit for of_text in ids for unit in of_text], np.int64)
    rows = np.repeat(np.arange(len(ids)), np.diff(starts))
    values = weights[columns].astype(np.float32)
    totals = np.bincount(rows, values, len(ids))
    values /= totals[rows]
    return csr_array((values.astype(np.float32), columns, starts), shape=(len(ids), len(weights)))


def regress(means: "csr_array", targets: Matrix, initial: Matrix, *, ridge: float, rounds: int) -> Matrix:
    """Return vectors of units whose means come near the targets, and that stay near the initial ones.

    Minimizes |means V - targets|^2 + ridge |V - initial|^2 by conjugate gradients (Hestenes and Stiefel
    1952), each dimension by itself: a unit of few texts keeps what the teacher makes of it alone.

    Parameters
    ----------
    means
        Shape (texts, units).
    targets
        Shape (texts, dimensions).
    initial
        Shape (units, dimensions).
    """
    back = means.T.tocsr()
    change = np.zeros_like(initial)
    residual = back @ (targets - means @ initial)
    direction = residual.copy()
    squares = (residual**2).sum(axis=0)
    for _ in range(rounds):
        image = back @ (means @ direction) + ridge * direction
        step = squares / np.maximum((direction * image).sum(axis=0), 1e-30)
        change += step * direction
        residual -= step * image
        before, squares = squares, (residual**2).sum(axis=0)
        direction = residual + squares / np.maximum(before, 1e-30) * direction
    return initial + change


def principal_axes(vectors: Matrix, dimensions: int) -> Matrix:
    """Return the axes along which vectors differ most, shape (dimensions of the vectors, `dimensions`)."""
    _, axes = np.linalg.eigh(vectors.T @ vectors)
    return np.ascontiguousarray(axes[:, ::-1][:, :dimensions], np.float32)
