"""Stored products: JSON lines, read by row or by id."""

import json
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from copy import copy
from pathlib import Path
from typing import BinaryIO, Self

import numpy as np
from numpy.typing import NDArray

from shangsou.mmap_arrays import load_npy_mmap, load_raw_mmap
from shangsou.product import Product, product_from_json, product_to_json

# json.dumps would make an encoder for each product.
_to_json_text = json.JSONEncoder(ensure_ascii=False).encode

PRODUCTS = "products.jsonl"
"""The file of the products: a line each, written alike by every version."""


class CatalogWriter:
    """Appends products to a folder; rows are numbered from 0."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: BinaryIO = (folder / PRODUCTS).open("wb")
        self._starts = [0]
        self._ids: list[str] = []

    def add(self, product: Product) -> int:
        """Append a product and return its row."""
        line = _to_json_text(product_to_json(product)).encode("utf-8", "replace") + b"\n"
        self._file.write(line)
        self._starts.append(self._starts[-1] + len(line))
        self._ids.append(product.product_id)
        return len(self._ids) - 1

    def finish(self) -> None:
        """Write the offsets of the products, and the order of their ids."""
        self._file.close()
        ranks = np.empty(len(self._ids), np.int32)
        ranks[sorted(range(len(self._ids)), key=self._ids.__getitem__)] = np.arange(len(self._ids))
        np.save(self._folder / "products.id_ranks.npy", ranks)
        np.save(self._folder / "products.starts.npy", np.array(self._starts, np.int64))
        (self._folder / "products.ids.json").write_text(json.dumps(self._ids, ensure_ascii=False), "utf-8")

    def close(self) -> None:
        """Close the file; `finish` does that too."""
        self._file.close()


# Room for as many ids between two neighbours of the generation.
_GAP_BITS = 20


class Catalog:
    """The stored products, opened for reading.

    `changed` returns a catalog with changes over the same files: rows that were written again, and further
    rows behind those of the generation.
    """

    def __init__(self, folder: Path) -> None:
        self.ids: list[str] = json.loads((folder / "products.ids.json").read_text("utf-8"))
        self._rows = {product_id: row for row, product_id in enumerate(self.ids)}
        self._starts = np.load(folder / "products.starts.npy")
        self._lines = load_raw_mmap(folder / PRODUCTS, np.uint8)
        self._id_ranks: NDArray[np.int32] = load_npy_mmap(folder / "products.id_ranks.npy")
        self._rewritten: dict[int, Product] = {}
        self.ties: NDArray[np.int64] = (self._id_ranks.astype(np.int64) + 1) << _GAP_BITS
        """Numbers in the order of the ids, by row: of equals the lowest comes first."""

    def changed(self, patched: dict[int, Product], removed: Iterable[int], added: Sequence[Product]) -> Self:
        """Return the catalog with other products in some rows, without some, and with further ones."""
        changed = copy(self)
        changed._rewritten = self._rewritten | patched
        removed = list(removed)
        if removed or added:
            changed._rows = self._rows.copy()
            for row in removed:
                changed._rows.pop(self.ids[row], None)
        if added:
            changed.ids = [*self.ids, *(product.product_id for product in added)]
            for row, product in enumerate(added, len(self.ids)):
                changed._rows[product.product_id] = row
                changed._rewritten[row] = product
            changed.ties = np.concatenate([self.ties[: len(self._id_ranks)], changed._ties_of_further_rows()])
        return changed

    def known_ids(self) -> list[str]:
        """Return the ids of the products that there are; `ids` also holds those of rows that are gone."""
        return list(self._rows)

    def row(self, product_id: str) -> int | None:
        """Return the row of a product, None for an unknown id."""
        return self._rows.get(product_id)

    def rows(self, product_ids: Iterable[str]) -> list[int]:
        """Return the rows of the known ids, in order."""
        return [row for product_id in product_ids if (row := self._rows.get(product_id)) is not None]

    def rows_or_default(self, product_ids: Iterable[str], unknown: int) -> list[int]:
        """Return the row of each id, `unknown` for an unknown one."""
        return [self._rows.get(product_id, unknown) for product_id in product_ids]

    def products(self, rows: Sequence[int]) -> list[Product]:
        """Return the products of these rows, in order."""
        return [self._rewritten.get(row) or self._read(row) for row in rows]

    @property
    def rewritten(self) -> int:
        """How many rows are kept in memory, since they were written again or came behind the others."""
        return len(self._rewritten)

    def _read(self, row: int) -> Product:
        return product_from_json(json.loads(self._lines[self._starts[row] : self._starts[row + 1]].tobytes()))

    def _ties_of_further_rows(self) -> NDArray[np.int64]:
        """Return the ties of the rows behind those of the generation, between those of its ids."""
        written = len(self._id_ranks)
        by_id = np.argsort(self._id_ranks)
        ties = np.empty(len(self.ids) - written, np.int64)
        further = sorted(range(written, len(self.ids)), key=self.ids.__getitem__)
        for number, row in enumerate(further, start=1):
            before = bisect_left(by_id, self.ids[row], key=lambda other: self.ids[other])
            ties[row - written] = (before << _GAP_BITS) + number
        return ties
