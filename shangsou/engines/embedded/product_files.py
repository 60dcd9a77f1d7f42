"""The files of a generation that hold its products: as stored, as columns, as postings."""

from collections.abc import Sequence
from pathlib import Path

from shangsou.engines.embedded.catalog import CatalogWriter
from shangsou.engines.embedded.columns import ColumnsBuilder
from shangsou.engines.embedded.postings import PostingsBuilder
from shangsou.product import Product
from shangsou.text.segmenter import Segmenter


class ProductFiles:
    """Writes products into the folder of a generation; rows are numbered from 0."""

    def __init__(self, folder: Path, segmenter: Segmenter) -> None:
        self._folder = folder
        self._catalog = CatalogWriter(folder)
        self._columns = ColumnsBuilder()
        self._postings = PostingsBuilder(segmenter)
        self._products = 0

    def add(self, products: Sequence[Product]) -> None:
        """Append products."""
        self._postings.add_products(self._products, products)
        for product in products:
            self._catalog.add(product)
            self._columns.add(product)
        self._products += len(products)

    def finish(self, *, k1: float, b: float) -> None:
        """Write the rest of the files; the impacts of postings with these parameters of BM25."""
        self._catalog.finish()
        self._columns.write(self._folder)
        self._postings.write(self._folder, rows=self._products, k1=k1, b=b)
