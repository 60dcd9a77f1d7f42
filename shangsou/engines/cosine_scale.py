"""The scale of an encoder's cosines against those of the default model."""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

_Cosines = TypeVar("_Cosines", float, NDArray[np.float32])


@dataclass(frozen=True, slots=True)
class CosineScale:
    """Where an encoder's cosines lie: at `offset` + `factor` x that of the default model for a pair of texts.

    Every cut-off of a ranking recipe, and the default ranker, is in cosines of the default model. Another
    encoder's are brought to that scale, so that one recipe holds for all and nothing has to be set again when
    the model is switched.
    """

    offset: float = 0.0
    factor: float = 1.0

    def to_default(self, cosine: _Cosines) -> _Cosines:
        """Return what a cosine of the encoder is on the scale of the default model; it may exceed 1."""
        return cosine if self == SAME_SCALE else (cosine - self.offset) / self.factor


SAME_SCALE = CosineScale()
