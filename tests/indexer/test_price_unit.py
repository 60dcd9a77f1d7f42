"""Prices in fen that no header says to be in fen."""

from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.catalog_files import open_catalogs
from indexer.products import read_products
from indexer.report import Report
from tests.indexer.exports import read

Write = Callable[[str, str | bytes], Path]


def warnings(path: Path, **options: str) -> list[str]:
    report = Report()
    read(path, report=report, **options)  # type: ignore[arg-type]
    return [text for text in report.to_json()["warnings"] if "in fen" in text]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "column"),
    [
        # Alone, whole tens from ten yuan up.
        ("编号,名称,价格\n1,杯,1990\n2,壶,8900\n3,盘,5990\n", "price_fen=价格"),
        # Two prices are enough beside prices a hundredth as high.
        ("编号,名称,价格,市场价\n1,杯,1995,29.90\n2,壶,4995,69.90\n", "price_fen=价格"),
        ("编号,名称,价格,市场价\n1,杯,19.90,2990\n2,壶,49.90,6990\n", "list_price_fen=市场价"),
        # A header says that the other price is in fen.
        ("编号,名称,价格(分),市场价\n1,杯,1995,2995\n", "list_price_fen=市场价"),
        # A price below ten yuan in fen, which alone would say nothing.
        ("编号,名称,价格(分),市场价\n1,杯,1995,2995\n2,糖,50,150\n", "list_price_fen=市场价"),
    ],
)
def test_the_report_asks_whether_prices_are_in_fen(write: Write, text: str, column: str) -> None:
    found = warnings(write("goods.csv", text))
    assert [f"--map {column}" in warning for warning in found] == [True]


@pytest.mark.parametrize(
    "text",
    [
        "编号,名称,价格\n1,手机,1999\n2,壶,8900\n3,盘,5990\n",
        "编号,名称,价格,市场价\n1,手机,4990,5999.00\n2,电视,8990,9999.50\n3,冰箱,5990,6999.00\n",
    ],
)
def test_prices_that_are_plainly_yuan_raise_no_question(write: Write, text: str) -> None:
    assert warnings(write("goods.csv", text)) == []


def test_yen_are_whole_numbers_and_raise_no_question(write: Write) -> None:
    path = write("goods.csv", "编号,名称,价格\n1,杯,1990\n2,壶,8900\n3,盘,5990\n")
    assert warnings(path, currency="JPY") == []


def test_a_column_that_the_user_gave_raises_no_question(write: Write) -> None:
    path = write("goods.csv", "编号,名称,价格\n1,杯,1990\n2,壶,8900\n3,盘,5990\n")
    report = Report()
    list(read_products(open_catalogs([path], {"price": "价格"}), report, 0.05))
    assert report.to_json()["warnings"] == []


@pytest.mark.parametrize(
    "column", ["售卖价(分)", "SKU价格(分)", "价格（单位：分）", "价格【分】", "price (cents)"]
)
def test_a_unit_in_brackets_tells_fen(write: Write, column: str) -> None:
    [product] = read(write("goods.csv", f"商品编号,商品名称,{column}\n1,杯,5990\n"))
    assert product.price_fen == 5_990


@pytest.mark.parametrize("column", ["降价", "涨价", "降价(元)"])
def test_the_amount_of_a_reduction_is_no_price(write: Write, column: str) -> None:
    [product] = read(write("goods.csv", f"商品编号,商品名称,{column}\n1,杯,5\n"))
    assert product.price_fen is None
