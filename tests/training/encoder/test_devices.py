"""Messages where the device fails."""

from importlib.util import find_spec

import pytest

from shangsou.errors import TrainingFailed
from training.encoder import devices
from training.encoder.devices import choose_precision, explain_failure, open_device
from training.encoder.options import PrecisionName, Resources

pytestmark = pytest.mark.skipif(find_spec("torch") is None, reason="training needs the extra [torch]")


@pytest.mark.parametrize(
    ("problem", "mini_batch", "batch_size", "advice"),
    [
        (MemoryError(), 64, 256, "--mini-batch 32"),
        # A batch of fewer pairs than fit is what ran out.
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), 64, 16, "--mini-batch 8"),
        (RuntimeError("could not create a primitive"), 64, 64, "--mini-batch 32"),
        (
            RuntimeError("[enforce fail] not enough memory: you tried to allocate 9 bytes"),
            1,
            16,
            "smaller base",
        ),
    ],
)
def test_memory_that_runs_out_names_the_batch_to_try(
    problem: Exception, mini_batch: int, batch_size: int, advice: str
):
    failure = explain_failure(problem, Resources(mini_batch=mini_batch), batch_size, "cpu")
    assert failure is not None
    assert advice in str(failure)


def test_memory_of_a_gpu_that_others_hold_is_reported(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(devices, "_used_by_others", lambda: 20.0)
    failure = explain_failure(RuntimeError("CUDA out of memory"), Resources(), 64, "cuda")
    assert "--mini-batch 32" in str(failure)
    assert "Other programs hold 20 GiB" in str(failure)
    assert "--device cpu" in str(failure)


def test_a_gpu_that_is_busy_says_how_to_go_on(monkeypatch: pytest.MonkeyPatch):
    import torch

    def refuse(*_args, **_options):
        raise RuntimeError("CUDA error: all CUDA-capable devices are busy or unavailable\nmore")

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch, "zeros", refuse)
    with pytest.raises(TrainingFailed, match=r"busy or unavailable; wait .* --device cpu"):
        open_device("auto")


def test_a_gpu_that_is_not_there_is_not_silently_replaced(monkeypatch: pytest.MonkeyPatch):
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert open_device("auto") == "cpu"
    with pytest.raises(TrainingFailed, match="no GPU here"):
        open_device("cuda")


def test_what_is_not_of_the_device_is_left_alone():
    assert explain_failure(RuntimeError("shapes cannot be multiplied"), Resources(), 64, "cuda") is None


@pytest.mark.parametrize(
    ("setting", "device", "flags", "precision"),
    [
        ("auto", "cpu", {"avx512f", "avx512_bf16"}, "bfloat16"),
        ("auto", "cpu", {"avx2"}, "float32"),
        ("auto", "cuda", {"avx512_bf16"}, "float32"),
        ("bfloat16", "cpu", {"avx2"}, "bfloat16"),
        ("float32", "cpu", {"avx512_bf16"}, "float32"),
    ],
)
def test_activations_are_short_where_the_processor_multiplies_such(
    setting: PrecisionName, device: str, flags: set[str], precision: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(devices, "processor_flags", lambda: frozenset(flags))
    assert choose_precision(setting, device) == precision
