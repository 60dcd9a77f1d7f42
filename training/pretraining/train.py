"""The loop of pre-training: a warm-up of the heads, steps, evaluations and checkpoints."""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from training.encoder.checkpoints import last_checkpoint, save_checkpoint
from training.encoder.options import Resources
from training.encoder.run_folder import RunFolder
from training.encoder.train import MAX_GRADIENT, WEIGHT_DECAY, check_finite, learning_rate
from training.pretraining.network import MaskedLanguageModel, places_seen
from training.pretraining.objective import Batch, Losses, losses
from training.pretraining.options import PretrainingOptions
from training.pretraining.word_masks import TokenizedTexts, TokenRange, mask_batch, pad_batch

# Of the heads alone, which begin far from what they come to; ten times the rate of all.
_HEAD_RATE = 1e-3
# So that what is drawn for titles held out has nothing in common with any step.
_HELD_OUT_DRAW = 2**32
_EVALUATION_BATCH = 64


@dataclass(frozen=True, slots=True)
class Point:
    """A point of the curve, after an evaluation."""

    step: int
    epoch: float
    encoder_loss: float
    """Mean since the last evaluation, as all losses here. In nats."""
    decoder_loss: float
    distance: float
    perplexity: float
    """Of masked words in titles held out."""
    learning_rate: float
    seconds: float


@dataclass(frozen=True, slots=True)
class State:
    """The state after a step; all that is drawn follows from its number."""

    step: int
    weights: Mapping[str, Any]
    optimizer: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Task:
    """A pre-training as it was planned."""

    texts: TokenizedTexts
    read_by_base: TokenizedTexts
    """The same, without the words that joined the vocabulary."""
    held_out: TokenizedTexts
    batches: Sequence[NDArray[np.int64]]
    """Of the steps after the warm-up."""
    tokens: TokenRange
    options: PretrainingOptions

    @property
    def warm_up(self) -> int:
        """Steps of the heads alone."""
        return min(self.options.warm_up, len(self.batches))

    @property
    def steps(self) -> int:
        """All of them."""
        planned = len(self.batches)
        return self.warm_up + min(planned, self.options.max_steps or planned)

    def rows(self, step: int) -> NDArray[np.int64]:
        """Return the texts of a step. The warm-up has those of the last batches, which it meets first."""
        return self.batches[step - self.warm_up]


def train(  # noqa: PLR0913 - models, what to do, and where to
    model: MaskedLanguageModel,
    base: Any,
    task: Task,
    resources: Resources,
    run: RunFolder,
    *,
    log: Callable[[str], None],
    after_evaluation: Callable[[], None] = lambda: None,
) -> None:
    """Train a model in place from the last checkpoint of its run on, or from the beginning.

    Interrupted anywhere and gone on with, it takes the same steps.

    Parameters
    ----------
    model, base
        On the device: what is trained, and the untrained BERT, which stays as it is.

    Raises
    ------
    TrainingFailed
        A checkpoint cannot be written, or the loss is no number any more.
    """
    # Without dropout: retention would be a loss of its noise, as in fine-tuning.
    model.eval()
    base.eval().requires_grad_(requires_grad=False)
    optimizer = torch.optim.AdamW(model.parameters(), _HEAD_RATE, weight_decay=WEIGHT_DECAY)
    loop = _Loop(model, base, optimizer, task, resources, run, log)
    step = _begin(loop)
    while step < task.steps:
        step = _train_until_evaluation(loop, step)
        state = State(step, model.state_dict(), optimizer.state_dict())
        save_checkpoint(run.checkpoints, state, step=step, keep=resources.keep)
        after_evaluation()


def perplexity(model: MaskedLanguageModel, texts: TokenizedTexts, task: Task) -> float:
    """Return the exponential of the mean cross entropy of masked words. The masks are always the same."""
    options = task.options
    total, count = 0.0, 0
    for start in range(0, len(texts), _EVALUATION_BATCH):
        rows = range(start, min(start + _EVALUATION_BATCH, len(texts)))
        rng = np.random.default_rng([options.seed, _HELD_OUT_DRAW, start])
        masked = mask_batch(texts, rows, options.mask, task.tokens, rng)
        original, seen, is_predicted, is_text, _ = _tensors(masked, model.bias.device)
        with torch.no_grad():
            logits = model.predict(model(seen, is_text)[is_predicted])
            total += float(functional.cross_entropy(logits, original[is_predicted], reduction="sum"))
        count += int(masked.is_predicted.sum())
    return math.exp(total / count)


@dataclass(frozen=True, slots=True)
class _Loop:
    model: MaskedLanguageModel
    base: Any
    optimizer: Any
    task: Task
    resources: Resources
    run: RunFolder
    log: Callable[[str], None]


def _begin(loop: _Loop) -> int:
    """Return how many steps are done."""
    state = last_checkpoint(loop.run.checkpoints, State)
    if state is None:
        loop.run.write_metrics([])
        return 0
    loop.model.load_state_dict(state.weights)
    loop.optimizer.load_state_dict(state.optimizer)
    loop.run.write_metrics([point for point in loop.run.metrics(Point) if point.step <= state.step])
    loop.log(f"going on from step {state.step:,} of {loop.task.steps:,}")
    return state.step


def _train_until_evaluation(loop: _Loop, step: int) -> int:
    """Return how many steps are done after the next evaluation; one ends the warm-up."""
    task, run = loop.task, loop.run
    every = task.options.evaluate_every
    end = min(task.steps, step + every - step % every)
    if step < task.warm_up < end:
        end = task.warm_up
    started = time.monotonic()
    steps = np.array([_step(loop, one) for one in range(step, end)])
    seconds = time.monotonic() - started
    encoder, decoder, distance = steps.mean(axis=0).tolist()
    found = perplexity(loop.model, task.held_out, task)
    epoch = task.options.epochs * max(0, end - task.warm_up) / len(task.batches)
    point = Point(end, epoch, encoder, decoder, distance, found, _rate(task, end - 1), seconds)
    run.write_metrics([*run.metrics(Point), point])
    loop.log(
        f"step {end:,} of {task.steps:,}: loss of the encoder {encoder:.3f}, of the decoder "
        f"{decoder:.3f}, distance {distance:.4f}, perplexity {found:.1f}, "
        f"{seconds / (end - step):.2f} s a step"
    )
    return end


def _rate(task: Task, step: int) -> float:
    if step < task.warm_up:
        return _HEAD_RATE
    return learning_rate(step - task.warm_up, task.steps - task.warm_up, task.options.learning_rate)


def _step(loop: _Loop, step: int) -> tuple[float, float, float]:
    """Return the losses of a step."""
    model, task = loop.model, loop.task
    options = task.options
    model.bert.requires_grad_(step >= task.warm_up)
    for group in loop.optimizer.param_groups:
        group["lr"] = _rate(task, step)
    loop.optimizer.zero_grad(set_to_none=True)
    batch = _draw(task, step, model.bias.device)
    size = len(batch.original)
    taken = np.zeros(3)
    for start in range(0, size, loop.resources.mini_batch):
        part = batch.part(start, start + loop.resources.mini_batch)
        shares = _shares(part, batch)
        with torch.autocast(model.bias.device.type, torch.bfloat16, enabled=options.precision == "bfloat16"):
            found = losses(model, loop.base, part, options)
        scaled = Losses(*(loss * share for loss, share in zip(found, shares, strict=True)))
        scaled.total(options).backward()
        taken += [float(loss.detach()) for loss in scaled]
    norm = torch.nn.utils.clip_grad_norm_(model.parameters(), MAX_GRADIENT)
    check_finite(step, float(taken.sum()), norm.item(), f"a --learning-rate below {options.learning_rate:g}")
    loop.optimizer.step()
    encoder, decoder, distance = taken.tolist()
    return encoder, decoder, distance


def _shares(part: Batch, batch: Batch) -> Losses:
    """Return what the means of a part count in those of the batch: so the batch in parts is the whole."""
    return Losses(
        float(part.is_predicted.sum() / batch.is_predicted.sum()),
        float(part.is_of_word.sum() / batch.is_of_word.sum()),
        len(part.original) / len(batch.original),
    )


def _draw(task: Task, step: int, device: Any) -> Batch:
    """Return the batch of a step with its masks, which follow from the step's number."""
    options = task.options
    rng = np.random.default_rng([options.seed, step])
    masked = mask_batch(task.texts, task.rows(step), options.mask, task.tokens, rng)
    generator = torch.Generator().manual_seed(int(rng.integers(2**63)))
    seen = places_seen(torch.from_numpy(masked.is_text), options.decoder_mask, generator)
    whole = pad_batch(task.read_by_base, task.rows(step), task.tokens.padding)
    original, hidden, is_predicted, is_text, is_of_word = _tensors(masked, device)
    read_by_base, is_read_by_base = _tensors(whole, device)
    return Batch(
        original, hidden, is_predicted, is_text, is_of_word, seen.to(device), read_by_base, is_read_by_base
    )


def _tensors(arrays: Sequence[NDArray[Any]], device: Any) -> list[Any]:
    return [torch.from_numpy(values).to(device) for values in arrays]
