"""Reads the text of an export into products, as tests of exports do."""

from pathlib import Path

from indexer.catalog_files import open_catalogs
from indexer.products import read_products
from indexer.report import Report
from indexer.shapes.opening import ReadOptions
from shangsou.product import Product


def read(
    *paths: Path, report: Report | None = None, currency: str = "CNY", **options: object
) -> list[Product]:
    """Return the products of files, without groups that no column names."""
    catalogs = open_catalogs(paths, {}, ReadOptions(**options))  # type: ignore[arg-type]
    return list(read_products(catalogs, report or Report(), 0.05, derive_groups=False, currency=currency))
