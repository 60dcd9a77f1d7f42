"""The scale of an encoder's cosines, by pairs whose cosines are known."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from shangsou.encoding.cosine_fit import fit_cosine_scale
from shangsou.encoding.encoder import ModelStamp
from shangsou.errors import UnusableInput

PAIRS = 100
QUERIES = [f"query {number}" for number in range(PAIRS)]
TITLES = [f"title {number}" for number in range(PAIRS)]


class PairEncoder:
    """Has a cosine of `together` between a query and its title, and of `apart` between any other two.

    Each pair has two dimensions of its own, and all texts share one.
    """

    def __init__(self, together: float, apart: float) -> None:
        self.stamp = ModelStamp("pairs", "0" * 16, 2 * PAIRS + 1, "float32")
        self._together, self._apart = together, apart

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), self.stamp.dimensions), np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            kind, number = text.split()
            vector[-1] = np.sqrt(self._apart)
            vector[2 * int(number)] = np.sqrt(abs(self._together - self._apart))
            if kind == "title":
                vector[2 * int(number)] *= np.sign(self._together - self._apart)
            own = np.sqrt(max(0.0, 1 - (vector**2).sum()))
            # Queries and titles have the rest in different places.
            vector[2 * int(number) + 1] = own if kind == "query" else 0
        return vectors


def test_the_means_of_both_kinds_of_pairs_keep_their_places():
    # From .3 to .5 it is .2, where the default model has .5 from .1 to .6; and .26 + .4 x .1 is .3.
    offset, factor = fit_cosine_scale(PairEncoder(0.5, 0.3), PairEncoder(0.6, 0.1), QUERIES, TITLES)
    assert factor == pytest.approx(0.4, abs=1e-4)
    assert offset == pytest.approx(0.26, abs=1e-4)


def test_an_encoder_has_its_own_scale():
    encoder = PairEncoder(0.6, 0.1)
    assert fit_cosine_scale(encoder, encoder, QUERIES, TITLES) == pytest.approx((0, 1), abs=1e-6)


def test_an_encoder_that_has_learned_nothing_has_no_scale():
    with pytest.raises(UnusableInput, match="100 queries no nearer to their own titles"):
        fit_cosine_scale(PairEncoder(0.2, 0.2), PairEncoder(0.6, 0.1), QUERIES, TITLES)


@pytest.mark.parametrize("count", [0, PAIRS - 1])
def test_few_pairs_are_refused_by_their_number(count: int):
    encoder = PairEncoder(0.6, 0.1)
    with pytest.raises(UnusableInput, match=f"{count} queries"):
        fit_cosine_scale(encoder, encoder, QUERIES[:count], TITLES[:count])
