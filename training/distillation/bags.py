"""Texts as bags of units, in one array."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from shangsou.encoding.static import cut_into_units

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Numbers = NDArray[np.int64]


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


def cut_into_bags(tokenizer: "Tokenizer", texts: Sequence[str]) -> Bags:
    """Return the units of texts but for what the tokenizer does not know, whose id is 0."""
    return Bags(*cut_into_units(tokenizer, list(texts), 0))
