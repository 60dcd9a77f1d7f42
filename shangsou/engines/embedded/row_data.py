"""The rows of an index: those of a generation, with changes over them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from shangsou.engines.changes import NO_TEXTS, ChangedProduct, SearchedTexts
from shangsou.engines.embedded.catalog import Catalog
from shangsou.engines.embedded.columns import Columns, open_columns
from shangsou.engines.embedded.groups import Groups, open_groups
from shangsou.engines.embedded.postings import Postings
from shangsou.engines.embedded.term_rows import TermRows
from shangsou.engines.embedded.types import Types
from shangsou.engines.embedded.vectors import Vectors
from shangsou.engines.query import Vector, VectorField
from shangsou.product import Product
from shangsou.text.segmenter import Segmenter


@dataclass(frozen=True, slots=True)
class RowData:
    """Everything that an engine reads, by row; never changed."""

    catalog: Catalog
    columns: Columns
    groups: Groups
    postings: Postings
    types: Types
    facts: TermRows
    vectors: Mapping[VectorField, Vectors]
    superfluous: int = 0
    """Rows behind those of the generation, and rows that are gone: a merge makes an end of both."""

    def changed(self, changes: Sequence[ChangedProduct], segmenter: Segmenter) -> "RowData":
        """Return the rows with changes of different products.

        A product whose searched texts changed gets a row of its own behind the others, and its former one is
        gone. Everything else is written over.
        """
        patched: dict[int, Product] = {}
        removed: list[int] = []
        added: list[ChangedProduct] = []
        rows_before: list[int | None] = []
        for change in changes:
            row = self.catalog.row(change.product_id)
            if row is not None and change.product is not None and change.texts is None:
                patched[row] = change.product
                continue
            if row is not None:
                removed.append(row)
            if change.product is not None:
                added.append(change)
                rows_before.append(row)
        products = [change.product for change in added if change.product is not None]
        catalog = self.catalog.changed(patched, removed, products)
        groups = self.groups.changed(removed, products, catalog.ties) if removed or added else self.groups
        texts = [change.texts or NO_TEXTS for change in added]
        first = len(self.catalog.ids)
        return RowData(
            catalog,
            self.columns.changed(patched, removed, products, groups, catalog.ties),
            groups,
            self.postings.with_products(first, products, segmenter),
            self.types.with_rows(self._types_of(texts, rows_before)),
            self.facts.with_rows([of_row.facts for of_row in texts]),
            {
                "title_vector": _with_vectors(
                    self.vectors["title_vector"], first, [of_row.title_vector for of_row in texts]
                ),
                "description_vector": _with_vectors(
                    self.vectors["description_vector"], first, [of_row.description_vector for of_row in texts]
                ),
            },
            self.superfluous + len(removed) + len(added),
        )

    def _types_of(
        self, texts: Sequence[SearchedTexts], rows_before: Sequence[int | None]
    ) -> list[Sequence[str]]:
        """Return the types of products: where they are those that they had, of the row that they had."""
        kept = [
            row for one, row in zip(texts, rows_before, strict=True) if one.types is None and row is not None
        ]
        before: dict[int | None, Sequence[str]] = {None: ()}
        before.update(zip(kept, self.types.of_rows(kept), strict=True))
        return [
            before[row] if one.types is None else one.types
            for one, row in zip(texts, rows_before, strict=True)
        ]


def open_row_data(folder: Path, dimensions: int) -> RowData:
    """Return the rows of the generation in a folder."""
    catalog = Catalog(folder)
    groups = open_groups(folder, catalog.ties)
    return RowData(
        catalog,
        open_columns(folder, groups, catalog.ties),
        groups,
        Postings(folder),
        Types(folder),
        TermRows(folder, "facts", len(catalog.ids)),
        {
            "title_vector": Vectors(folder, "title_vector", dimensions),
            "description_vector": Vectors(folder, "description_vector", dimensions),
        },
    )


def _with_vectors(vectors: Vectors, first: int, further: Sequence[Vector | None]) -> Vectors:
    """Return vectors with those of further rows, from `first` on, that have one."""
    held = [(row, vector) for row, vector in enumerate(further, first) if vector is not None]
    return vectors.with_rows([row for row, _ in held], np.stack([v for _, v in held])) if held else vectors
