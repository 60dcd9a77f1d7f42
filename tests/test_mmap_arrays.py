"""Files of arrays."""

from pathlib import Path

import numpy as np
import pytest

from shangsou.mmap_arrays import NpyWriter


@pytest.mark.parametrize("parts", [[], [[]], [[1, 2], [], [3]], [list(range(100_000))] * 3])
def test_parts_give_the_bytes_that_numpy_saves_of_the_whole(tmp_path: Path, parts: list[list[int]]) -> None:
    with NpyWriter(tmp_path / "parts.npy", np.int32) as writer:
        for part in parts:
            writer.append(np.array(part, np.int64))
    whole = [number for part in parts for number in part]
    np.save(tmp_path / "whole.npy", np.array(whole, np.int32))
    assert (tmp_path / "parts.npy").read_bytes() == (tmp_path / "whole.npy").read_bytes()
