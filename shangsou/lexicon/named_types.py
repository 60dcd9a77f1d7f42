"""The product types that products name: as words, and as pairs of a product and a type."""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shangsou.lexicon.categories import CategoryPath
from shangsou.lexicon.type_vocabulary import node_words


class Pairs(NamedTuple):
    """Products and the types that they name, or are filed below; the products in order."""

    rows: NDArray[np.int64]
    types: NDArray[np.int64]
    is_named: NDArray[np.bool_]
    """Whether it is named: categories above the leaf are not."""

    def of_types(self, kept: NDArray[np.bool_]) -> "Pairs":
        """Return the pairs of these types, numbered without the others."""
        chosen = kept[self.types]
        numbers = np.cumsum(kept) - 1
        return Pairs(self.rows[chosen], numbers[self.types[chosen]], self.is_named[chosen])


@dataclass(frozen=True, slots=True)
class NamedTypes:
    """What products say of their types, product by product."""

    pairs: Pairs
    """Each with the words for types in its title and its leaf, and with the categories above."""
    words: Sequence[str]
    """The words, by number."""
    leaves: Sequence[CategoryPath]
    declared: Sequence[str]
    goes_with: Sequence[bool]
    """Whether its title says that it only goes with a thing."""
    names_leaf: Sequence[bool]
    """Whether its title names its leaf."""


def pairs_of(
    named: Iterable[Sequence[str]], leaves: Sequence[CategoryPath], declared: Sequence[str]
) -> tuple[Pairs, list[str]]:
    """Return all products and types with the words for the types, in the order they are first named.

    Parameters
    ----------
    named
        For each product the words for types in its title, and its leaf; each once.
    leaves, declared
        The leaf and the declared type of each.
    """
    numbers: defaultdict[str, int] = defaultdict(count().__next__)
    types, lengths, named_lengths = array("q"), array("q"), array("q")
    for words, path, declared_type in zip(named, leaves, declared, strict=True):
        nodes = () if declared_type else node_words(path)
        own = dict.fromkeys((*words, *nodes)) if nodes else words
        types.extend(map(numbers.__getitem__, own))
        lengths.append(len(own))
        named_lengths.append(len(words))
    rows = np.repeat(np.arange(len(lengths)), lengths)
    starts = np.cumsum(lengths) - lengths
    is_named = np.arange(len(types)) - starts[rows] < np.array(named_lengths)[rows]
    return Pairs(rows, np.array(types, np.int64), is_named), list(numbers)
