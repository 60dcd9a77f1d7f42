"""Tell from the rows which column numbers the products of a file, and which one groups their variants."""

from array import array
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.fields import MORE_SKUS
from indexer.identifiers import read_identifier

SKU_FIELDS = ("sku", *MORE_SKUS)
# Where a row has nothing in the column that numbers the products, the first of these does.
NUMBER_FIELDS = ("product_id", "group_id", "sku")
IDENTITY_FIELDS = ("product_id", *SKU_FIELDS, "group_id")
# A column that numbers variants may have gaps: a shop that forgot some codes.
_MIN_FILLED = 0.9

Hashes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Identity:
    """The fields that hold the number of a product and of its group; empty for no group."""

    product: str = "product_id"
    group: str = "group_id"


class IdentityColumns:
    """Hashes of the numbers in each column of a file, row by row; zero where there is none."""

    def __init__(self, fields: Collection[str]) -> None:
        """Take the fields that the file has columns for; the others cost nothing."""
        numbering = [field for field in IDENTITY_FIELDS if field in fields]
        # Titles only tell whether a second number is that of a style.
        self._hashes = {field: array("q") for field in (*numbering, *(("title",) if "sku" in fields else ()))}
        self.rows = 0

    def add(self, values: Mapping[str, object]) -> None:
        """Add a row."""
        self.rows += 1
        for field, hashes in self._hashes.items():
            value = values.get(field)
            hashes.append(hash(read_identifier(value)) if value is not None else 0)

    def hashes(self, field: str) -> Hashes:
        """Return the hashes of a column in the order of rows."""
        hashes = self._hashes.get(field)
        return np.frombuffer(hashes, np.int64) if hashes else np.zeros(self.rows, np.int64)

    def identity(self) -> Identity:
        """Return what numbers the products.

        A number that several rows share while a second column differs is the number of a group, and the
        second column numbers its variants. Two columns that go together one to one are two numbers of the
        product.
        """
        product, group = self.hashes("product_id"), self.hashes("group_id")
        if not product.any():
            return Identity("group_id", "") if group.any() else Identity()
        for field in SKU_FIELDS:
            sku = self.hashes(field)
            # A product of one row has no need of a second number.
            filled, several = sku != 0, _repeated(product)
            if not several.any() or np.count_nonzero(sku[several]) < _MIN_FILLED * np.count_nonzero(several):
                continue
            pairs = _distinct_pairs(product[filled], sku[filled])
            if pairs > _distinct(product[filled]) and pairs == _distinct(sku[filled]):
                return Identity(field, "group_id" if group.any() else "product_id")
        if not group.any():
            for field in SKU_FIELDS:
                sku = self.hashes(field)
                # One article number for several products that are called the same: their style.
                is_coarser = _distinct(sku) < _distinct(product) == len(product)
                if is_coarser and sku.all() and _distinct_pairs(sku, self.hashes("title")) == _distinct(sku):
                    return Identity("product_id", field)
        return Identity()


def _repeated(hashes: Hashes) -> NDArray[np.bool_]:
    """Return for each row whether others have its number."""
    _, places, counts = np.unique(hashes, return_inverse=True, return_counts=True)
    repeated: NDArray[np.bool_] = (counts[places] > 1) & (hashes != 0)
    return repeated


def _distinct(hashes: Hashes) -> int:
    return len(np.unique(hashes))


def _distinct_pairs(first: Hashes, second: Hashes) -> int:
    return _distinct(first * np.int64(31) ^ second)
