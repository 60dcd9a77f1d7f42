"""The int8 scan against exact cosines."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from shangsou.engines.embedded.vectors import Vectors, VectorsWriter

DIMENSIONS = 32


@pytest.fixture
def unit_vectors() -> NDArray[np.float32]:
    vectors = np.random.default_rng(7).standard_normal((500, DIMENSIONS)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


TIES = np.arange(1_000, dtype=np.int64)


def write(folder: Path, rows: list[int], vectors: NDArray[np.float32]) -> Vectors:
    writer = VectorsWriter(folder, "title_vector", DIMENSIONS)
    writer.add(rows, vectors)
    writer.finish()
    return Vectors(folder, "title_vector", DIMENSIONS)


def test_the_nearest_are_those_of_an_exact_search(tmp_path: Path, unit_vectors: NDArray[np.float32]) -> None:
    vectors = write(tmp_path, list(range(500)), unit_vectors)
    for query in unit_vectors[:20]:
        rows, cosines = vectors.search(query, 10, None, TIES)
        exact = np.argsort(-(unit_vectors @ query), kind="stable")[:10]
        assert rows.tolist() == exact.tolist()
        assert cosines == pytest.approx(np.sort(unit_vectors @ query)[::-1][:10], abs=1e-6)


def test_only_allowed_rows_come_back_and_all_of_them_if_need_be(
    tmp_path: Path, unit_vectors: NDArray[np.float32]
) -> None:
    vectors = write(tmp_path, list(range(500)), unit_vectors)
    allowed = np.zeros(500, np.bool_)
    allowed[[3, 77, 499]] = True
    rows, _ = vectors.search(unit_vectors[0], 10, allowed, TIES)
    assert sorted(rows.tolist()) == [3, 77, 499]


def test_rows_are_those_of_the_documents_not_of_the_vectors(
    tmp_path: Path, unit_vectors: NDArray[np.float32]
) -> None:
    vectors = write(tmp_path, [5, 9], unit_vectors[:2])
    allowed = np.ones(10, np.bool_)
    allowed[5] = False
    assert vectors.search(unit_vectors[0], 10, None, TIES)[0].tolist() == [5, 9]
    assert vectors.search(unit_vectors[0], 10, allowed, TIES)[0].tolist() == [9]


def test_equal_vectors_come_in_catalog_order(tmp_path: Path, unit_vectors: NDArray[np.float32]) -> None:
    vectors = write(tmp_path, list(range(50)), np.repeat(unit_vectors[:1], 50, axis=0))
    assert vectors.search(unit_vectors[0], 5, None, TIES)[0].tolist() == [0, 1, 2, 3, 4]


def test_without_vectors_nothing_is_near(tmp_path: Path, unit_vectors: NDArray[np.float32]) -> None:
    writer = VectorsWriter(tmp_path, "title_vector", DIMENSIONS)
    writer.finish()
    rows, cosines = Vectors(tmp_path, "title_vector", DIMENSIONS).search(unit_vectors[0], 5, None, TIES)
    assert (len(rows), len(cosines)) == (0, 0)


def test_vectors_of_another_width_are_refused(tmp_path: Path) -> None:
    writer = VectorsWriter(tmp_path, "title_vector", DIMENSIONS)
    with pytest.raises(ValueError, match=r"\(1, 31\) is not \(1, 32\)"):
        writer.add([0], np.ones((1, 31), np.float32))
    writer.close()
