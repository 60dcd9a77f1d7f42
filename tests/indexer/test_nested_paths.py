"""Values of nested records by dotted path."""

import json
from pathlib import Path

import pytest

from indexer.catalog_files import open_catalogs
from indexer.nested_records import value_at
from indexer.products import read_products
from indexer.report import Report
from shangsou.errors import UnusableInput
from shangsou.product import Product

RECORD = {
    "goods": {"name": "马克杯", "labels": [{"name": "新品"}, {"name": "热卖"}, {"note": "x"}]},
    "prices": [{"amount": 19.9}],
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("goods.name", "马克杯"),
        ("goods.labels.1.name", "热卖"),
        ("goods.labels.name", ["新品", "热卖"]),
        # One value is itself, not a list of one.
        ("prices.amount", 19.9),
        ("prices.0.amount", 19.9),
        ("prices.7.amount", None),
        ("goods.brand.name", None),
        ("goods.name.first", None),
    ],
)
def test_a_path_leads_into_objects_and_lists(path: str, value: object) -> None:
    assert value_at(RECORD, path) == value


def test_a_mapped_path_may_begin_at_an_object_whose_own_name_is_left_out(tmp_path: Path) -> None:
    # Below `goods` and `product` the names alone say what is what; a map may still state the whole path.
    path = tmp_path / "dump.jsonl"
    documents = [
        {"goods": {"id": f"G{number}", "name": f"马克杯{number}", "maker": {"cn": "云上"}}, "name": "内部名"}
        for number in range(2)
    ]
    path.write_text("\n".join(map(json.dumps, documents)), "utf-8")
    mapping = {"product_id": "goods.id", "title": "goods.name", "brand": "goods.maker.cn"}
    catalogs = open_catalogs([path], mapping)
    products = list(read_products(catalogs, Report(), 0.0, derive_groups=False))
    assert products == [
        Product("G0", "马克杯0", brand="云上"),
        Product("G1", "马克杯1", brand="云上"),
    ]


def test_a_path_that_no_document_has_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "dump.jsonl"
    path.write_text('{"goods": {"id": "G1", "name": "马克杯"}}\n', "utf-8")
    with pytest.raises(UnusableInput, match=r"--map title=goods\.title names no column"):
        open_catalogs([path], {"title": "goods.title"})
