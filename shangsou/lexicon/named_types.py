"""The product types that products name: as words, and as pairs of a product and a type."""

from array import array
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shangsou.lexicon.categories import CategoryPath
from shangsou.lexicon.type_vocabulary import node_words


@dataclass(frozen=True, slots=True)
class NamedTypes:
    """What products say of their types, product by product."""

    words: Sequence[Sequence[str]]
    """The words for types in its title, and its leaf; each once."""
    leaves: Sequence[CategoryPath]
    declared: Sequence[str]
    goes_with: Sequence[bool]
    """Whether its title says that it only goes with a thing."""
    names_leaf: Sequence[bool]
    """Whether its title names its leaf."""


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


def pairs_of(products: NamedTypes) -> tuple[Pairs, list[str]]:
    """Return all products and types with the words for the types, in the order they are first named."""
    numbers: defaultdict[str, int] = defaultdict(count().__next__)
    types, lengths = array("q"), array("q")
    for words, path, declared in zip(products.words, products.leaves, products.declared, strict=True):
        nodes = () if declared else node_words(path)
        own = dict.fromkeys((*words, *nodes)) if nodes else words
        types.extend(map(numbers.__getitem__, own))
        lengths.append(len(own))
    rows = np.repeat(np.arange(len(lengths)), lengths)
    starts = np.cumsum(lengths) - lengths
    named = np.fromiter(map(len, products.words), np.int64)
    is_named = np.arange(len(types)) - starts[rows] < named[rows]
    return Pairs(rows, np.array(types, np.int64), is_named), list(numbers)
