"""Contrastive distilling: a static encoder learns which titles its teacher holds nearer to a query."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from training.distillation.bags import Bags
from training.distillation.initial_table import Matrix
from training.distillation.title_clusters import ClusterBatches


@dataclass(frozen=True, slots=True)
class TaughtTexts:
    """Texts and what the teacher makes of them."""

    bags: Bags
    vectors: NDArray[np.floating]
    """Shape (texts, dimensions of the teacher), of length 1."""


@dataclass(frozen=True, slots=True)
class ContrastiveOptions:
    """How much is learned, and how."""

    epochs: int = 2
    """Rounds over the queries. One gave .537 and two .543 of fused nDCG@10, four .541 (docs/training.md)."""
    learning_rate: float = 2e-3
    """Of vectors; it falls to 0 at the end."""
    learning_rate_of_weights: float = 5e-3
    """Of their logarithms."""
    temperature: float = 0.03
    """Of the teacher's cosines."""
    clusters: int = 256
    seed: int = 0


def contrast(  # noqa: PLR0913, PLR0917 - a table, and what it learns from
    vectors: Matrix,
    weights: NDArray[np.float32],
    queries: TaughtTexts,
    titles: TaughtTexts,
    options: ContrastiveOptions,
    log: Callable[[str], None],
) -> tuple[Matrix, NDArray[np.float32]]:
    """Return vectors and weights of units by which a query finds the titles that the teacher finds.

    Minimizes the divergence of the softmax of the static cosines from that of the teacher's (Hinton, Vinyals
    and Dean 2015), over the titles of a batch. A batch has a few clusters of the teacher's space, so that the
    titles beside those that a query means are hard to tell from them.

    Parameters
    ----------
    vectors
        Shape (units, dimensions), where learning begins.
    weights
        Shape (units,), above 0.
    """
    rng = np.random.default_rng(options.seed)
    table = _Table(vectors, weights, options)
    batches = ClusterBatches(queries.vectors, titles.vectors, options.clusters, rng)
    for epoch in range(options.epochs):
        drawn = batches.draw(rng)
        losses = []
        for number, (asked, shown) in enumerate(drawn):
            table.set_rate(options.learning_rate * (1 - (epoch + number / len(drawn)) / options.epochs))
            wanted = queries.vectors[asked].astype(np.float32) @ titles.vectors[shown].astype(np.float32).T
            losses.append(
                table.learn(queries.bags.take(asked), titles.bags.take(shown), wanted / options.temperature)
            )
        if losses:
            log(f"round {epoch + 1} of {options.epochs}: divergence from the teacher {np.mean(losses):.4f}")
    return table.vectors.detach().numpy(), table.logs.detach().exp().numpy()


class _Table:
    """Vectors of units, logarithms of their weights and the scale of cosines, with their optimizers."""

    def __init__(self, vectors: Matrix, weights: NDArray[np.float32], options: ContrastiveOptions) -> None:
        self.vectors = torch.nn.Parameter(torch.from_numpy(vectors.astype(np.float32)))
        self.logs = torch.nn.Parameter(torch.from_numpy(np.log(weights).astype(np.float32)))
        # Static cosines spread otherwise than the teacher's, so their temperature is learned, from .05 on.
        self._scale = torch.nn.Parameter(torch.tensor(1 / 0.05).log())
        self._of_vectors = torch.optim.SparseAdam([self.vectors], lr=options.learning_rate)
        self._of_rest = torch.optim.Adam(
            [
                {"params": [self.logs], "lr": options.learning_rate_of_weights},
                {"params": [self._scale], "lr": 1e-2},
            ]
        )

    def set_rate(self, learning_rate: float) -> None:
        """Set the learning rate of the vectors."""
        self._of_vectors.param_groups[0]["lr"] = learning_rate

    def learn(self, queries: Bags, titles: Bags, wanted: Matrix) -> float:
        """Take a step towards the teacher's logits, shape (queries, titles); return the loss before it."""
        cosines = self._encode(queries) @ self._encode(titles).T
        loss = functional.kl_div(
            functional.log_softmax(cosines * self._scale.exp(), dim=1),
            functional.softmax(torch.from_numpy(wanted), dim=1),
            reduction="batchmean",
        )
        self._of_vectors.zero_grad()
        self._of_rest.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self._of_vectors.step()  # type: ignore[no-untyped-call]
        self._of_rest.step()
        return loss.item()

    def _encode(self, bags: Bags) -> torch.Tensor:
        """Return the weighted sums of units, of length 1; zeros for a text without any."""
        units = torch.from_numpy(bags.units)
        sums = functional.embedding_bag(
            units,
            self.vectors,
            torch.from_numpy(bags.starts[:-1]),
            mode="sum",
            sparse=True,
            per_sample_weights=self.logs[units].exp(),
        )
        return functional.normalize(sums, dim=1)
