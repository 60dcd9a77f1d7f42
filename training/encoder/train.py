"""The loop of fine-tuning: steps, evaluations, checkpoints, and when to stop."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shangsou.errors import TrainingFailed
from training.encoder.batches import BatchPlan, Example
from training.encoder.catalog_loss import CatalogLoss
from training.encoder.checkpoints import Checkpoint, last_checkpoint, save_checkpoint
from training.encoder.kept_titles import FixedTitles
from training.encoder.losses import build_loss, loss_of_batch
from training.encoder.options import FineTuningOptions, Resources
from training.encoder.retention import Retention, retention_loss
from training.encoder.run_folder import Metrics, RunFolder
from training.encoder.validation import Score, ValidationSet, validate

# Usual for BERT (Devlin et al. 2018): the rate rises over the first tenth of the steps, and falls to 0 then.
_WARM_UP = 0.1
WEIGHT_DECAY, MAX_GRADIENT = 0.01, 1.0
"""Usual for BERT, too."""
_ENCODE_BATCH = 64


@dataclass(frozen=True, slots=True)
class Task:
    """A training as it was planned."""

    examples: Sequence[Example]
    plan: BatchPlan
    validation: ValidationSet
    options: FineTuningOptions
    titles: FixedTitles | None = None
    """For the loss `catalog`: what queries are told from."""
    retention: Retention | None = None

    @property
    def steps(self) -> int:
        """Planned steps; early stopping makes fewer of them."""
        planned = len(self.plan.batches)
        return min(planned, self.options.max_steps or planned)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a training ended."""

    steps: int
    best_step: int
    """The latest that validation does not tell from the one with the highest MRR."""
    best_mrr: float
    base: Score
    """Of the untrained model."""


def train(  # noqa: PLR0913 - models, what to do, and where to
    model: Any,
    base: Any,
    task: Task,
    resources: Resources,
    run: RunFolder,
    *,
    log: Callable[[str], None],
    after_evaluation: Callable[[], None] = lambda: None,
) -> Outcome:
    """Train a model from the last checkpoint of its run on, or from the beginning.

    Interrupted anywhere and gone on with, it takes the same steps: the state of the optimizer is in the
    checkpoint, the learning rate, the batch and what is kept follow from the step's number.

    Parameters
    ----------
    model, base
        `SentenceTransformer`s on the device: the one to train, and the untrained one, which stays as it is.

    Raises
    ------
    TrainingFailed
        A checkpoint cannot be written, or the loss is no number any more.
    """
    import torch

    options = task.options
    # Without dropout. It moves a text of the default model by .07 (1 - cosine), ten times as far as what is
    # learned does, and retention would be a loss of that noise.
    model.eval()
    # The fused kernel is not used: it would round otherwise on another device.
    optimizer = torch.optim.AdamW(model.parameters(), options.learning_rate, weight_decay=WEIGHT_DECAY)
    base.eval().requires_grad_(requires_grad=False)
    loop = _Loop(model, base, _batch_loss(model, base, task, resources), optimizer, task, resources, run, log)
    state = _begin(loop)
    while state.step < task.steps and state.worse < options.patience:
        state = _train_until_evaluation(loop, state)
        save_checkpoint(
            run.checkpoints, state, step=state.step, keep=resources.keep, best_step=state.best_step
        )
        after_evaluation()
    return Outcome(state.step, state.best_step, state.best_mrr, Score(state.base_mrr, state.base_error))


def encode_with(model: Any) -> Callable[[Sequence[str]], NDArray[np.float32]]:
    """Return the encoder of a model, to vectors of length 1."""

    def encode(texts: Sequence[str]) -> NDArray[np.float32]:
        return np.asarray(
            model.encode(
                list(texts), batch_size=_ENCODE_BATCH, normalize_embeddings=True, show_progress_bar=False
            ),
            np.float32,
        )

    return encode


def learning_rate(step: int, steps: int, highest: float) -> float:
    """Return the rate of a step, counted from 0."""
    warm_up = max(1, round(_WARM_UP * steps))
    if step < warm_up:
        return highest * (step + 1) / warm_up
    return highest * (steps - step) / max(1, steps - warm_up)


def check_finite(step: int, loss: float, gradient: float, advice: str) -> None:
    """Raise `TrainingFailed` where the loss of a step, or the norm of its gradient, is no number.

    A finite loss may have a gradient that is none: clipped, it would be 0, and training stand still.
    """
    for name, number in (("loss", loss), ("gradient", gradient)):
        if not math.isfinite(number):
            raise TrainingFailed(
                f"the {name} of step {step + 1} is {number}: the weights before it are kept in the "
                f"checkpoints. Begin another run, with another --out-name and {advice}"
            )


@dataclass(frozen=True, slots=True)
class _Loop:
    model: Any
    base: Any
    loss: Callable[[Sequence[Example]], Any]
    optimizer: Any
    task: Task
    resources: Resources
    run: RunFolder
    log: Callable[[str], None]


def _batch_loss(
    model: Any, base: Any, task: Task, resources: Resources
) -> Callable[[Sequence[Example]], Any]:
    if task.titles is not None:
        return CatalogLoss(model, task.titles, task.examples, task.options)
    loss = build_loss(model, base, task.options, mini_batch=resources.mini_batch)
    return lambda examples: loss_of_batch(model, loss, examples)


def _begin(loop: _Loop) -> Checkpoint:
    model, task, run = loop.model, loop.task, loop.run
    checkpoint = last_checkpoint(run.checkpoints, Checkpoint)
    if checkpoint is None:
        base = validate(encode_with(model), task.validation)
        run.write_metrics([Metrics(0, 0.0, None, base.mrr, 0.0, 0.0)])
        loop.log(f"the base has MRR {base.mrr:.4f} on {len(task.validation.queries):,} validation queries")
        untrained = Checkpoint(0, {}, {}, 0, -math.inf, -math.inf, base.mrr, base.error, 0)
        return _with_state(loop, untrained)
    model.load_state_dict(checkpoint.weights)
    loop.optimizer.load_state_dict(checkpoint.optimizer)
    run.write_metrics([point for point in run.metrics(Metrics) if point.step <= checkpoint.step])
    loop.log(f"going on from step {checkpoint.step:,} of {task.steps:,}")
    return checkpoint


def _train_until_evaluation(loop: _Loop, state: Checkpoint) -> Checkpoint:
    """Return the state after the next evaluation."""
    task, run = loop.task, loop.run
    every = task.options.evaluate_every
    end = min(task.steps, state.step + every - state.step % every)
    started = time.monotonic()
    losses = [_step(loop, step) for step in range(state.step, end)]
    seconds = time.monotonic() - started
    score = validate(encode_with(loop.model), task.validation)
    rate = learning_rate(end - 1, task.steps, task.options.learning_rate)
    epoch = task.options.epochs * end / len(task.plan.batches)
    mean_loss = float(np.mean(losses))
    run.write_metrics([*run.metrics(Metrics), Metrics(end, epoch, mean_loss, score.mrr, rate, seconds)])
    loop.log(
        f"step {end:,} of {task.steps:,}: loss {mean_loss:.4f}, MRR {score.mrr:.4f} "
        f"(base {state.base_mrr:.4f}), {seconds / len(losses):.2f} s a step"
    )
    return _with_state(loop, _judge(replace(state, step=end), score))


def _judge(state: Checkpoint, score: Score) -> Checkpoint:
    """Return a state with what its evaluation says of it.

    Validation has none of the queries that are trained on. It tells what others lose and not what these gain,
    so that of steps that it does not tell apart the latest is the best.
    """
    lowest_equal = max(state.lowest_equal, score.lowest_equal)
    if score.mrr >= lowest_equal:
        return replace(state, best_step=state.step, best_mrr=score.mrr, lowest_equal=lowest_equal, worse=0)
    return replace(state, lowest_equal=lowest_equal, worse=state.worse + 1)


def _step(loop: _Loop, step: int) -> float:
    import torch

    model, task = loop.model, loop.task
    examples = [task.examples[row] for row in task.plan.batches[step]]
    for group in loop.optimizer.param_groups:
        group["lr"] = learning_rate(step, task.steps, task.options.learning_rate)
    loop.optimizer.zero_grad(set_to_none=True)
    device = model.device.type
    value = 0.0
    with torch.autocast(device, torch.bfloat16, enabled=task.options.precision == "bfloat16"):
        # `backward` within: the guided loss, and one in parts, compute the batch once more for its gradients.
        for part in _parts(loop, examples):
            loss = loop.loss(part) * (len(part) / len(examples))
            loss.backward()
            value += float(loss.item())
        if task.retention is not None:
            options = task.options
            loss = options.retention * retention_loss(
                model, loop.base, task.retention, options.temperature, seed=options.seed, step=step
            )
            loss.backward()
            value += float(loss.item())
    norm = torch.nn.utils.clip_grad_norm_(model.parameters(), MAX_GRADIENT)
    options = task.options
    check_finite(
        step,
        value,
        norm.item(),
        f"a --learning-rate below {options.learning_rate:g} or a --temperature above {options.temperature:g}",
    )
    loop.optimizer.step()
    return value


def _parts(loop: _Loop, examples: Sequence[Example]) -> list[Sequence[Example]]:
    """Return a batch as it is computed: the losses over a batch divide it themselves."""
    size = loop.resources.mini_batch if loop.task.titles is not None else len(examples)
    return [examples[start : start + size] for start in range(0, len(examples), size)]


def _with_state(loop: _Loop, checkpoint: Checkpoint) -> Checkpoint:
    """Return a checkpoint with what the model and the optimizer are now."""
    return replace(checkpoint, weights=loop.model.state_dict(), optimizer=loop.optimizer.state_dict())
