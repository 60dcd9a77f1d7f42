"""A linear part and one hidden layer, fitted to listwise choices with torch."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from shangsou.search.personal.features import FEATURES
from shangsou.search.personal.ranker import Ranker

# Units: on simulated held-out shoppers 8, 16 and 32 reached an MRR@10 of .085, .085 and .086
# (docs/personal.md). The other values were chosen by judgement.
_HIDDEN_UNITS = 24
_EPOCHS = 8
_BATCH_SIZE = 64
_LEARNING_RATE = 3e-3
_WEIGHT_DECAY = 0.03
_DROPOUT = 0.1
# So that a nearly constant feature is not blown up.
_MIN_SCALE = 0.01
_MAX_SCALED_VALUE = 6.0


class Examples(NamedTuple):
    """The searches to train on."""

    features: Sequence[NDArray[np.float16]]
    """The features of each search, shape (candidates, `FEATURES`)."""
    targets: Sequence[NDArray[np.float32]]
    """The target weight of each candidate; sums to 1."""


def fit(examples: Examples, *, seed: int) -> dict[str, Any]:
    """Fit a ranker, and return its parameters under the names of `RankerFile`.

    Cross entropy of the softmax over all candidates of a search (ListNet, Cao et al. 2007). Runs on one
    thread, and gives the same for the same seed.
    """
    import torch

    torch.manual_seed(seed)
    # Batches are too small to parallelize: a second thread mostly waits, busily, while others need the cores.
    torch.set_num_threads(1)
    rows = np.concatenate(examples.features[:: max(1, len(examples.features) // 2000)]).astype(np.float32)
    means, scales = rows.mean(0), rows.std(0) + _MIN_SCALE
    scaled = [
        np.clip((matrix.astype(np.float32) - means) / scales, -_MAX_SCALED_VALUE, _MAX_SCALED_VALUE)
        for matrix in examples.features
    ]
    width = len(FEATURES)
    linear = torch.nn.Linear(width, 1, bias=False)
    hidden = torch.nn.Linear(width, _HIDDEN_UNITS)
    output = torch.nn.Linear(_HIDDEN_UNITS, 1, bias=False)
    drop = torch.nn.Dropout(_DROPOUT)
    parameters = [*linear.parameters(), *hidden.parameters(), *output.parameters()]
    optimizer = torch.optim.AdamW(parameters, lr=_LEARNING_RATE, weight_decay=_WEIGHT_DECAY)
    steps = _EPOCHS * -(-len(examples.features) // _BATCH_SIZE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, _LEARNING_RATE, total_steps=steps)
    shuffle = np.random.default_rng(seed)
    for _ in range(_EPOCHS):
        order = shuffle.permutation(len(examples.features))
        for start in range(0, len(order), _BATCH_SIZE):
            batch = order[start : start + _BATCH_SIZE]
            features, targets, is_candidate = _padded(scaled, examples.targets, batch)
            inputs = torch.from_numpy(features)
            scores = linear(inputs) + output(drop(torch.relu(hidden(inputs))))
            scores = scores.squeeze(-1).masked_fill(~torch.from_numpy(is_candidate), -1e9)
            loss = -(torch.log_softmax(scores, 1) * torch.from_numpy(targets)).sum(1).mean()
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
    return {
        "linear": dict(zip(FEATURES, _rounded(linear.weight[0]), strict=True)),
        "means": tuple(_rounded(means)),
        "scales": tuple(_rounded(scales)),
        "hidden": tuple(tuple(_rounded(row)) for row in hidden.weight),
        "hidden_bias": tuple(_rounded(hidden.bias)),
        "output": tuple(_rounded(output.weight[0])),
    }


def losses(ranker: Ranker, examples: Examples) -> NDArray[np.float64]:
    """Return the cross entropy of each search under a ranker, shape (searches,)."""
    cross_entropies = []
    for features, target in zip(examples.features, examples.targets, strict=True):
        scores = ranker.score(features.astype(np.float32)).astype(np.float64)
        scores -= scores.max()
        cross_entropies.append(float(np.log(np.exp(scores).sum()) - target @ scores))
    return np.array(cross_entropies)


def _padded(
    features: Sequence[NDArray[np.float32]], targets: Sequence[NDArray[np.float32]], batch: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.bool_]]:
    """Return features, targets and the mask of candidates, padded to the longest search of a batch."""
    longest = max(len(targets[search]) for search in batch)
    padded = np.zeros((len(batch), longest, len(FEATURES)), np.float32)
    padded_targets = np.zeros((len(batch), longest), np.float32)
    is_candidate = np.zeros((len(batch), longest), np.bool_)
    for row, search in enumerate(batch):
        count = len(targets[search])
        padded[row, :count] = features[search]
        padded_targets[row, :count] = targets[search]
        is_candidate[row, :count] = True
    return padded, padded_targets, is_candidate


def _rounded(values: Any) -> list[float]:
    """Return numbers rounded to single precision, as the shortest decimals."""
    return [float(f"{value:.7g}") for value in values.tolist()]
