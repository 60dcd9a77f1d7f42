"""A linear part and one hidden layer, fitted to listwise choices with torch."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from shangsou.search.personal.features import FEATURES
from shangsou.search.personal.ranker import Ranker

# Units: on simulated shoppers held apart 8, 16 and 32 reached an MRR@10 of .085, .085 and .086
# (docs/personal.md). The rest was set by hand.
_UNITS = 24
_EPOCHS = 8
_BATCH = 64
_RATE = 3e-3
_DECAY = 0.03
_DROPOUT = 0.1
# So that a feature that hardly ever differs is not blown up.
_LEAST_SCALE = 0.01
_FURTHEST = 6.0


class Examples(NamedTuple):
    """Searches to learn from."""

    features: Sequence[NDArray[np.float16]]
    """Of each search, shape (candidates, `FEATURES`)."""
    targets: Sequence[NDArray[np.float32]]
    """What of the choice belongs to each candidate; sums to 1."""


def fit(examples: Examples, *, seed: int) -> dict[str, Any]:
    """Return the numbers of a ranker, as `RankerFile` names them.

    Cross entropy of the softmax over all candidates of a search (ListNet, Cao et al. 2007). Runs on one
    thread, and gives the same for the same seed.
    """
    import torch

    torch.manual_seed(seed)
    # Batches are too small to share: a second thread mostly waits, and busily so where others need the cores.
    torch.set_num_threads(1)
    rows = np.concatenate(examples.features[:: max(1, len(examples.features) // 2000)]).astype(np.float32)
    means, scales = rows.mean(0), rows.std(0) + _LEAST_SCALE
    scaled = [
        np.clip((one.astype(np.float32) - means) / scales, -_FURTHEST, _FURTHEST) for one in examples.features
    ]
    width = len(FEATURES)
    linear = torch.nn.Linear(width, 1, bias=False)
    hidden = torch.nn.Linear(width, _UNITS)
    output = torch.nn.Linear(_UNITS, 1, bias=False)
    drop = torch.nn.Dropout(_DROPOUT)
    parameters = [*linear.parameters(), *hidden.parameters(), *output.parameters()]
    optimiser = torch.optim.AdamW(parameters, lr=_RATE, weight_decay=_DECAY)
    steps = _EPOCHS * -(-len(examples.features) // _BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, _RATE, total_steps=steps)
    shuffle = np.random.default_rng(seed)
    for _ in range(_EPOCHS):
        order = shuffle.permutation(len(examples.features))
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            features, targets, there = _padded(scaled, examples.targets, batch)
            inputs = torch.from_numpy(features)
            scores = linear(inputs) + output(drop(torch.relu(hidden(inputs))))
            scores = scores.squeeze(-1).masked_fill(~torch.from_numpy(there), -1e9)
            loss = -(torch.log_softmax(scores, 1) * torch.from_numpy(targets)).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
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
    found = []
    for features, target in zip(examples.features, examples.targets, strict=True):
        scores = ranker.score(features.astype(np.float32)).astype(np.float64)
        scores -= scores.max()
        found.append(float(np.log(np.exp(scores).sum()) - target @ scores))
    return np.array(found)


def _padded(
    features: Sequence[NDArray[np.float32]], targets: Sequence[NDArray[np.float32]], batch: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.bool_]]:
    """Return features, targets and which places are candidates, as long as the longest search of a batch."""
    longest = max(len(targets[one]) for one in batch)
    padded = np.zeros((len(batch), longest, len(FEATURES)), np.float32)
    wanted = np.zeros((len(batch), longest), np.float32)
    there = np.zeros((len(batch), longest), np.bool_)
    for row, one in enumerate(batch):
        count = len(targets[one])
        padded[row, :count] = features[one]
        wanted[row, :count] = targets[one]
        there[row, :count] = True
    return padded, wanted, there


def _rounded(values: Any) -> list[float]:
    """Return numbers as short as single precision allows."""
    return [float(f"{value:.7g}") for value in values.tolist()]
