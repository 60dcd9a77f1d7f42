"""The sentence encoder protocol."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class ModelStamp:
    """The identity of a model, as the index recipe records it."""

    model: str
    model_hash: str
    dimensions: int
    precision: str
    cosine_offset: float = 0.0
    """Where its cosines lie against those of the default model, and `cosine_factor`."""
    cosine_factor: float = 1.0
    is_trained: bool = False
    """Whether it is a trained model of the registry, which sentence-transformers is never asked for."""


class Encoder(Protocol):
    """Encodes texts as vectors of length 1. Safe to call from many threads."""

    stamp: ModelStamp

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return an array of shape (len(texts), dimensions), rows of length 1, in the order given.

        Texts longer than the model reads are cut. Raises `EncoderUnavailable` when the model fails.
        """
        ...
