"""Checkpoints hold the whole state, and are written whole or not at all."""

import io
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from shangsou.errors import TrainingFailed
from tests.fixtures.full_disk import full_disk
from training.encoder.checkpoints import Checkpoint, last_checkpoint, read_checkpoint, save_checkpoint

pytestmark = pytest.mark.skipif(find_spec("torch") is None, reason="training needs the extra [torch]")


def checkpoint(step: int) -> Checkpoint:
    import torch

    return Checkpoint(step, {"weight": torch.ones(1000)}, {}, step, 0.5, 0.4, 0.3, 0.02, 1)


def steps(folder: Path) -> list[int]:
    return sorted(int(path.stem.removeprefix("step-")) for path in folder.iterdir())


def test_the_last_ones_and_the_best_are_kept(tmp_path: Path):
    for step in (10, 20, 30, 40, 50):
        save_checkpoint(tmp_path, checkpoint(step), step=step, keep=2, best_step=min(step, 20))
    assert steps(tmp_path) == [20, 40, 50]


def test_it_is_read_as_it_was_saved(tmp_path: Path):
    import torch

    saved = checkpoint(10)
    save_checkpoint(tmp_path, saved, step=10, keep=1)
    read = last_checkpoint(tmp_path, Checkpoint)
    assert read is not None
    assert torch.equal(read.weights["weight"], saved.weights["weight"])
    assert replace(read, weights={}) == replace(saved, weights={})


def test_a_disk_that_fills_at_a_checkpoint_loses_none_before_it(tmp_path: Path):
    save_checkpoint(tmp_path, checkpoint(10), step=10, keep=1)
    with (
        full_disk(1000),
        pytest.raises(TrainingFailed, match=r"step 20 was not written, the one of step 10 is kept: .*full"),
    ):
        save_checkpoint(tmp_path, checkpoint(20), step=20, keep=1)
    assert steps(tmp_path) == [10]
    found = last_checkpoint(tmp_path, Checkpoint)
    assert found is not None
    assert found.step == 10


def test_a_disk_that_is_full_at_the_first_says_so(tmp_path: Path):
    with full_disk(1000), pytest.raises(TrainingFailed, match="there is none before it"):
        save_checkpoint(tmp_path / "new", checkpoint(10), step=10, keep=1)


class SmallMemory(io.BytesIO):
    """Takes so many bytes and no more."""

    def write(self, data: object) -> int:
        if self.tell() + memoryview(data).nbytes > 1000:  # type: ignore[arg-type]
            raise MemoryError
        return super().write(data)  # type: ignore[arg-type]


def test_memory_that_runs_out_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(io, "BytesIO", SmallMemory)
    with pytest.raises(MemoryError, match="step 10 does not fit"):
        save_checkpoint(tmp_path, checkpoint(10), step=10, keep=1)
    assert steps(tmp_path) == []


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"not at all"])
def test_a_damaged_one_is_named_with_the_way_out(tmp_path: Path, content: bytes):
    (tmp_path / "step-00000010.pt").write_bytes(content)
    with pytest.raises(TrainingFailed, match=r"step-00000010\.pt cannot be read: .+; remove it"):
        read_checkpoint(tmp_path, 10, Checkpoint)


def test_where_there_is_none_training_begins(tmp_path: Path):
    assert last_checkpoint(tmp_path, Checkpoint) is None
