"""The device that torch computes on, and what to do when it cannot."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from importlib.metadata import version
from typing import Any, cast

from shangsou.encoding.precision import processor_flags
from shangsou.errors import TrainingFailed
from training.encoder.options import DeviceName, PrecisionName, Resources
from training.encoder.run_folder import PARAMETERS, RunFolder

# The last is what oneDNN says, which computes on CPUs, where it gets no memory below `ulimit -v`.
_OUT_OF_MEMORY = (
    "out of memory",
    "can't allocate memory",
    "not enough memory",
    "ALLOC_FAILED",
    "could not create a primitive",
)
_GIBIBYTE = 2**30
# Instructions that multiply bfloat16; without them it is computed by float32, slower than that.
_BFLOAT16 = {"avx512_bf16", "amx_bf16"}


def open_device(name: DeviceName) -> str:
    """Return the device to train on: a GPU where there is one, unless the CPU is asked for.

    Raises `TrainingFailed` where a GPU is asked for and there is none, or it does not let us in.
    """
    import torch

    if name == "cpu" or (name == "auto" and not torch.cuda.is_available()):
        return "cpu"
    try:
        if not torch.cuda.is_available():
            raise TrainingFailed("torch finds no GPU here; leave out --device, or use --device cpu")
        torch.zeros(1, device="cuda")
    except RuntimeError as problem:
        raise TrainingFailed(_busy(problem)) from problem
    return "cuda"


def precision_of_run(name: PrecisionName, device: str, run: RunFolder) -> PrecisionName:
    """Return the precision of the activations: that of a run that goes on, on whatever device."""
    begun = run.read(PARAMETERS)
    if name == "auto" and begun is not None:
        return cast("PrecisionName", begun["precision"])
    return choose_precision(name, device)


def choose_precision(name: PrecisionName, device: str) -> PrecisionName:
    """Return the precision of the activations; `auto` is bfloat16 on a CPU that computes it itself."""
    if name != "auto":
        return name
    # What was measured are CPUs.
    return "bfloat16" if device == "cpu" and _BFLOAT16 & processor_flags() else "float32"


@contextmanager
def guarded_training(
    run: RunFolder, resources: Resources, batch_size: int, device: str, log: Callable[[str], None]
) -> Iterator[None]:
    """Note that a run is trained, and advise on memory: after a kill, or where the device says so.

    Within `run.locked()`. Raises `TrainingFailed`.
    """
    size = at_a_time(resources, batch_size)
    with run.training(size) as killed, explained_failures(resources, batch_size, device):
        # What was killed with one at a time, or with more than are taken now, needs no advice.
        if killed is not None and 1 < killed <= size:
            log(
                "the process before was killed. If its memory ran out, stop this one and run it with "
                f"--mini-batch {killed // 2}"
            )
        yield


@contextmanager
def explained_failures(resources: Resources, batch_size: int, device: str) -> Iterator[None]:
    """Turn failures of the device into `TrainingFailed`, with the way out."""
    try:
        yield
    except (RuntimeError, MemoryError) as problem:
        failure = explain_failure(problem, resources, batch_size, device)
        if failure is None:
            raise
        raise failure from problem


def explain_failure(
    problem: Exception, resources: Resources, batch_size: int, device: str
) -> TrainingFailed | None:
    """Return what a step or an evaluation failed of, with the way out; None for what is not of the device."""
    text = str(problem)
    if isinstance(problem, MemoryError) or any(sign in text for sign in _OUT_OF_MEMORY):
        return TrainingFailed(_too_little_memory(resources, batch_size, device))
    if device == "cuda" and "CUDA" in text:
        return TrainingFailed(_busy(problem))
    return None


def surroundings(device: str, resources: Resources) -> dict[str, object]:
    """Return what a run runs on, with the versions of its libraries."""
    packages = ("torch", "sentence-transformers", "transformers")
    return asdict(resources) | {"device": device} | {name: version(name) for name in packages}


def _too_little_memory(resources: Resources, batch_size: int, device: str) -> str:
    size = at_a_time(resources, batch_size)
    place = "the memory of the GPU" if device == "cuda" else "the memory"
    advice = (
        f"run the command again with --mini-batch {size // 2}, which takes less of it and gives the "
        "same gradients; it goes on from the last checkpoint"
        if size > 1
        else "not even one at a time fits; free some, or train a smaller base"
    )
    others = _used_by_others() if device == "cuda" else 0.0
    if others > 1:
        advice += f". Other programs hold {others:.0f} GiB of it: wait for them, or go on with --device cpu"
    return f"{place} is too small for {size} at a time: {advice}"


def at_a_time(resources: Resources, batch_size: int) -> int:
    """Return how many pairs, or texts, of a step are in memory at a time."""
    return min(resources.mini_batch, batch_size)


def _used_by_others() -> float:
    """Return how much of the GPU's memory others use, in GiB."""
    import torch

    free, total = torch.cuda.mem_get_info()
    return float(total - free - torch.cuda.memory_reserved()) / _GIBIBYTE


def _busy(problem: Any) -> str:
    return (
        f"the GPU cannot be used, maybe because another program holds it: {str(problem).splitlines()[0]}; "
        "wait for it and run the command again, or go on with --device cpu: what was trained is kept"
    )
