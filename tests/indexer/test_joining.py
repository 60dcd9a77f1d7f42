"""Rows of one product: joined, or variants of a group."""

from collections.abc import Callable
from pathlib import Path

from indexer.report import Report
from tests.indexer.exports import read

Write = Callable[[str, str | bytes], Path]


def test_rows_of_one_number_that_differ_in_colour_are_variants(write: Write) -> None:
    text = "商品编号,商品名称,颜色,价格\n7,丝巾,红色,99\n7,丝巾,蓝色,109\n8,皮带,黑色,59\n"
    products = read(write("catalog.csv", text))
    assert [(product.product_id, product.group_id, product.price_fen) for product in products] == [
        ("7-红色", "7", 9_900),
        ("7-蓝色", "7", 10_900),
        ("8", "", 5_900),
    ]


def test_cells_that_excel_merged_are_those_of_the_row_above(write: Write) -> None:
    text = "商品编号,商品名称,颜色,价格,库存\nA,连衣裙,红色,199,3\n,,黑色,209,0\nB,半身裙,蓝色,99,5\n"
    products = read(write("catalog.csv", text))
    assert [(product.product_id, product.title, product.group_id, product.stock) for product in products] == [
        ("A-红色", "连衣裙", "A", 3),
        ("A-黑色", "连衣裙", "A", 0),
        ("B", "半身裙", "", 5),
    ]


def test_a_second_number_that_goes_with_the_first_makes_no_group(write: Write) -> None:
    products = read(write("catalog.csv", "id,sku,title\n1,S-1,杯\n2,S-2,壶\n"))
    assert [(product.product_id, product.group_id, product.codes) for product in products] == [
        ("1", "", ("S-1",)),
        ("2", "", ("S-2",)),
    ]


def test_rows_that_complete_each_other_are_one_product(write: Write) -> None:
    report = Report()
    [product] = read(write("catalog.csv", "id,title,price,stock\n1,杯,9,\n1,,,5\n"), report=report)
    assert (product.title, product.price_fen, product.stock) == ("杯", 900, 5)
    assert (report.read, report.accepted, report.joined, report.duplicates) == (2, 1, 1, 0)


def test_the_later_value_wins_and_is_reported(write: Write) -> None:
    report = Report()
    [product] = read(write("catalog.csv", "id,title,price\n1,杯,9\n1,杯,12\n1,杯,12\n"), report=report)
    assert product.price_fen == 1_200
    assert (report.joined, report.duplicates) == (1, 1)
    assert (
        'catalog.csv:3: product "1" has price "9" at catalog.csv:2, "12" here; the later one kept'
        in report.to_text()
    )


def test_a_file_of_stock_completes_one_of_products(write: Write) -> None:
    report = Report()
    products = read(
        write("products.csv", "商品编号,商品名称,价格\n1,杯,9\n2,壶,19\n"),
        write("stock.csv", "商品编号,库存数量\n2,0\n1,5\n3,7\n"),
        report=report,
    )
    assert {product.product_id: product.stock for product in products} == {"1": 5, "2": 0}
    assert (report.rejected, report.others) == (0, 1)


def test_a_style_that_several_articles_share_is_their_group(write: Write) -> None:
    text = "SKU编码,款号,标题,颜色\nK1-R,K1,毛衣,红\nK1-B,K1,毛衣,蓝\nK2-R,K2,风衣,红\n"
    products = read(write("catalog.csv", text))
    assert [(product.product_id, product.group_id) for product in products] == [
        ("K1-R", "K1"),
        ("K1-B", "K1"),
        ("K2-R", "K2"),
    ]


def test_a_code_that_all_products_share_is_no_group(write: Write) -> None:
    products = read(write("catalog.csv", "商品编号,商家编码,商品名称\n1,YL,毛衣\n2,YL,风衣\n3,YL,皮带\n"))
    assert {product.group_id for product in products} == {""}


def test_variants_may_come_before_the_row_of_their_parent(write: Write) -> None:
    text = "sku,parent_sku,title,brand,price,size\nD-S,D,裙 S,,199,S\nD-M,D,裙 M,,199,M\nD,,裙,云岚,,\n"
    products = read(write("catalog.csv", text))
    assert [(product.product_id, product.group_id, product.brand) for product in products] == [
        ("D-S", "D", "云岚"),
        ("D-M", "D", "云岚"),
    ]


def test_totals_notes_and_repeated_headers_are_no_products(write: Write) -> None:
    report = Report()
    text = "商品编号,商品名称,价格\n1,杯,9\n商品编号,商品名称,价格\n2,壶,19\n合计,,28\n共 2 条,,\n"
    products = read(write("catalog.csv", text), report=report)
    assert [product.title for product in products] == ["杯", "壶"]
    assert (report.others, report.rejected) == (3, 0)


def test_a_list_price_merged_over_the_variants_of_a_product_is_that_of_each(write: Write) -> None:
    text = "款号,商品名称,尺码,售价,吊牌价\n1,裙,S,99,199\n,,M,109,\n2,衫,S,59,\n2,衫,M,59,99\n2,衫,L,59,\n"
    products = read(write("goods.csv", text))
    assert [(product.product_id, product.list_price_fen) for product in products] == [
        ("1-S", 19_900),
        ("1-M", 19_900),
        # With its number on each row, a blank one says that there is none.
        ("2-S", None),
        ("2-M", 9_900),
        ("2-L", None),
    ]


def test_products_whose_ids_excel_made_one_are_separated_by_their_titles(write: Write) -> None:
    text = "商品编号,商品名称,价格\n6.90123E+12,杯,9\n6.90123E+12,壶,19\n6.90123E+12,杯,8\n"
    report = Report()
    assert {
        product.title: (product.product_id, product.price_fen, product.group_id)
        for product in read(write("goods.csv", text), report=report)
    } == {"杯": ("6.90123E+12", 800, ""), "壶": ("6.90123E+12-2", 1_900, "")}
    assert "separated by their titles" in report.to_text()
