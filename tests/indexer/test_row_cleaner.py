"""Rows of a file cleaned one after the other."""

import pytest

from indexer.cells.cells import Cells, Habits
from indexer.cells.readers import READERS, field_of_cell
from indexer.clean import clean_row
from indexer.row_cleaner import RowCleaner

# A value for each cell that any reader or anything behind it may look at.
EVERY_CELL: dict[str, object] = {
    **{name: "1" for reader in READERS.values() for name in (*reader.cells, *reader.context)},
    "product_id": "1",
    "title": "连衣裙",
    "sku_attributes": "军绿,M",
    "sku_attribute_names": ["颜色", "尺码"],
    "attributes": "材质:棉",
    "attributes.产地": "杭州",
    "offer_period": "2026-01-01/2026-02-01",
    "sale_price": "0.5",
    "sale_price_fen": "50",
    "currency": "USD",
    "brand": "其他",
    "category": "女装>连衣裙",
    "offer_from": "2026-01-01",
    "offer_until": "someday",
    "status": "售罄",
    "availability": "out of stock",
    "created_at": "2026-01-01",
}


@pytest.mark.parametrize("field", [field for field, reader in READERS.items() if reader.repeats])
@pytest.mark.parametrize("own_text", ["", "1", "-", "售罄"])
def test_a_reader_whose_values_are_kept_reads_no_cells_but_its_own(field: str, own_text: str) -> None:
    reader = READERS[field]
    own = {name for name in EVERY_CELL if field_of_cell(name) == field or name in reader.context}
    for changed in (set(), *({name} for name in own - set(reader.context)), own - set(reader.context)):
        row = {name: own_text if name in changed else value for name, value in EVERY_CELL.items()}
        every, few = Cells(row), Cells({name: value for name, value in row.items() if name in own})
        assert (reader.read(every), every.issues) == (reader.read(few), few.issues)


def test_every_cell_of_a_reader_is_that_of_its_field() -> None:
    assert [
        (field, name)
        for field, reader in READERS.items()
        for name in reader.cells
        if field_of_cell(name) != field
    ] == []


def test_rows_cleaned_one_after_the_other_give_what_each_gives_alone() -> None:
    rows: list[dict[str, object]] = [
        EVERY_CELL,
        {"brand": "云上衣舍", "price": "199", "stock": "12", "attributes.颜色": "红", "attributes.尺码": "M"},
        {"brand": "云上衣舍", "price": "198", "stock": "12", "attributes.颜色": "红", "attributes.尺码": "L"},
        # The same repairs again, of the same cells and of others.
        {"brand": "<b>云上</b>", "price": "1299元", "stock": "-3", "attributes.颜色": "&amp;红"},
        {"brand": "<b>云上</b>", "price": "1299元", "stock": "-3", "attributes.颜色": "&amp;红"},
        # Equal numbers that are written in other ways are no text.
        {"stock": 1, "sales": True},
        {"stock": 1.0, "sales": 1},
        {"stock": "1", "sales": "1.0"},
        # What a cell says depends on its neighbours.
        {"stock": "5", "availability": "out of stock"},
        {"stock": "5", "availability": "in stock"},
        {"price": "99", "currency": "USD"},
        {"price": "99", "currency": "CNY"},
        {"price": "99", "sale_price": "79", "offer_until": "2026-01-01"},
        {"price": "99"},
        {"status": "售罄", "stock": "5"},
        {"status": "上架", "status.2": "下架", "stock": "5"},
        {"status": "上架", "stock": "5"},
        {"sku_attributes": "军绿,M", "sku_attribute_names": ["颜色", "尺码"]},
        {"sku_attributes": "军绿,M", "sku_attribute_names": ["款式", "尺码"]},
        {"sku_attributes": "军绿,M"},
        {"attributes": "品牌:云上衣舍;货号:A1", "codes.2": "B2"},
        {"attributes": "品牌:云上衣舍;货号:A1", "brand": "别家"},
        {"attributes": "组:品牌:云上,组:颜色:红"},
        {"tags": ["新品", "热卖"]},
        {"tags": "新品,热卖"},
    ]
    for habits in (
        Habits(),
        Habits("USD", "/", frozenset({"全部"}), has_decimal_commas=True, has_sections=True),
    ):
        cleaner = RowCleaner(habits)
        for row in [*rows, *rows]:
            values = {"product_id": "1", "title": "连衣裙", **row}
            assert cleaner.clean(values) == clean_row(values, habits)
