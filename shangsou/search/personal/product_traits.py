"""Product traits that preferences are formed on, as numbers: words, brand, type, price level, category."""

from collections.abc import Collection, Sequence
from itertools import repeat
from math import log
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from shangsou.engines.cosine_scale import SAME_SCALE, CosineScale
from shangsou.engines.engine import Engine
from shangsou.engines.query import Filters, TypeCondition, Vector
from shangsou.lexicon.type_words import ACCESSORY, ends_like_type
from shangsou.product import CATEGORY_SEPARATOR, Product
from shangsou.search.personal.group_keys import group_key
from shangsou.text.normalize import normalize
from shangsou.text.segmenter import PACKAGED, Segmenter
from shangsou.text.terms import characters, words

UNKNOWN = -1
# Products whose traits one process keeps, of some 200 bytes each and of their ids.
_MAX_PRODUCTS = 200_000


# With the words before it, one line of a phone's card.
_MAX_NAMED_LENGTH = 8
# Values that say whether something is there, or that nothing is known. Written down by reading catalogs.
_UNTELLING_VALUES = frozenset(
    ("其他", "其它", "没有", "支持", "不支持", "不详", "未知", "默认", "通用", "不含", "均码", "常规", "普通")
)


class Traits(NamedTuple):
    """Of products, in the order asked for. Numbers stand for texts as one `TraitReader` gave them out."""

    words: NDArray[np.int32]
    """Distinct words of two characters or more, of the title and the attributes' values: those of the first
    product, those of the second, and so on."""
    word_counts: NDArray[np.int64]
    """How many of them are of each product, shape (products,), as are all that follow but `characters`."""
    values: NDArray[np.int32]
    """What can be named to a shopper: the product word and the attributes' values, each whole."""
    value_counts: NDArray[np.int64]
    characters: NDArray[np.uint16]
    """Distinct searchable characters of title, brand and attributes, the low 16 bits of each."""
    character_counts: NDArray[np.int64]
    brands: NDArray[np.int64]
    """`UNKNOWN` where the catalog gives none, as of `categories`."""
    categories: NDArray[np.int64]
    types: NDArray[np.int64]
    """The main product type, or the category where it is not known."""
    accessories: NDArray[np.bool_]
    """Whether it only goes with a thing."""
    log_prices: NDArray[np.float64]
    """Natural logarithm of the price in fen; NaN where there is none."""


class TraitReader:
    """Traits of the products of one generation, kept once they were read. Safe for many threads.

    Parameters
    ----------
    engine, segmenter
        Where products are read from, and what their texts are cut by.
    scale
        That of the cosines of the generation's encoder.
    """

    def __init__(
        self, engine: Engine, segmenter: Segmenter = PACKAGED, scale: CosineScale = SAME_SCALE
    ) -> None:
        self._engine, self._segmenter, self._scale = engine, segmenter, scale
        self._texts: list[str] = []
        self._numbers: dict[str, int] = {}
        self._table = _TraitTable()
        self._lock = Lock()

    def read(self, product_ids: Sequence[str]) -> tuple[NDArray[np.int64], Traits]:
        """Return which of these products exist and are on, as their positions, and the traits of those.

        Raises `EngineUnavailable` as the engine does.
        """
        table = self._table
        rows = list(map(table.rows.get, product_ids, repeat(UNKNOWN)))
        if UNKNOWN in rows:
            table = self._load(
                [product_id for product_id, row in zip(product_ids, rows, strict=True) if row == UNKNOWN],
                product_ids,
            )
            rows = [table.rows.get(product_id, UNKNOWN) for product_id in product_ids]
        row_array = np.array(rows, np.int64)
        positions = np.flatnonzero(row_array != UNKNOWN)
        return positions, table.take(row_array[positions])

    def follow(self, engine: Engine, changed_ids: Collection[str]) -> None:
        """Read from another engine of the same generation, and these products anew."""
        with self._lock:
            self._engine = engine
            for product_id in changed_ids:
                self._table.rows.pop(product_id, None)
                self._table.group_keys.pop(product_id, None)

    def group_keys(self, product_ids: Sequence[str]) -> Sequence[str]:
        """Return the key of the group of each of these products, which were read before."""
        keys = self._table.group_keys
        return list(map(keys.get, product_ids, product_ids)) if keys else product_ids

    def cosines(self, vector: Vector, product_ids: Sequence[str]) -> Vector:
        """Return the cosines of these products' titles with a vector, NaN where there is none.

        On the scale of the default model, by which the default ranker reads them.
        """
        return self._scale.to_default(self._engine.cosines(vector, product_ids))

    def text(self, number: int) -> str:
        """Return the word, brand or category that a number stands for."""
        return self._texts[number]

    def _load(self, missing: Sequence[str], wanted: Sequence[str]) -> "_TraitTable":
        """Return a table that holds all wanted products that there are."""
        with self._lock:
            if len(self._table.rows) + len(missing) > _MAX_PRODUCTS:
                # Begun anew; whoever still reads the old one keeps it.
                self._table, missing = _TraitTable(), wanted
            main_types = self._engine.main_types(missing)
            accessories = self._engine.passing(missing, Filters(types=TypeCondition((ACCESSORY,))))
            for product in self._engine.products(missing):
                if product.product_id not in self._table.rows:
                    main_type = main_types.get(product.product_id, "")
                    self._add(product, main_type, is_accessory=product.product_id in accessories)
            return self._table

    def _add(self, product: Product, main_type: str, *, is_accessory: bool) -> None:
        values = [value for values in product.attributes.values() for value in values]
        text = normalize(" ".join([product.title, *values]))
        codes = {ord(char) & 0xFFFF for char in "".join(characters(f"{text} {normalize(product.brand)}"))}
        distinct_words = dict.fromkeys(word for word in words(text, self._segmenter) if len(word) > 1)
        category = CATEGORY_SEPARATOR.join(product.category)
        if product.group_id:
            self._table.group_keys[product.product_id] = group_key(product)
        self._table.add(
            product.product_id,
            words=[self._number(word) for word in distinct_words],
            values=[self._number(value) for value in _nameable_values(product, main_type)],
            characters=sorted(codes),
            brand=self._number(product.brand) if product.brand else UNKNOWN,
            category=self._number(category) if category else UNKNOWN,
            type_=self._number(main_type or category) if main_type or category else UNKNOWN,
            is_accessory=is_accessory,
            log_price=log(product.price_fen) if product.price_fen else float("nan"),
        )

    def _number(self, text: str) -> int:
        number = self._numbers.get(text)
        if number is None:
            number = self._numbers[text] = len(self._texts)
            self._texts.append(text)
        return number


def _nameable_values(product: Product, main_type: str) -> list[str]:
    """Return the product word and the values of attributes that say something to a shopper.

    A number or a code says nothing by itself, and a sentence is no value.
    """
    values = [value.strip() for values in product.attributes.values() for value in values]
    named = [
        value
        for value in values
        if 1 < len(value) <= _MAX_NAMED_LENGTH
        and value not in _UNTELLING_VALUES
        and not any(map(str.isdigit, value))
        and any(map(str.isalpha, value))
    ]
    product_word = [main_type] if main_type and ends_like_type(main_type) else []
    return list(dict.fromkeys([*named, *product_word]))


class _TraitTable:
    """Traits as columns, a row for each product. One thread adds, any may read the rows that it knows of."""

    def __init__(self) -> None:
        self.rows: dict[str, int] = {}
        self.group_keys: dict[str, str] = {}
        """Of the products that are variants, by id."""
        self._words, self._values = _ListColumn(np.int32), _ListColumn(np.int32)
        self._characters = _ListColumn(np.uint16)
        self._brands, self._categories = _GrowingArray(np.int64), _GrowingArray(np.int64)
        self._types, self._accessories = _GrowingArray(np.int64), _GrowingArray(np.bool_)
        self._log_prices = _GrowingArray(np.float64)

    def add(  # noqa: PLR0913 - the columns
        self,
        product_id: str,
        *,
        words: list[int],
        values: list[int],
        characters: list[int],
        brand: int,
        category: int,
        type_: int,
        is_accessory: bool,
        log_price: float,
    ) -> None:
        self._words.add(words)
        self._values.add(values)
        self._characters.add(characters)
        row = self._brands.extend([brand]) - 1
        self._categories.extend([category])
        self._types.extend([type_])
        self._accessories.extend([is_accessory])
        self._log_prices.extend([log_price])
        # Last: whoever finds the row finds all of it.
        self.rows[product_id] = row

    def take(self, rows: NDArray[np.int64]) -> Traits:
        return Traits(
            *self._words.take(rows),
            *self._values.take(rows),
            *self._characters.take(rows),
            self._brands.values[rows],
            self._categories.values[rows],
            self._types.values[rows],
            self._accessories.values[rows],
            self._log_prices.values[rows],
        )


class _GrowingArray:
    """An array that is added to; a larger one takes its place where it is full."""

    def __init__(self, dtype: type[np.generic]) -> None:
        self.values: NDArray[Any] = np.empty(1024, dtype)
        self._length = 0

    def extend(self, values: Sequence[float]) -> int:
        """Add values and return how many there are then."""
        end = self._length + len(values)
        if end > len(self.values):
            larger = np.empty(max(end, 2 * len(self.values)), self.values.dtype)
            larger[: self._length] = self.values[: self._length]
            self.values = larger
        self.values[self._length : end] = values
        self._length = end
        return end


class _ListColumn:
    """Lists of numbers, one after another."""

    def __init__(self, dtype: type[np.generic]) -> None:
        self._values, self._ends = _GrowingArray(dtype), _GrowingArray(np.int64)
        # An end before the first, so that each list begins where another ends.
        self._ends.extend([0])

    def add(self, numbers: Sequence[int]) -> None:
        self._ends.extend([self._values.extend(numbers)])

    def take(self, rows: NDArray[np.int64]) -> tuple[NDArray[Any], NDArray[np.int64]]:
        """Return the numbers of these lists, one after another, and how many each holds."""
        ends = self._ends.values
        starts = ends[rows]
        counts = ends[rows + 1] - starts
        offsets = np.cumsum(counts) - counts
        positions = np.arange(counts.sum()) + np.repeat(starts - offsets, counts)
        return self._values.values[positions], counts
