"""Terms of products that conditions go by, as arrays: for each product the codes of its terms."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class ProductTerms(NamedTuple):
    """The terms of each product of a catalog, in catalog order."""

    names: Sequence[str]
    """The distinct terms, by code."""
    starts: NDArray[np.int64]
    """Where the codes of each product begin, shape (products + 1,)."""
    codes: NDArray[np.int32]
    """Of all products, one behind the other."""

    @property
    def products(self) -> int:
        """The number of products."""
        return len(self.starts) - 1

    def of_product(self, row: int) -> list[str]:
        """Return the terms of a product."""
        return [self.names[code] for code in self.codes[self.starts[row] : self.starts[row + 1]].tolist()]


def check_products(terms: ProductTerms, products: int) -> None:
    """Raise `ValueError` unless these are the terms of so many products."""
    if terms.products != products:
        raise ValueError(f"terms of {terms.products} products for {products}")


def no_terms(products: int) -> ProductTerms:
    """Return the terms of products that have none."""
    return ProductTerms([], np.zeros(products + 1, np.int64), np.empty(0, np.int32))
