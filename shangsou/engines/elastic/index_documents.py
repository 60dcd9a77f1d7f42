"""The documents of an index, once all products are known: products, groups of variants, and its state."""

from collections.abc import Iterator, Sequence

from shangsou.engines.elastic.columns import Columns
from shangsou.engines.elastic.documents import (
    STATE_ID,
    Source,
    differing_facets,
    group_document_id,
    group_source,
    state_source,
    variant_fields,
    with_learned,
)
from shangsou.engines.elastic.layout import SHARED_FACETS, IndexState, Layout
from shangsou.engines.elastic.spool import Spool
from shangsou.engines.product_terms import ProductTerms
from shangsou.errors import IndexingFailed

# Elasticsearch's own limit of nested documents in one (index.mapping.nested_objects.limit).
_MAX_VARIANTS = 10_000


class IndexDocuments:
    """Iterates over ids and sources of documents: each product, and each group behind its last variant.

    Of a group only what conditions and facets read is in memory at once. The last document is the state of
    the index.

    Parameters
    ----------
    spool, columns, types, facts
        Of the products, in the order in which they came.
    sequence
        The number of the last change that they hold.
    """

    def __init__(
        self,
        spool: Spool,
        columns: Columns,
        types: Sequence[Sequence[str]],
        facts: ProductTerms,
        sequence: int,
    ) -> None:
        self._spool, self._types, self._facts = spool, types, facts
        self._columns, self._groups = columns, columns.groups()
        self._sequence = sequence
        self._differing: set[str] = set()
        self.count = 0
        """How many documents there were so far."""

    def __iter__(self) -> Iterator[tuple[str, Source]]:
        for row in range(len(self._spool)):
            source = self._complete(row)
            self.count += 1
            yield source["product_id"], source
            rows = self._groups.completed_by(row)
            if rows:
                self.count += 1
                yield self._group_document(source["group"], rows)
        self.count += 1
        yield STATE_ID, state_source(IndexState(self._sequence, self._layout()))

    def _layout(self) -> Layout:
        shared = tuple(name for name in SHARED_FACETS if name not in self._differing)
        return Layout(
            has_variants=self._groups.has_variants,
            shared_facets=shared,
            has_offers=self._columns.has_offers,
            mean_rating=self._columns.mean_rating(),
        )

    def _complete(self, row: int) -> Source:
        """Return the source of a product with its types and facts."""
        return with_learned(self._spool.read(row), self._types[row], self._facts.of_product(row))

    def _group_document(self, key: str, rows: Sequence[int]) -> tuple[str, Source]:
        if len(rows) > _MAX_VARIANTS:
            raise IndexingFailed(
                f"group {key.partition(':')[2]!r} has {len(rows)} products on sale, and a document of "
                f"Elasticsearch holds {_MAX_VARIANTS}; the index before it serves on: check the column of "
                "groups, or set SHANGSOU_ENGINE=embedded"
            )
        variants = [variant_fields(self._complete(row)) for row in rows]
        self._differing |= differing_facets(variants)
        return group_document_id(key), group_source(key, variants)
