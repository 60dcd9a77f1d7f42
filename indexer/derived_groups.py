"""Groups of variants that no column of the catalog states, derived from titles and attributes.

Products are variants when shop, brand, category and model are the same, titles differ at most in values such
as a colour or a size, and these values differ. See docs/adr/0028-variants.md.
"""

from array import array
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import NamedTuple

from indexer.hash_table import HashTable
from indexer.remaining_title import remaining_title
from indexer.variant_attributes import VariantValue, variant_values
from shangsou.product import CATEGORY_SEPARATOR, DERIVED_GROUP_PREFIX, Product
from shangsou.text.normalize import normalize
from shangsou.text.segmenter import PACKAGED, Segmenter

# The dearest variant costs at most so many times what the cheapest does: a case of 24 bottles against one is
# still the same product, a spare part under the title of the machine is not.
MAX_PRICE_RATIO = 10
# Characters that a title has at least without its values. Shorter ones, as 连衣裙, are shared by products
# that have nothing to do with each other, unless a shop or a brand says more.
MIN_CHARACTERS, MIN_CHARACTERS_OF_SHOP = 6, 2
MAX_EXAMPLES = 3
# First variants remembered for examples: exports list variants close to each other.
_REMEMBERED = 1_000
_SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True)
class VariantExample:
    """Two variants of a derived group."""

    titles: tuple[str, str]
    differences: Mapping[str, tuple[str, str]]
    """The values of both, by the name of the attribute."""


@dataclass(slots=True)
class DerivedGroupCounts:
    """How many groups of two or more were derived, of how many products."""

    groups: int = 0
    products: int = 0
    examples: list[VariantExample] = field(default_factory=list)


class GroupedProduct(NamedTuple):
    """A product, with its derived group if it has one."""

    product: Product
    is_variant: bool = False
    """Whether an earlier product is in the group."""


class GroupDeriver:
    """Gives products their derived groups, one after the other.

    It holds numbers alone, some 80 bytes for each product that states a value by which variants differ.
    """

    def __init__(self, segmenter: Segmenter = PACKAGED) -> None:
        self._segmenter = segmenter
        self.counts = DerivedGroupCounts()
        self._numbers = HashTable()
        self._sizes = array("L")
        self._first_listings = array("q")
        self._later_listings = HashTable()
        self._lowest = array("q")
        self._highest = array("q")
        self._first: OrderedDict[int, tuple[str, Sequence[VariantValue]]] = OrderedDict()

    def assign(self, product: Product) -> GroupedProduct:
        """Return the product with its derived group, or as it is.

        The group follows from the product alone and is the same in every run. The second listing of one
        variant has none, nor has a product whose price is out of proportion to those before it in the group.
        """
        if product.group_id or not product.attributes:
            return GroupedProduct(product)
        values = variant_values(product)
        group = _group_hash(product, values, self._segmenter)
        if group is None:
            return GroupedProduct(product)
        listing = hash((group, *(value.key for value in values)))
        price = product.price_fen or 0
        number = self._numbers.setdefault(group, len(self._sizes))
        if number == len(self._sizes):
            self._begin_group(listing, price)
        elif self._is_listed(number, listing) or not self._fits_price(number, price):
            return GroupedProduct(product)
        else:
            self._later_listings.setdefault(listing, number)
        self._count(number, product, values)
        grouped = product.in_group(f"{DERIVED_GROUP_PREFIX}{group:016x}")
        return GroupedProduct(grouped, is_variant=self._sizes[number] > 1)

    def _begin_group(self, listing: int, price: int) -> None:
        self._sizes.append(0)
        self._first_listings.append(listing)
        self._lowest.append(price)
        self._highest.append(price)

    def _is_listed(self, number: int, listing: int) -> bool:
        return listing == self._first_listings[number] or listing in self._later_listings

    def _fits_price(self, number: int, price: int) -> bool:
        """Return whether a price goes with those of a group, and keep it if it does; 0 is unknown."""
        if not price:
            return True
        lowest = min(self._lowest[number] or price, price)
        highest = max(self._highest[number], price)
        if highest > MAX_PRICE_RATIO * lowest:
            return False
        self._lowest[number], self._highest[number] = lowest, highest
        return True

    def _count(self, number: int, product: Product, values: Sequence[VariantValue]) -> None:
        self._sizes[number] += 1
        counts, size = self.counts, self._sizes[number]
        if size > 1:
            counts.groups += size == 2
            counts.products += 2 if size == 2 else 1
        if len(counts.examples) == MAX_EXAMPLES:
            self._first.clear()
        elif size == 1:
            self._first[number] = product.title, values
            if len(self._first) > _REMEMBERED:
                self._first.popitem(last=False)
        elif number in self._first:
            counts.examples.append(_example(*self._first.pop(number), product.title, values))


def _group_hash(product: Product, values: Sequence[VariantValue], segmenter: Segmenter) -> int | None:
    """Return a hash that variants share; None where a product says too little to have any."""
    if all(value.is_identifying for value in values):
        return None
    title_values = [text for value in values for text in value.title_values]
    title = remaining_title(product.title, title_values, segmenter)
    shop, brand = normalize(product.shop), normalize(product.brand)
    if len(title) < (MIN_CHARACTERS_OF_SHOP if shop or brand else MIN_CHARACTERS):
        return None
    fields = [shop, brand, CATEGORY_SEPARATOR.join(product.category), title]
    # Also the names of what varies: a product that states a size and one that states none may be anything to
    # each other.
    fields += [value.key if value.is_identifying else value.name for value in values]
    digest = blake2b(_SEPARATOR.join(fields).encode("utf-8", "replace"), digest_size=8)
    return int.from_bytes(digest.digest())


def _example(
    first_title: str, first: Sequence[VariantValue], title: str, second: Sequence[VariantValue]
) -> VariantExample:
    differences = {
        value.name: (", ".join(first_value.values), ", ".join(value.values))
        for first_value, value in zip(first, second, strict=True)
        if first_value.key != value.key
    }
    return VariantExample((first_title, title), differences)
