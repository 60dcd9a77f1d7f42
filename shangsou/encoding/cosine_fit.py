"""Fit the scale of an encoder's cosines to that of the default model."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from shangsou.encoding.encoder import Encoder
from shangsou.errors import UnusableInput

# With as many the mean cosine of pairs, whose standard deviation is some .1, is known to .01.
MIN_PAIRS = 100


def fit_cosine_scale(
    model: Encoder, default: Encoder, queries: Sequence[str], titles: Sequence[str]
) -> tuple[float, float]:
    """Return offset and factor of a model's cosines: offset + factor x those of the default model.

    By two points: the mean cosine of queries with their titles, and that with the titles of others. So a
    cut-off between what belongs together and what does not keeps its place between them.

    Parameters
    ----------
    model, default
        The encoder that is fitted, and the default one.
    queries, titles
        At least `MIN_PAIRS` pairs that belong together, normalized, in random order; none that training saw:
        it pulls these closer than others.

    Raises
    ------
    UnusableInput
        There are too few pairs, or an encoder has queries no nearer to their own titles than to others.
    """
    if len(queries) != len(titles) or len(queries) < MIN_PAIRS:
        raise UnusableInput(
            f"{len(queries)} queries and {len(titles)} titles: the scale of cosines needs {MIN_PAIRS} pairs"
        )
    together, apart = _mean_cosines(model, queries, titles)
    default_together, default_apart = _mean_cosines(default, queries, titles)
    for encoder, gap in ((model, together - apart), (default, default_together - default_apart)):
        if gap <= 0:
            raise UnusableInput(
                f"{encoder.stamp.model} has {len(queries)} queries no nearer to their own titles than to "
                "those of others: it has learned nothing, or the pairs are none"
            )
    factor = (together - apart) / (default_together - default_apart)
    return apart - factor * default_apart, factor


def _mean_cosines(encoder: Encoder, queries: Sequence[str], titles: Sequence[str]) -> tuple[float, float]:
    """Return the mean cosine of queries with their titles, and with those of the next pair."""
    of_queries, of_titles = encoder.encode(queries), encoder.encode(titles)
    others: NDArray[np.float32] = np.roll(of_titles, 1, axis=0)
    return (
        float((of_queries * of_titles).sum(axis=1).mean()),
        float((of_queries * others).sum(axis=1).mean()),
    )
