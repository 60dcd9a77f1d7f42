"""Apply whole products of a merchant's documents to the index that serves."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from itertools import islice
from typing import Any, TypeVar

from indexer.hash_table import HashTable
from indexer.updates import UpdateCounts
from shangsou.errors import IndexingFailed
from shangsou.product import Product, field_to_json
from shangsou.search.service.live_index import LiveIndex
from shangsou.updates.operation import Operation

# Operations done at once, and durable with one write; as many as `shangsou update` does.
_BATCH_SIZE = 1_000
_FIELDS = [one.name for one in fields(Product) if one.name != "product_id"]
_NOTHING = Product("", "")

Item = TypeVar("Item")


@dataclass(slots=True)
class ChangeWriter:
    """Changes products over the generation that serves, in batches that are durable.

    Parameters
    ----------
    index
        What serves.
    stated
        The fields that documents state, and clear where they leave them out; others stay as they are.
    counts
        What came of the products.
    """

    index: LiveIndex
    stated: Collection[str]
    counts: UpdateCounts = field(default_factory=UpdateCounts)
    _kept: HashTable = field(default_factory=HashTable)

    def write(self, products: Iterable[Product], progress: Callable[[int], None]) -> None:
        """Put whole products in the place of those that there are."""
        for batch in _batches(products):
            stored = self.index.require().engine.stored([product.product_id for product in batch])
            self._update([self._operation(product, stored.get(product.product_id)) for product in batch])
            for product in batch:
                self.keep(product.product_id)
            progress(len(self._kept))

    def keep(self, product_id: str) -> None:
        """Have `delete` leave a product: there is a document of it, whether that can be read or not."""
        self._kept.setdefault(hash(product_id), 1)

    def delete(self, product_ids: Iterable[str], *, allow_fewer: bool, source: str) -> None:
        """Remove products that are neither written nor kept; raises `IndexingFailed` where most would go."""
        gone = list(dict.fromkeys(one for one in product_ids if hash(one) not in self._kept))
        existing: list[str] = []
        for batch in _batches(gone):
            existing += self.index.require().engine.stored(batch)
        there_are = sum(1 for _ in self.index.require().engine.product_ids()) if existing else 0
        if 2 * len(existing) > there_are and not allow_fewer:
            raise IndexingFailed(
                f"{len(existing):,} of {there_are:,} products are no longer in {source}, more than half; "
                "none was deleted; if that is intended, run it again with --allow-fewer"
            )
        for batch in _batches(existing):
            self._update([Operation("delete", product_id, {}) for product_id in batch])

    def _update(self, operations: Sequence[Operation]) -> None:
        for outcome in self.index.update(operations):
            self.counts.add(outcome)

    def _operation(self, product: Product, stored: Product | None) -> Operation:
        changed: dict[str, Any] = {}
        for name in _FIELDS:
            value = getattr(product, name)
            if value != getattr(_NOTHING, name):
                changed[name] = field_to_json(name, value)
            elif name in self.stated:
                changed[name] = None
        if stored is not None and product.attributes:
            # A patch adds attributes to those that there are.
            changed["attributes"] = dict.fromkeys(stored.attributes) | changed["attributes"]
        return Operation("upsert", product.product_id, changed)


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    remaining = iter(items)
    while batch := list(islice(remaining, _BATCH_SIZE)):
        yield batch
