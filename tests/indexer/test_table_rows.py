"""Rows of exports that are no products: totals, and what programs print below a table."""

from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.report import Report
from shangsou.product import Product
from tests.indexer.exports import read

Write = Callable[[str, str | bytes], Path]


@pytest.mark.parametrize(
    "word", ["合计", "总 计", "小计", "合计：", "合计:100", "本页合计", "Total", "totals", "第1页 共1页"]
)
def test_a_row_of_totals_is_not_the_stock_of_the_product_above(write: Write, word: str) -> None:
    goods = write("goods.csv", "存货编码,存货名称,零售价\n1001,杯,9\n1003,壶,19\n")
    stock = write("stock.csv", f"仓库,存货编码,现存量\n主仓,1001,100\n主仓,1003,0\n{word},,100\n")
    report = Report()
    products = read(goods, stock, report=report)
    assert [(product.product_id, product.stock) for product in products] == [("1001", 100), ("1003", 0)]
    assert (report.others, report.rejected) == (1, 0)


@pytest.mark.parametrize(
    "footer", ["制单人：张三,,,审核人：李四", ",打印日期：2026-03-01,管理员,", "备注：含税,,,"]
)
def test_a_footer_is_neither_a_variant_nor_rejected(write: Write, footer: str) -> None:
    text = f"物料编码,物料名称,规格,零售价\n01,笔,黑色,18\n02,纸,白色,24\n合计,,,42\n{footer}\n"
    report = Report()
    assert read(write("goods.csv", text), report=report) == [
        Product("01", "笔", price_fen=1_800, attributes={"颜色": ("黑色",)}),
        Product("02", "纸", price_fen=2_400, attributes={"颜色": ("白色",)}),
    ]
    assert (report.others, report.rejected) == (2, 0)


def test_a_brand_called_as_a_total_is_a_brand(write: Write) -> None:
    text = "品牌,商品编号,商品名称\nTotal,1,机油\n合计,2,茶\n"
    assert [product.brand for product in read(write("goods.csv", text))] == ["Total", "合计"]
