"""Vectors of the untrained encoder, of the texts that are trained on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.pairs.pair import Pair

Encode = Callable[[Sequence[str]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class EncodedTexts:
    """Different texts, in order, with their vectors."""

    texts: Sequence[str]
    vectors: NDArray[np.float32]
    """Shape (texts, dimensions), rows of length 1."""

    def rows(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Return the places of some of the texts."""
        row_of = {text: row for row, text in enumerate(self.texts)}
        return np.array([row_of[text] for text in texts], np.int64)

    def take(self, rows: NDArray[np.int64]) -> "EncodedTexts":
        """Return the texts at some places."""
        return EncodedTexts([self.texts[row] for row in rows], self.vectors[rows])

    def sample(self, count: int, rng: np.random.Generator) -> "EncodedTexts":
        """Return so many of them at random, in order; all where there are fewer."""
        if len(self.texts) <= count:
            return self
        return self.take(np.sort(rng.choice(len(self.texts), count, replace=False)))


@dataclass(frozen=True, slots=True)
class BaseVectors:
    """The queries and the titles of the split `train`, as the untrained encoder has them."""

    queries: EncodedTexts
    titles: EncodedTexts


def encode_pairs(pairs: Sequence[Pair], encode: Encode) -> BaseVectors:
    """Return the vectors of what is trained on.

    Parameters
    ----------
    encode
        The untrained encoder, to vectors of length 1.
    """
    training = [pair for pair in pairs if pair.split == "train"]
    queries = sorted({pair.query for pair in training})
    titles = sorted({pair.title for pair in training})
    return BaseVectors(EncodedTexts(queries, encode(queries)), EncodedTexts(titles, encode(titles)))
