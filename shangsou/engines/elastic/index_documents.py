"""The documents of an index, once all products are known: products, and groups of variants."""

from collections.abc import Iterator, Sequence

import numpy as np

from shangsou.engines.elastic.columns import Columns
from shangsou.engines.elastic.documents import (
    Source,
    group_document_id,
    group_key,
    group_source,
    variant_fields,
    with_learned,
)
from shangsou.engines.elastic.layout import SHARED_FACETS, Layout
from shangsou.engines.elastic.spool import Spool
from shangsou.engines.product_terms import ProductTerms
from shangsou.errors import IndexingFailed

# Elasticsearch's own limit of nested documents in one (index.mapping.nested_objects.limit).
_MAX_VARIANTS = 10_000


class IndexDocuments:
    """Iterates over ids and sources of documents: each product, and each group behind its last variant.

    Of a group only what conditions and facets read is in memory at once.
    """

    def __init__(
        self, spool: Spool, columns: Columns, types: Sequence[Sequence[str]], facts: ProductTerms
    ) -> None:
        self._spool, self._types, self._facts = spool, types, facts
        self._groups = columns.groups()
        self._ratings = columns.ratings()
        self._price_ranks = columns.price_ranks()
        self._differing: set[str] = set()
        self.count = 0
        """How many documents there were so far."""

    def __iter__(self) -> Iterator[tuple[str, Source]]:
        for row in range(len(self._spool)):
            source = self._complete(row)
            self.count += 1
            yield source["product_id"], source
            if self._groups.has_variants and (rows := self._groups.completed_by(row)):
                self.count += 1
                yield self._group_document(group_key(source), rows)

    def layout(self) -> Layout:
        """Return what the index holds, behind the last document."""
        shared = tuple(name for name in SHARED_FACETS if name not in self._differing)
        return Layout(
            self._groups.has_variants,
            shared if self._groups.has_variants else (),
            len(self._price_ranks),
        )

    def _complete(self, row: int) -> Source:
        """Return the source of a product with what is known of all products."""
        source = with_learned(self._spool.read(row), self._types[row], self._facts.of_product(row))
        sort = source["sort"]
        if not np.isnan(self._ratings[row]):
            sort["rating"] = float(self._ratings[row])
        if self._price_ranks:
            prices = {
                "price_rank": source["filter"].get("price_fen"),
                "list_price_rank": source["filter"].get("offer", {}).get("list_price_fen"),
            }
            sort |= {name: self._price_ranks[fen] for name, fen in prices.items() if fen is not None}
        if self._groups.has_variants and "off" not in source["filter"]:
            source["group"] = group_key(source)
        return source

    def _group_document(self, key: str, rows: Sequence[int]) -> tuple[str, Source]:
        if len(rows) > _MAX_VARIANTS:
            raise IndexingFailed(
                f"group {key.partition(':')[2]!r} has {len(rows)} products on sale, and a document of "
                f"Elasticsearch holds {_MAX_VARIANTS}; the index before it serves on: check the column of "
                "groups, or set SHANGSOU_ENGINE=embedded"
            )
        variants = [variant_fields(self._complete(row)) for row in rows]
        shared = {}
        for name in SHARED_FACETS:
            values = [variant["filter"].get(name) for variant in variants]
            if any(value != values[0] for value in values):
                self._differing.add(name)
            elif values[0]:
                shared[name] = values[0]
        return group_document_id(key), group_source(key, variants, shared)
