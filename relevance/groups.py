"""Judgements by group: the variants of a product count as one."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Protocol

from relevance.judgements import Qrels
from shangsou.product import Product

# Products asked for at once; Elasticsearch answers no more than 10,000 in one go.
_BATCH_SIZE = 1000


class ProductSource(Protocol):
    """A source of products by id, such as a `Searcher`."""

    def products(self, product_ids: Sequence[str]) -> list[Product]:
        """Return the products with these ids that are on sale."""
        ...


class ProductGroups:
    """Which products are variants of one another. A group goes by the id of one of its variants."""

    def __init__(self, products: Iterable[Product] = ()) -> None:
        first: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self.on_sale: set[str] = set()
        """The ids of the products that were read: those that are on sale."""
        for product in products:
            self.on_sale.add(product.product_id)
            if product.group_id:
                self._names[product.product_id] = first.setdefault(product.group_id, product.product_id)

    def name(self, product_id: str) -> str:
        """Return the id that the group of a product goes by; that of a single product is its own."""
        return self._names.get(product_id, product_id)

    def grades(self, grades: Mapping[str, int]) -> Mapping[str, int]:
        """Return the best grade of each group, by its name."""
        best: dict[str, int] = {}
        for product_id, grade in grades.items():
            name = self.name(product_id)
            best[name] = max(grade, best.get(name, grade))
        return best

    def distinct(self, product_ids: Iterable[str]) -> list[str]:
        """Return the names of the groups of products, each once, in the order of their first variants."""
        return list(dict.fromkeys(map(self.name, product_ids)))


UNGROUPED = ProductGroups()
"""Every product by itself."""


def read_groups(source: ProductSource, product_ids: Iterable[str]) -> ProductGroups:
    """Return the groups of these products; what is not on sale is by itself.

    Raises `NoIndex`, `RecipeMismatch` and `EngineUnavailable` as the source does.
    """
    ids = list(dict.fromkeys(product_ids))
    batches = (ids[start : start + _BATCH_SIZE] for start in range(0, len(ids), _BATCH_SIZE))
    return ProductGroups(product for batch in batches for product in source.products(batch))


def products_to_judge(qrels: Qrels, *rankings: Mapping[str, Iterable[str]]) -> Iterable[str]:
    """Return the judged products, and those that rankings hold for the judged queries."""
    return chain.from_iterable(
        chain(qrels[qid], *(ranking.get(qid, ()) for ranking in rankings)) for qid in qrels
    )
