"""Columns for filters, sorting and facets."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shangsou.engines.embedded.coded_column import CodedColumn, CodedColumnBuilder
from shangsou.engines.embedded.groups import number_groups
from shangsou.engines.embedded.prices import UNKNOWN_PRICE, PriceColumn, Prices, PricesBuilder, ranks
from shangsou.engines.listing import duplicate_key, shrink_ratings
from shangsou.engines.query import Filters, Sort, attribute_pair
from shangsou.mmap_arrays import load_npy_mmap
from shangsou.product import CATEGORY_SEPARATOR, Product

Mask = NDArray[np.bool_]
_OLDEST = np.iinfo(np.int64).min  # a missing date


class ColumnsBuilder:
    """Collects the columns, product by product."""

    def __init__(self) -> None:
        self._sales: list[int] = []
        self._created: list[int] = []
        self._ratings: list[float] = []
        self._reviews: list[int] = []
        self._stocks: list[bool] = []
        self._on_sale: list[bool] = []
        self._group_ids: list[str] = []
        self._duplicates: list[int] = []
        self._prices = PricesBuilder()
        self._coded = {name: CodedColumnBuilder() for name in ("brand", "category", "attributes")}

    def add(self, product: Product) -> None:
        """Add the row of a product."""
        self._prices.add(product)
        self._sales.append(product.sales)
        self._created.append(_microseconds(product.created_at))
        self._ratings.append(np.nan if product.rating is None else product.rating)
        self._reviews.append(product.reviews)
        self._stocks.append(product.stock is None or product.stock > 0)
        self._on_sale.append(product.status == "on")
        self._group_ids.append(product.group_id)
        self._duplicates.append(duplicate_key(product))
        self._coded["brand"].add([product.brand] if product.brand else [])
        self._coded["category"].add([CATEGORY_SEPARATOR.join(product.category)] if product.category else [])
        self._coded["attributes"].add(
            dict.fromkeys(
                attribute_pair(name, value) for name, values in product.attributes.items() for value in values
            )
        )

    def write(self, folder: Path) -> None:
        """Write all columns into a folder."""
        sales = np.array(self._sales, np.int64)
        created = np.array(self._created, np.int64)
        groups = number_groups(self._group_ids)
        ratings = shrink_ratings(np.array(self._ratings, np.float32), np.array(self._reviews, np.int64))
        arrays: dict[str, NDArray[Any]] = {
            "groups": groups,
            "sales": sales,
            "rating": ratings,
            "duplicates": np.array(self._duplicates, np.int64),
            "in_stock": np.array(self._stocks, np.bool_),
            "on": np.array(self._on_sale, np.bool_),
            # The rank of each row in each order: lexsort's last key is the primary one, ties keep row order.
            "rank_sales": ranks(np.argsort(-sales, kind="stable")),
            "rank_newest": ranks(np.lexsort((-created, created == _OLDEST))),
            "rank_rating": ranks(np.argsort(-ratings, kind="stable")),  # NaN comes last
        }
        for name, values in arrays.items():
            np.save(folder / f"column.{name}.npy", values)
        for name, column in self._coded.items():
            column.write(folder, name, groups)
        self._prices.write(folder)


class Columns:
    """The columns, opened for reading."""

    def __init__(self, folder: Path) -> None:
        def load(name: str) -> NDArray[Any]:
            return load_npy_mmap(folder / f"column.{name}.npy")

        self.prices = Prices(folder)
        self.brand = CodedColumn(folder, "brand")
        self.category = CodedColumn(folder, "category")
        self.attributes = CodedColumn(folder, "attributes")
        self.sales, self.rating, self.duplicates = load("sales"), load("rating"), load("duplicates")
        self.in_stock: Mask = load("in_stock")
        self._rank = {sort: load(f"rank_{sort}") for sort in ("sales", "newest", "rating")}
        self._on_sale: Mask = load("on")
        self._all_on_sale = bool(self._on_sale.all())

    def rank(self, sort: Sort, prices: PriceColumn) -> NDArray[np.int32]:
        """Return the rank of each row in an order; ties in catalog order."""
        match sort:
            case "price_asc":
                return prices.rank_ascending
            case "price_desc":
                return prices.rank_descending
            case _:
                return self._rank[sort]

    def filter_mask(self, filters: Filters, prices: PriceColumn) -> Mask | None:
        """Return which rows are on sale and pass the filters; None if all do."""
        masks = list(self._masks(filters, prices.price_fen))
        if not masks:
            return None
        mask = masks[0].copy()
        for other in masks[1:]:
            mask &= other
        return mask

    def _masks(self, filters: Filters, price_fen: NDArray[np.int64]) -> Iterable[Mask]:
        if not self._all_on_sale:
            yield self._on_sale
        if filters.categories:
            yield self.category.mask(_below(filters.categories))
        if filters.brands:
            yield self.brand.mask(filters.brands)
        if filters.price_from_fen is not None:
            yield (price_fen >= filters.price_from_fen) & (price_fen != UNKNOWN_PRICE)
        if filters.price_to_fen is not None:
            yield (price_fen <= filters.price_to_fen) & (price_fen != UNKNOWN_PRICE)
        if filters.in_stock is not None:
            yield self.in_stock == filters.in_stock
        for name, values in filters.attributes:
            yield self.attributes.mask([attribute_pair(name, value) for value in values])


def _below(paths: Sequence[tuple[str, ...]]) -> Callable[[str], bool]:
    joined = [CATEGORY_SEPARATOR.join(path) for path in paths]
    return lambda name: any(name == path or name.startswith(path + CATEGORY_SEPARATOR) for path in joined)


def _microseconds(moment: datetime | None) -> int:
    return int(_OLDEST) if moment is None else int(moment.timestamp() * 1_000_000)
