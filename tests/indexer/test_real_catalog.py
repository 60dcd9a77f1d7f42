"""The 74,362 real titles beside the project, read and cleaned."""

from itertools import islice
from pathlib import Path

import pytest

from indexer.catalog_files import open_catalogs
from indexer.products import read_products
from indexer.report import Report

CATALOG = Path(__file__).parents[2] / "../shared/data/catalog.tsv.gz"


@pytest.mark.skipif(not CATALOG.exists(), reason="../shared/data/catalog.tsv.gz is not here")
def test_a_real_catalog_loses_no_row_and_little_of_it_needs_repair() -> None:
    report = Report()
    products = list(islice(read_products(open_catalogs([CATALOG], {}), report, 0.05), 20_000))
    assert report.rejected == report.duplicates == 0
    assert report.repaired < 0.05 * len(products)
    assert products[0].product_id == "d0"
    assert products[0].title == "无印良品 MUJI 基础润肤化妆水"
    assert products[0].price_fen == 10_000
