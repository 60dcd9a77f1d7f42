"""The space in which product types lie apart: fitted to the title vectors of a catalog."""

from collections.abc import Iterator, Mapping
from tempfile import TemporaryFile

import numpy as np
from numpy.typing import NDArray

from shangsou.engines.cosine_scale import SAME_SCALE, CosineScale
from shangsou.lexicon.product_types import TypeSpace
from shangsou.lexicon.type_words import HEAD_CHARACTERS
from shangsou.row_file import RowFile

# The covariance within types: of types with as many titles, that lie this close before whitening, of each as
# many as this; and the share of its trace that is added to its diagonal (ridge). Close is by the length of
# their mean, whose square is the mean cosine of two of them, in cosines of the default model.
_WITHIN_MIN_TITLES, _WITHIN_MIN_COHERENCE, _WITHIN_SAMPLE, _RIDGE = 8, 0.7, 24, 0.3
_STACKED_TYPES = 256
_CHUNK_ROWS = 4_096

Vectors = NDArray[np.float32]
TitleVectors = Vectors | RowFile
Rows = NDArray[np.int64]


def fit_space(
    vectors: TitleVectors, rows_of: Mapping[str, Rows], cosines: CosineScale = SAME_SCALE
) -> tuple[TypeSpace, bool]:
    """Return the space in which the covariance within types is the identity, and whether it is known.

    Of too few products it is not: then all directions count alike.

    Parameters
    ----------
    vectors
        The title vectors, shape (products, dimensions).
    rows_of
        The products whose titles name a type, by type.
    cosines
        The scale of the vectors' cosines. In the space itself no cut-off depends on it: there titles are
        compared by where they lie from the mean of the catalog, in units of the scatter within types.
    """
    dimensions = vectors.shape[1]
    covariance = np.zeros((dimensions, dimensions), np.float32)
    degrees = 0
    deviations: list[Vectors] = []
    rng = np.random.default_rng(0)

    def add_deviations() -> None:
        nonlocal covariance
        # One product of large matrices: of many small ones it takes eight times as long.
        stacked = np.concatenate(deviations)
        covariance += stacked.T @ stacked
        deviations.clear()

    for word, rows in rows_of.items():
        if len(rows) < _WITHIN_MIN_TITLES or word[-1] not in HEAD_CHARACTERS:
            continue
        titles = vectors[np.sort(rng.choice(rows, min(len(rows), _WITHIN_SAMPLE), replace=False))]
        mean = titles.mean(axis=0)
        if cosines.to_default(float(mean @ mean)) >= _WITHIN_MIN_COHERENCE**2:
            deviations.append(titles - mean)
            degrees += len(titles) - 1
            if len(deviations) == _STACKED_TYPES:
                add_deviations()
    if deviations:
        add_deviations()
    is_whitened = degrees >= dimensions
    if not is_whitened:
        covariance, degrees = np.eye(dimensions, dtype=np.float32), 1
    covariance /= degrees
    covariance += np.eye(dimensions, dtype=np.float32) * (_RIDGE * np.trace(covariance) / dimensions)
    projection = np.linalg.cholesky(np.linalg.inv(covariance)).astype(np.float32)
    total = np.zeros(dimensions, np.float64)
    for chunk in chunks(len(vectors)):
        total += vectors[chunk].sum(axis=0)
    space = TypeSpace(projection, (total / len(vectors)).astype(np.float32) @ projection)
    return space, is_whitened


def project_titles(vectors: TitleVectors, space: TypeSpace) -> RowFile:
    """Return all titles in the space, in a file of their own: 2 GB for a million products."""
    with TemporaryFile() as file:
        for chunk in chunks(len(vectors)):
            file.write(space.project(vectors[chunk]).data)
        file.flush()
        return RowFile(file, len(space.mean))


def sums_of_types(points: RowFile, rows_of: Mapping[str, Rows]) -> tuple[Vectors, Vectors]:
    """Return the sum of the titles of each type, and the dot product of each of its titles with it.

    The dot products are those of the first type, in the order of its rows, then those of the next.
    """
    sums = np.zeros((len(rows_of), points.shape[1]), np.float32)
    dots = []
    for number, rows in enumerate(rows_of.values()):
        if len(rows) <= _CHUNK_ROWS:
            # Most types: their titles are read once.
            titles = points[rows]
            sums[number] = titles.sum(axis=0)
            dots.append(titles @ sums[number])
        else:
            sums[number] = sum_of_rows(points, rows)
            dots += [points[rows[chunk]] @ sums[number] for chunk in chunks(len(rows))]
    return sums, np.concatenate([np.empty(0, np.float32), *dots])


def sum_of_rows(points: RowFile, rows: Rows) -> NDArray[np.float32]:
    """Return the sum of some titles, shape (dimensions,)."""
    total = np.zeros(points.shape[1], np.float32)
    for chunk in chunks(len(rows)):
        total += points[rows[chunk]].sum(axis=0)
    return total


def coherence(lengths: NDArray[np.float32], counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the root of the mean cosine of two different titles, from the length of their sum."""
    pairs = np.maximum(counts * (counts - 1), 1)
    mean_cosine = np.where(counts > 1, (lengths.astype(np.float64) ** 2 - counts) / pairs, 1.0)
    return np.sqrt(np.maximum(mean_cosine, 0))


def chunks(length: int, rows: int = _CHUNK_ROWS) -> Iterator[slice]:
    """Yield the rows of arrays in parts that fit in memory."""
    return (slice(start, start + rows) for start in range(0, length, rows))
