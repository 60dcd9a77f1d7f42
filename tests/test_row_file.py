"""Rows that are read from a file as those of an array are."""

from pathlib import Path

import numpy as np
import pytest

from shangsou.row_file import RowFile

ROWS = np.arange(60, dtype=np.float32).reshape(20, 3)


@pytest.fixture
def rows(tmp_path: Path) -> RowFile:
    path = tmp_path / "rows.f32"
    path.write_bytes(ROWS.tobytes())
    with path.open("rb") as file:
        return RowFile(file, 3)


@pytest.mark.parametrize(
    "chosen", [slice(None), slice(4, 9), slice(18, 30), slice(30, 40), slice(0, 20, 7), slice(None, None, -1)]
)
def test_a_slice_is_that_of_the_array(rows: RowFile, chosen: slice) -> None:
    np.testing.assert_array_equal(rows[chosen], ROWS[chosen])


@pytest.mark.parametrize("chosen", [[], [3], [19, 0, 7, 7]])
def test_rows_by_number_are_those_of_the_array(rows: RowFile, chosen: list[int]) -> None:
    np.testing.assert_array_equal(rows[np.array(chosen, np.int64)], ROWS[np.array(chosen, np.int64)])


def test_a_file_that_is_cut_off_meanwhile_is_no_row_of_what_memory_holds(tmp_path: Path) -> None:
    path = tmp_path / "rows.f32"
    path.write_bytes(ROWS.tobytes())
    with path.open("r+b") as file:
        rows = RowFile(file, 3)
        file.truncate(120)
    for chosen in (slice(0, 20), np.array([19], np.int64)):
        with pytest.raises(OSError, match="Input/output error"):
            rows[chosen]


def test_an_empty_file_has_no_rows(tmp_path: Path) -> None:
    (tmp_path / "rows.f32").touch()
    with (tmp_path / "rows.f32").open("rb") as file:
        rows = RowFile(file, 3)
    assert (len(rows), rows.shape) == (0, (0, 3))
    assert rows[slice(0, 4)].shape == (0, 3)
