"""Summarize a shop: how full each field is, how many products are on sale, at which prices."""

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping
from operator import attrgetter

import numpy as np

from shangsou.product import Product

# Fields of a product as people call them, in the order of the report.
_FIELDS: Mapping[str, str] = {
    "price": "price_fen",
    "list_price": "list_price_fen",
    "stock": "stock",
    "brand": "brand",
    "category": "category",
    "attributes": "attributes",
    "image": "image_url",
    "subtitle": "subtitle",
    "description": "description",
    "shop": "shop",
    "tags": "tags",
    "codes": "codes",
    "sales": "sales",
    "rating": "rating",
    "reviews": "reviews",
    "created_at": "created_at",
    "group_id": "group_id",
    "product_type": "product_type",
}
_values = attrgetter(*_FIELDS.values())
_ZERO_POSITIONS = tuple(
    position for position, field in enumerate(_FIELDS) if field in ("price", "stock", "rating")
)
# Names that are counted: a shop has hundreds of brands, a wrong column as many as products.
_MAX_NAMES = 2_000
_SHOWN = 5
# Kinds of products by which fields they have; a catalog has dozens.
_MAX_SHAPES = 1 << 12


class ShopSummary:
    """Counts the products of a run."""

    def __init__(self) -> None:
        self.products = self.off = self.sold_out = 0
        self.currency = "CNY"
        self._filled = [0] * len(_FIELDS)
        self._shapes: Counter[tuple[bool, ...]] = Counter()
        self._groups = array("q")
        self._lowest: int | None = None
        self._highest: int | None = None
        self._categories: Counter[str] = Counter()
        self._brands: Counter[str] = Counter()
        self._example = ""

    def add(self, product: Product) -> None:
        """Count a product."""
        self.products += 1
        # One look-up for all products that have the same fields, instead of one a field.
        values = _values(product)
        self._shapes[tuple(map(bool, values))] += 1
        if len(self._shapes) > _MAX_SHAPES:
            self._filled = list(self.filled().values())
            self._shapes.clear()
        for position in _ZERO_POSITIONS:
            # Zero is a price and a stock.
            if values[position] == 0:
                self._filled[position] += 1
        if product.group_id:
            self._groups.append(hash(product.group_id))
        if product.status == "off":
            self.off += 1
        elif product.stock == 0:
            self.sold_out += 1
        if product.price_fen is not None:
            self._add_price(product.price_fen)
        if product.category:
            _count(self._categories, product.category[0])
        if product.brand:
            _count(self._brands, product.brand)
        self._example = self._example or _example(product)

    def _add_price(self, price_fen: int) -> None:
        self._lowest = price_fen if self._lowest is None else min(self._lowest, price_fen)
        self._highest = price_fen if self._highest is None else max(self._highest, price_fen)

    @property
    def groups(self) -> int:
        """Products as a shopper sees them, the variants of one counted once."""
        return self.products - len(self._groups) + len(np.unique(np.frombuffer(self._groups, np.int64)))

    def filled(self) -> dict[str, int]:
        """Return how many products have each field."""
        filled = list(self._filled)
        for shape, count in self._shapes.items():
            for position, is_filled in enumerate(shape):
                filled[position] += count * is_filled
        return dict(zip(_FIELDS, filled, strict=True))

    def fill(self) -> dict[str, float]:
        """Return the share of products that have each field."""
        return {field: round(count / max(self.products, 1), 4) for field, count in self.filled().items()}

    def to_json(self) -> dict[str, object]:
        """Return the summary as plain JSON values."""
        return {
            "products": self.products,
            "groups": self.groups,
            "off": self.off,
            "sold_out": self.sold_out,
            "price_from": None if self._lowest is None else self._lowest / 100,
            "price_to": None if self._highest is None else self._highest / 100,
            "categories": dict(self._categories.most_common(_SHOWN)),
            "brands": dict(self._brands.most_common(_SHOWN)),
            "example": self._example,
        }

    def lines(self) -> Iterator[str]:
        """Yield the summary for people."""
        if not self.products:
            return
        shares = (
            f"{field} {count / self.products:.0%}" if count < self.products else f"{field} all"
            for field, count in self.filled().items()
            if count
        )
        yield f"Fields filled: {', '.join(shares) or 'none but number and title'}"
        yield (
            f"The shop: {self.groups:,} products with {self.products:,} variants, {self.off:,} off, "
            f"{self.sold_out:,} sold out{self._price_range()}"
        )
        for name, counts in (("categories", self._categories), ("brands", self._brands)):
            if counts:
                shown = ", ".join(f"{text} {count:,}" for text, count in counts.most_common(_SHOWN))
                yield f"  {name}: {shown}{', …' if len(counts) > _SHOWN else ''}"
        yield f"  the first: {self._example}"

    def _price_range(self) -> str:
        if self._lowest is None or self._highest is None:
            return ", no prices"
        money = "yuan" if self.currency == "CNY" else self.currency
        return f", {self._lowest / 100:,.2f} to {self._highest / 100:,.2f} {money}"


def _count(counts: Counter[str], name: str) -> None:
    if name in counts or len(counts) < _MAX_NAMES:
        counts[name] += 1


def _example(product: Product) -> str:
    price = "" if product.price_fen is None else f"{product.price_fen / 100:,.2f}"
    attributes = "; ".join(f"{name}:{'/'.join(values)}" for name, values in product.attributes.items())
    parts = (product.product_id, product.title, price, product.brand, ">".join(product.category), attributes)
    return " | ".join(part[:60] for part in parts if part)
