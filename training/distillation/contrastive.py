"""Contrastive distilling: a static encoder learns which titles its teacher holds nearer to a query."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from training.distillation.regression import Matrix

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Numbers = NDArray[np.int64]
# Vectors that are compared with all centres at once: 8 MB of cosines with 256 centres.
_BLOCK = 8_192


@dataclass(frozen=True, slots=True)
class Bags:
    """Texts as the units that they have."""

    units: Numbers
    """Of all texts, one after another."""
    starts: Numbers
    """Where each text begins, and the end of the last."""

    def __len__(self) -> int:
        return len(self.starts) - 1

    def take(self, texts: Numbers) -> "Bags":
        """Return those of some texts, by their numbers."""
        lengths = np.diff(self.starts)[texts]
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
        places = np.arange(starts[-1]) + np.repeat(self.starts[texts] - starts[:-1], lengths)
        return Bags(self.units[places], starts)


@dataclass(frozen=True, slots=True)
class TaughtTexts:
    """Texts and what the teacher makes of them."""

    bags: Bags
    vectors: NDArray[np.floating]
    """Shape (texts, dimensions of the teacher), of length 1."""


@dataclass(frozen=True, slots=True)
class ContrastiveOptions:
    """How much is learned, and how."""

    epochs: int = 1
    learning_rate: float = 2e-3
    """Of vectors; it falls to 0 at the end."""
    learning_rate_of_weights: float = 5e-3
    """Of their logarithms."""
    temperature: float = 0.03
    """Of the teacher's cosines."""
    clusters: int = 256
    chunk: int = 64
    """Queries of one cluster that are asked together."""
    titles_per_chunk: int = 128
    """Of the same cluster."""
    chunks_per_batch: int = 8
    seed: int = 1


def cut_into_bags(tokenizer: "Tokenizer", texts: Sequence[str]) -> Bags:
    """Return the units of texts but for what the tokenizer does not know, whose id is 0."""
    units = [
        [unit for unit in encoding.ids if unit]
        for encoding in tokenizer.encode_batch(list(texts), add_special_tokens=False)
    ]
    starts = np.cumsum([0, *map(len, units)])
    return Bags(np.array([unit for of_text in units for unit in of_text], np.int64), starts)


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
    table = torch.nn.Parameter(torch.from_numpy(vectors.astype(np.float32)))
    logs = torch.nn.Parameter(torch.from_numpy(np.log(weights).astype(np.float32)))
    # Static cosines spread otherwise than the teacher's, so their temperature is learned, from .05 on.
    scale = torch.nn.Parameter(torch.tensor(1 / 0.05).log())
    of_table = torch.optim.SparseAdam([table], lr=options.learning_rate)
    of_rest = torch.optim.Adam(
        [{"params": [logs], "lr": options.learning_rate_of_weights}, {"params": [scale], "lr": 1e-2}]
    )
    centres = titles.vectors[rng.permutation(len(titles.bags))[: options.clusters]]
    of_queries, of_titles = _nearest(queries.vectors, centres), _nearest(titles.vectors, centres)
    members = [np.flatnonzero(of_titles == centre) for centre in range(len(centres))]
    for epoch in range(options.epochs):
        chunks = _make_chunks(of_queries, options.chunk, rng)
        batches = [
            chunks[first : first + options.chunks_per_batch]
            for first in range(0, len(chunks), options.chunks_per_batch)
        ]
        losses = []
        for number, batch in enumerate(batches):
            asked = np.concatenate(batch)
            drawn = [rng.permutation(members[of_queries[chunk[0]]]) for chunk in batch]
            shown = np.unique(np.concatenate([some[: options.titles_per_chunk] for some in drawn]))
            if len(shown) < 2:
                continue
            wanted = torch.from_numpy(_cosines(queries.vectors[asked], titles.vectors[shown]))
            cosines = (
                _encode(table, logs, queries.bags.take(asked))
                @ _encode(table, logs, titles.bags.take(shown)).T
            )
            loss = functional.kl_div(
                functional.log_softmax(cosines * scale.exp(), dim=1),
                functional.softmax(wanted / options.temperature, dim=1),
                reduction="batchmean",
            )
            done = (epoch + number / len(batches)) / options.epochs
            of_table.param_groups[0]["lr"] = options.learning_rate * (1 - done)
            of_table.zero_grad()
            of_rest.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            of_table.step()  # type: ignore[no-untyped-call]
            of_rest.step()
            losses.append(loss.item())
        if losses:
            log(f"epoch {epoch + 1} of {options.epochs}: divergence from the teacher {np.mean(losses):.4f}")
    return table.detach().numpy(), logs.detach().exp().numpy()


def _encode(table: torch.Tensor, logs: torch.Tensor, bags: Bags) -> torch.Tensor:
    """Return the weighted sums of units, of length 1; zeros for a text without any."""
    units = torch.from_numpy(bags.units)
    sums = functional.embedding_bag(
        units,
        table,
        torch.from_numpy(bags.starts[:-1]),
        mode="sum",
        sparse=True,
        per_sample_weights=logs[units].exp(),
    )
    return functional.normalize(sums, dim=1)


def _cosines(of_queries: NDArray[np.floating], of_titles: NDArray[np.floating]) -> Matrix:
    cosines: Matrix = of_queries.astype(np.float32) @ of_titles.astype(np.float32).T
    return cosines


def _nearest(vectors: NDArray[np.floating], centres: NDArray[np.floating]) -> Numbers:
    blocks = [vectors[first : first + _BLOCK] for first in range(0, len(vectors), _BLOCK)]
    return np.concatenate(
        [np.zeros(0, np.int64), *(np.argmax(_cosines(block, centres), axis=1) for block in blocks)]
    )


def _make_chunks(clusters: Numbers, size: int, rng: np.random.Generator) -> list[Numbers]:
    """Return all numbers in chunks of one cluster each, all in random order."""
    order = rng.permutation(len(clusters))
    order = order[np.argsort(clusters[order], kind="stable")]
    parts = np.split(order, np.flatnonzero(np.diff(clusters[order])) + 1)
    chunks = [part[first : first + size] for part in parts for first in range(0, len(part), size)]
    return [chunks[number] for number in rng.permutation(len(chunks))]
