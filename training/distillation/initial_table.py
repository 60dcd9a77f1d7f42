"""Where the vectors and weights of units begin: what the teacher makes of each unit alone."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
# A unit that is a thousandth of all weighs a half (Arora, Liang and Ma 2017 use 1e-3 to 1e-4).
_SIF = 1e-3


def sif_weights(counts: Sequence[int]) -> NDArray[np.float32]:
    """Return the weight of each unit, a / (a + its share of all) (Arora, Liang and Ma 2017)."""
    occurrences = np.asarray(counts, np.float64)
    shares = occurrences / max(1.0, occurrences.sum())
    weights: NDArray[np.float32] = (_SIF / (_SIF + shares)).astype(np.float32)
    return weights


def initial_vectors(
    of_units: NDArray[np.floating], of_titles: NDArray[np.floating], dimensions: int
) -> Matrix:
    """Return vectors of units on the axes along which titles differ most, the mean of the units taken out.

    What all units have in common tells no text from another: without it the mean nDCG@10 is higher
    (docs/training.md).

    Parameters
    ----------
    of_units, of_titles
        The teacher's; shapes (units, its dimensions), (titles, its dimensions).
    dimensions
        How many axes, at most those of the teacher.
    """
    titles = of_titles.astype(np.float32)
    axes = principal_axes(titles - titles.mean(axis=0), dimensions)
    units = of_units.astype(np.float32)
    vectors: Matrix = (units - units.mean(axis=0)) @ axes
    return vectors


def principal_axes(vectors: Matrix, dimensions: int) -> Matrix:
    """Return the axes along which vectors differ most, shape (dimensions of the vectors, `dimensions`)."""
    _, axes = np.linalg.eigh(vectors.T @ vectors)
    return np.ascontiguousarray(axes[:, ::-1][:, :dimensions], np.float32)
