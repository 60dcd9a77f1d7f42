"""Stored products: JSON lines, read by row or by id."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np

from shangsou.mmap_arrays import load_raw_mmap
from shangsou.product import Product, product_from_json, product_to_json

# json.dumps would make an encoder for each product.
_to_json_text = json.JSONEncoder(ensure_ascii=False).encode


class CatalogWriter:
    """Appends products to a folder; rows are numbered from 0."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: BinaryIO = (folder / "products.jsonl").open("wb")
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
        """Write the offsets of the products."""
        self._file.close()
        np.save(self._folder / "products.starts.npy", np.array(self._starts, np.int64))
        (self._folder / "products.ids.json").write_text(json.dumps(self._ids, ensure_ascii=False), "utf-8")

    def close(self) -> None:
        """Close the file; `finish` does that too."""
        self._file.close()


class Catalog:
    """The stored products, opened for reading."""

    def __init__(self, folder: Path) -> None:
        self.ids: list[str] = json.loads((folder / "products.ids.json").read_text("utf-8"))
        self._rows = {product_id: row for row, product_id in enumerate(self.ids)}
        self._starts = np.load(folder / "products.starts.npy")
        self._lines = load_raw_mmap(folder / "products.jsonl", np.uint8)

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
        return [
            product_from_json(json.loads(self._lines[self._starts[row] : self._starts[row + 1]].tobytes()))
            for row in rows
        ]
