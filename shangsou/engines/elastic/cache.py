"""Values read of products, kept for later searches until they change."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Generic, TypeVar

Value = TypeVar("Value")


class ProductCache(Generic[Value]):
    """Values by product id, read once. Safe to use from many threads."""

    def __init__(self, read: Callable[[Sequence[str]], Mapping[str, Value]], size: int) -> None:
        """`read` returns the values of those of some products that have one; `size` is how many are kept."""
        self._read, self._size = read, size
        self._values: dict[str, Value | None] = {}

    def get(self, product_ids: Sequence[str]) -> dict[str, Value]:
        """Return the values of those of these products that have one."""
        values = self._values
        missing = [product_id for product_id in product_ids if product_id not in values]
        if missing:
            missing = list(dict.fromkeys(missing))
            if len(values) + len(missing) > self._size:
                # All of these at once: another call may start anew meanwhile.
                missing, values = list(dict.fromkeys(product_ids)), {}
            self._keep(values, dict.fromkeys(missing) | dict(self._read(missing)))
        return {one: value for one in product_ids if (value := values[one]) is not None}

    def add(self, known: Mapping[str, Value | None]) -> None:
        """Keep values that were read on another way; None of what has none."""
        values = self._values
        self._keep({} if len(values) + len(known) > self._size else values, known)

    def without(
        self, product_ids: Collection[str], read: Callable[[Sequence[str]], Mapping[str, Value]]
    ) -> "ProductCache[Value]":
        """Return a cache without the values of these products, which reads on its own; this one stays."""
        cache = ProductCache(read, self._size)
        values = self._values.copy()
        for product_id in product_ids:
            values.pop(product_id, None)
        cache._values = values
        return cache

    def _keep(self, values: dict[str, Value | None], read: Mapping[str, Value | None]) -> None:
        # Threads that still read the old ones keep them.
        values.update(read)
        self._values = values
