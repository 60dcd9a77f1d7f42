"""Columns for filters, facets and sorts: numpy arrays with a row for each product."""

import json
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shangsou.engines.query import Filters, attribute_pair
from shangsou.mmap_arrays import load_npy_mmap
from shangsou.product import CATEGORY_SEPARATOR, Product

Mask = NDArray[np.bool_]
_UNKNOWN = -1  # a missing price, and the code of a missing brand or category
_OLDEST = np.iinfo(np.int64).min  # a missing date


class ColumnsBuilder:
    """Collects the columns, product by product."""

    def __init__(self) -> None:
        self._prices: list[int] = []
        self._sales: list[int] = []
        self._created: list[int] = []
        self._stocks: list[bool] = []
        self._on_sale: list[bool] = []
        self._brands = _Coder()
        self._categories = _Coder()
        self._attributes = _Coder()
        self._attribute_counts: list[int] = []

    def add(self, product: Product) -> None:
        """Add the row of a product."""
        self._prices.append(_UNKNOWN if product.price_fen is None else product.price_fen)
        self._sales.append(product.sales)
        self._created.append(_microseconds(product.created_at))
        self._stocks.append(product.stock is None or product.stock > 0)
        self._on_sale.append(product.status == "on")
        self._brands.add(product.brand)
        self._categories.add(CATEGORY_SEPARATOR.join(product.category))
        pairs = {
            attribute_pair(name, value): None
            for name, values in product.attributes.items()
            for value in values
        }
        for pair in pairs:
            self._attributes.add(pair)
        self._attribute_counts.append(len(pairs))

    def write(self, folder: Path) -> None:
        """Write all columns into a folder."""
        prices = np.array(self._prices, np.int64)
        sales = np.array(self._sales, np.int64)
        created = np.array(self._created, np.int64)
        unknown = prices == _UNKNOWN
        arrays = {
            "price": prices,
            "in_stock": np.array(self._stocks, np.bool_),
            "on": np.array(self._on_sale, np.bool_),
            "brand": self._brands.codes(),
            "category": self._categories.codes(),
            "attributes": self._attributes.codes(),
            "attribute_starts": np.cumsum([0, *self._attribute_counts], dtype=np.int64),
            # The rank of each row in each order: lexsort's last key is the primary one, ties keep row order.
            "rank_price_asc": _ranks(np.lexsort((prices, unknown))),
            "rank_price_desc": _ranks(np.lexsort((-prices, unknown))),
            "rank_sales": _ranks(np.argsort(-sales, kind="stable")),
            "rank_newest": _ranks(np.lexsort((-created, created == _OLDEST))),
        }
        for name, values in arrays.items():
            np.save(folder / f"column.{name}.npy", values)
        names = {
            "brand": self._brands.names(),
            "category": self._categories.names(),
            "attributes": self._attributes.names(),
        }
        (folder / "columns.json").write_text(json.dumps(names, ensure_ascii=False), "utf-8")


class Columns:
    """The columns, opened for reading."""

    def __init__(self, folder: Path) -> None:
        def load(name: str) -> NDArray[Any]:
            return load_npy_mmap(folder / f"column.{name}.npy")

        names = json.loads((folder / "columns.json").read_text("utf-8"))
        self.price_fen = load("price")
        self.brand, self.brand_names = load("brand"), list[str](names["brand"])
        self.category, self.category_names = load("category"), list[str](names["category"])
        self.attributes, self.attribute_names = load("attributes"), list[str](names["attributes"])
        self.attribute_starts = load("attribute_starts")
        self.rank = {sort: load(f"rank_{sort}") for sort in ("price_asc", "price_desc", "sales", "newest")}
        self._in_stock = load("in_stock")
        self._on_sale = load("on")
        self._attribute_rows = np.repeat(
            np.arange(len(self._on_sale), dtype=np.int32), np.diff(self.attribute_starts)
        )
        self._all_on_sale = bool(self._on_sale.all())

    def filter_mask(self, filters: Filters) -> Mask | None:
        """Return which rows are on sale and pass the filters; None if all do."""
        masks = list(self._masks(filters))
        if not masks:
            return None
        mask = masks[0].copy()
        for other in masks[1:]:
            mask &= other
        return mask

    def _masks(self, filters: Filters) -> Iterable[Mask]:
        if not self._all_on_sale:
            yield self._on_sale
        if filters.categories:
            yield self._match_codes(self.category, self.category_names, _below(filters.categories))
        if filters.brands:
            yield self._match_codes(self.brand, self.brand_names, set(filters.brands).__contains__)
        if filters.price_from_fen is not None:
            yield (self.price_fen >= filters.price_from_fen) & (self.price_fen != _UNKNOWN)
        if filters.price_to_fen is not None:
            yield (self.price_fen <= filters.price_to_fen) & (self.price_fen != _UNKNOWN)
        if filters.in_stock is not None:
            yield self._in_stock == filters.in_stock
        for name, values in filters.attributes:
            pairs = [attribute_pair(name, value) for value in values]
            codes = [code for pair in pairs if (code := _index_of(self.attribute_names, pair)) is not None]
            mask = np.zeros(len(self._on_sale), np.bool_)
            mask[self._attribute_rows[np.isin(self.attributes, codes)]] = True
            yield mask

    @staticmethod
    def _match_codes(codes: NDArray[np.int32], names: Sequence[str], accepts: Callable[[str], bool]) -> Mask:
        # One extra element at the end: the code of an unknown value is -1.
        passes = np.array([*map(accepts, names), False], np.bool_)
        return passes[codes]


class _Coder:
    """Codes texts as small numbers, in the order of the texts; no text is -1."""

    def __init__(self) -> None:
        self._appearances: list[int] = []
        self._code_by_text: dict[str, int] = {}

    def add(self, text: str) -> None:
        self._appearances.append(
            self._code_by_text.setdefault(text, len(self._code_by_text)) if text else _UNKNOWN
        )

    def names(self) -> list[str]:
        """Return the texts, by code."""
        return sorted(self._code_by_text)

    def codes(self) -> NDArray[np.int32]:
        """Return the code of each text that was added."""
        # One extra element at the end, for no text.
        by_appearance = np.full(len(self._code_by_text) + 1, _UNKNOWN, np.int32)
        by_appearance[[self._code_by_text[name] for name in self.names()]] = np.arange(
            len(self._code_by_text)
        )
        return by_appearance[np.array(self._appearances, np.int64)]


def _index_of(names: Sequence[str], name: str) -> int | None:
    """Return the index of a name among sorted names."""
    index = bisect_left(names, name)
    return index if index < len(names) and names[index] == name else None


def _ranks(order: NDArray[np.intp]) -> NDArray[np.int32]:
    ranks = np.empty(len(order), np.int32)
    ranks[order] = np.arange(len(order), dtype=np.int32)
    return ranks


def _below(paths: Sequence[tuple[str, ...]]) -> Callable[[str], bool]:
    joined = [CATEGORY_SEPARATOR.join(path) for path in paths]
    return lambda name: any(name == path or name.startswith(path + CATEGORY_SEPARATOR) for path in joined)


def _microseconds(moment: datetime | None) -> int:
    return int(_OLDEST) if moment is None else int(moment.timestamp() * 1_000_000)
