"""Columns for filters, sorting and facets."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shangsou.engines.embedded.coded_column import CodedColumn, CodedColumnBuilder, open_coded_column
from shangsou.engines.embedded.groups import Groups, write_groups
from shangsou.engines.embedded.prices import (
    UNKNOWN_PRICE,
    PriceColumn,
    Prices,
    PricesBuilder,
    open_prices,
    ranks,
)
from shangsou.engines.listing import duplicate_key, shrink_ratings
from shangsou.engines.query import Filters, Sort, attribute_pair
from shangsou.mmap_arrays import load_npy_mmap
from shangsou.product import CATEGORY_SEPARATOR, Product

Mask = NDArray[np.bool_]
_OLDEST = np.iinfo(np.int64).min  # a missing date
_CODED = ("brand", "category", "attributes")


@dataclass(frozen=True, slots=True)
class Numbers:
    """One number of each product, shape (rows,)."""

    sales: NDArray[np.int64]
    created: NDArray[np.int64]
    """Microseconds since the epoch."""
    own_rating: NDArray[np.float32]
    """NaN where there is none."""
    reviews: NDArray[np.int64]
    in_stock: Mask
    on: Mask
    duplicates: NDArray[np.int64]

    @classmethod
    def of_rows(cls, rows: Sequence[tuple[object, ...]]) -> "Numbers":
        """Return the numbers of some products, given those of each."""
        columns = zip(*rows, strict=True) if rows else ((),) * len(_DTYPES)
        return cls(*(np.array(values, dtype) for values, dtype in zip(columns, _DTYPES, strict=True)))

    def changed(self, patched: Mapping[int, Product], removed: Sequence[int], added: "Numbers") -> "Numbers":
        """Return the numbers with those of other products in some rows, and of further ones."""
        rows, others = list(patched), Numbers.of_rows([*map(_numbers, patched.values())])
        arrays = {}
        for field in fields(self):
            arrays[field.name] = np.concatenate([getattr(self, field.name), getattr(added, field.name)])
            arrays[field.name][rows] = getattr(others, field.name)
        arrays["on"][removed] = False
        # What is gone has no say in the mean rating.
        arrays["own_rating"][removed] = np.nan
        return Numbers(**arrays)


_DTYPES = (np.int64, np.int64, np.float32, np.int64, np.bool_, np.bool_, np.int64)


def _numbers(product: Product) -> tuple[object, ...]:
    """Return the number of each field of `Numbers`."""
    return (
        product.sales,
        _microseconds(product.created_at),
        np.nan if product.rating is None else product.rating,
        product.reviews,
        product.stock is None or product.stock > 0,
        product.status == "on",
        duplicate_key(product),
    )


class ColumnsBuilder:
    """Collects the columns, product by product."""

    def __init__(self) -> None:
        self._numbers: list[tuple[object, ...]] = []
        self._group_ids: list[str] = []
        self._prices = PricesBuilder()
        self._coded = {name: CodedColumnBuilder() for name in _CODED}

    def add(self, product: Product) -> None:
        """Add the row of a product."""
        self._numbers.append(_numbers(product))
        self._prices.add(product)
        self._group_ids.append(product.group_id)
        self._coded["brand"].add([product.brand] if product.brand else [])
        self._coded["category"].add([CATEGORY_SEPARATOR.join(product.category)] if product.category else [])
        self._coded["attributes"].add(
            dict.fromkeys(
                attribute_pair(name, value) for name, values in product.attributes.items() for value in values
            )
        )

    def write(self, folder: Path) -> None:
        """Write all columns into a folder."""
        numbers = self.numbers()
        for field in fields(numbers):
            np.save(folder / f"column.{field.name}.npy", getattr(numbers, field.name))
        groups = write_groups(folder, self._group_ids)
        for name, builder in self._coded.items():
            builder.column(groups).write(folder, name)
        # Ties are not written: they are those of the ids.
        self._prices.prices(np.arange(len(groups))).write(folder)

    def numbers(self) -> Numbers:
        """Return the numbers of the products that were added."""
        return Numbers.of_rows(self._numbers)

    def coded(self, name: str) -> CodedColumn:
        """Return a coded column of the products that were added, none of which share a group."""
        return self._coded[name].column(np.arange(len(self._numbers), dtype=np.int32))


class Columns:
    """The columns of some rows."""

    def __init__(
        self, numbers: Numbers, prices: Prices, coded: Mapping[str, CodedColumn], ties: NDArray[np.int64]
    ) -> None:
        self._numbers, self._coded, self._ties = numbers, coded, ties
        self.prices = prices
        self.brand, self.category, self.attributes = (coded[name] for name in _CODED)
        self.sales, self.duplicates = numbers.sales, numbers.duplicates
        self.in_stock: Mask = numbers.in_stock
        self._all_on_sale = bool(numbers.on.all())

    def changed(
        self,
        patched: Mapping[int, Product],
        removed: Sequence[int],
        added: Sequence[Product],
        groups: Groups,
        ties: NDArray[np.int64],
    ) -> "Columns":
        """Return the columns with other products in some rows, without some rows, and with further ones.

        What brand, category and attributes the patched rows have stays.
        """
        coded = self._coded
        further = ColumnsBuilder()
        for product in added:
            further.add(product)
        if removed or added:
            coded = {
                name: column.changed(further.coded(name), groups.of_row) for name, column in coded.items()
            }
        return Columns(
            self._numbers.changed(patched, removed, further.numbers()),
            self.prices.changed(patched, removed, added, ties),
            coded,
            ties,
        )

    @cached_property
    def rating(self) -> NDArray[np.float32]:
        """The shrunk rating of each row, NaN where there is none."""
        return shrink_ratings(self._numbers.own_rating, self._numbers.reviews)

    def rank(self, sort: Sort, prices: PriceColumn) -> NDArray[np.int32]:
        """Return the rank of each row in an order; of equals the one with the first id comes first."""
        match sort:
            case "price_asc":
                return prices.rank_ascending
            case "price_desc":
                return prices.rank_descending
            case "sales":
                return self._rank_sales
            case "newest":
                return self._rank_newest
            case "rating":
                return self._rank_rating
            case _:
                raise ValueError(f"no order by {sort}")

    def filter_mask(self, filters: Filters, prices: PriceColumn) -> Mask | None:
        """Return which rows are on sale and pass the filters; None if all do."""
        masks = list(self._masks(filters, prices.price_fen))
        if not masks:
            return None
        mask = masks[0].copy()
        for other in masks[1:]:
            mask &= other
        return mask

    # The last key of lexsort is the primary one.
    @cached_property
    def _rank_sales(self) -> NDArray[np.int32]:
        return ranks(np.lexsort((self._ties, -self.sales)))

    @cached_property
    def _rank_newest(self) -> NDArray[np.int32]:
        created = self._numbers.created
        return ranks(np.lexsort((self._ties, -created, created == _OLDEST)))

    @cached_property
    def _rank_rating(self) -> NDArray[np.int32]:
        return ranks(np.lexsort((self._ties, -self.rating)))  # NaN comes last

    def _masks(self, filters: Filters, price_fen: NDArray[np.int64]) -> Iterable[Mask]:
        if not self._all_on_sale:
            yield self._numbers.on
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


def open_columns(folder: Path, groups: Groups, ties: NDArray[np.int64]) -> Columns:
    """Return the columns in a folder."""
    numbers: dict[str, NDArray[Any]] = {
        field.name: load_npy_mmap(folder / f"column.{field.name}.npy") for field in fields(Numbers)
    }
    coded = {name: open_coded_column(folder, name, groups.of_row) for name in _CODED}
    return Columns(Numbers(**numbers), open_prices(folder, ties), coded, ties)


def _below(paths: Sequence[tuple[str, ...]]) -> Callable[[str], bool]:
    joined = [CATEGORY_SEPARATOR.join(path) for path in paths]
    return lambda name: any(name == path or name.startswith(path + CATEGORY_SEPARATOR) for path in joined)


def _microseconds(moment: datetime | None) -> int:
    return int(_OLDEST) if moment is None else int(moment.timestamp() * 1_000_000)
