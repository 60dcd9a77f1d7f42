"""Several rows of one product: warehouses, levels of customers."""

from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.report import Report
from tests.indexer.exports import read

Write = Callable[[str, str | bytes], Path]


def test_stock_of_several_warehouses_and_batches_is_summed(write: Write) -> None:
    text = """物料编码,物料名称,仓库,批号,可用库存
01,螺丝刀,上海仓,B1,120
01,螺丝刀,上海仓,B2,30
01,螺丝刀,广州仓,B1,45
02,扳手,上海仓,,7
"""
    report = Report()
    assert {p.product_id: p.stock for p in read(write("stock.csv", text), report=report)} == {
        "01": 195,
        "02": 7,
    }
    assert '120 in "上海仓 B1", 30 in "上海仓 B2", 45 in "广州仓 B1"; summed: 195' in report.to_text()


def test_rows_that_differ_in_the_warehouse_alone_are_no_duplicates(write: Write) -> None:
    text = "sku,title,location,available,on hand\nA,杯,上海,4,4\nA,杯,北京,4,4\n"
    [product] = read(write("inventory.csv", text))
    assert product.stock == 8


def test_of_two_rows_of_one_warehouse_the_later_holds(write: Write) -> None:
    text = "编号,名称,仓库,库存\n1,杯,上海,4\n1,杯,上海,6\n1,杯,北京,1\n"
    [product] = read(write("stock.csv", text))
    assert product.stock == 7


def test_a_warehouse_that_only_has_some_leaves_the_sum_unknown(write: Write) -> None:
    text = "编号,名称,仓库,库存\n1,杯,上海,4\n1,杯,北京,有货\n"
    [product] = read(write("stock.csv", text))
    assert product.stock is None


@pytest.mark.parametrize(
    "levels",
    [("一级经销商", "零售", "VIP"), ("Wholesale", "VIP", "Retail price"), ("代理", "普通会员", "标准价")],
)
def test_the_price_is_the_one_that_shoppers_pay(write: Write, levels: tuple[str, ...]) -> None:
    prices = {"零售": 30, "Retail price": 30, "标准价": 30}
    rows = [f"1,杯,{level},{prices.get(level, 20)}\n" for level in levels]
    report = Report()
    [product] = read(write("list.csv", "编码,名称,价格等级,单价\n" + "".join(rows)), report=report)
    assert product.price_fen == 3_000
    assert not [warning for warning in report.to_json()["warnings"] if "levels" in warning]  # type: ignore[attr-defined]


def test_where_no_level_is_called_retail_the_first_holds_and_the_report_warns(write: Write) -> None:
    text = "编码,名称,客户级别,价格\n1,杯,一级,18\n1,杯,二级,22\n"
    report = Report()
    [product] = read(write("list.csv", text), report=report)
    assert product.price_fen == 1_800
    assert "Warning: prices of several customer levels, none called retail: 1 products" in report.to_text()


def test_a_price_list_in_a_second_file_prices_the_products_of_the_first(write: Write) -> None:
    goods = write("goods.csv", "编码,名称\n1,杯\n2,壶\n")
    prices = write("prices.csv", "编码,价目表,价格\n1,批发价目表,18\n1,零售价目表,25\n2,零售价目表,9\n")
    assert {p.product_id: p.price_fen for p in read(goods, prices)} == {"1": 2_500, "2": 900}
