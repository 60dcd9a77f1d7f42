"""The terms of many titles that predict their categories, as arrays."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shangsou.lexicon.categories import term_key
from shangsou.text.character_arrays import gram_text, split_characters


class TitleTerms(NamedTuple):
    """The different terms of each title, those of `category_terms`."""

    titles: NDArray[np.int64]
    """The title of each term."""
    numbers: NDArray[np.int64]
    """The number of each term."""
    keys: NDArray[np.uint64]
    """The hash of each number, ascending."""


def title_terms(titles: Sequence[str], min_titles: int) -> TitleTerms:
    """Return the terms of normalized titles that are in at least `min_titles` of them."""
    bigrams, rows = split_characters(titles).bigrams()
    distinct, numbers = np.unique(bigrams, return_inverse=True)
    # A term and a title in one number, each once. Not np.unique: in numpy 2.4 it hashes, and is slow.
    in_titles = np.sort(numbers * len(titles) + rows)
    numbers, rows = np.divmod(in_titles[np.diff(in_titles, prepend=-1) > 0], len(titles))
    frequent = np.flatnonzero(np.bincount(numbers, minlength=len(distinct)) >= min_titles)
    keys = np.array([term_key(gram_text(gram)) for gram in distinct[frequent].tolist()], np.uint64)
    by_key = np.argsort(keys)
    renumbered = np.full(len(distinct), -1)
    renumbered[frequent[by_key]] = np.arange(len(frequent))
    numbers = renumbered[numbers]
    return TitleTerms(rows[numbers >= 0], numbers[numbers >= 0], keys[by_key])
