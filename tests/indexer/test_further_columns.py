"""Several columns for one field: numbers, prices of the variant and of the product, statuses."""

from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.report import Report
from tests.indexer.exports import read

Write = Callable[[str, str | bytes], Path]


def test_every_further_number_is_a_code_of_the_product(write: Write) -> None:
    text = (
        "商品ID,商品名称,SKUID,SKU商家编码,商家编码,货号,商品条码\n"
        "1,裙,11,Q-R,Q,K88,6901\n"
        "1,裙,12,Q-B,Q,K88,6902\n"
    )
    assert [
        (product.product_id, product.group_id, set(product.codes))
        for product in read(write("goods.csv", text))
    ] == [
        ("11", "1", {"6901", "Q-R", "Q", "K88"}),
        ("12", "1", {"6902", "Q-B", "Q", "K88"}),
    ]


def test_the_code_of_a_variant_of_douyin_is_searched_by(write: Write) -> None:
    text = (
        "商品ID,商品名称,商品类目,规格ID,规格名称,商家编码-SKU,售价(元),划线价,现货库存,商品状态\n"
        "35,卫衣,女装>卫衣,17,黑色,WY-B,129,199,10,在售\n"
    )
    (product,) = read(write("goods.csv", text))
    assert "WY-B" in (product.product_id, *product.codes)


@pytest.mark.parametrize(
    ("header", "rows", "expected"),
    [
        # 有赞: a product without variants has the price and the stock of the product.
        (
            "商品ID,商品标题,商品价格,商品规格,规格价格,规格库存,总库存,规格编码",
            ["1,皂,19.9,,,,50,", "2,蜡烛,59,香型:檀香,69,5,12,A", "2,蜡烛,59,香型:柑橘,65,0,12,B"],
            [(1_990, 50), (6_900, 5), (6_500, 0)],
        ),
        (
            "商品ID,商品名称,价格,库存,型号ID,型号名称,型号价格,型号库存",
            ["1,皂,19.9,50,11,,,", "2,茶,20,30,21,大,29,3"],
            [(1_990, 50), (2_900, 3)],
        ),
        (
            "宝贝ID,宝贝标题,一口价,商品库存,SKU ID,SKU规格,SKU价格,SKU库存",
            ["1,皂,19.9,50,,,,", "2,茶,20,30,21,大,29,3"],
            [(1_990, 50), (2_900, 3)],
        ),
    ],
)
def test_a_variant_has_its_own_price_and_stock_or_else_those_of_the_product(
    write: Write, header: str, rows: list[str], expected: list[tuple[int, int]]
) -> None:
    products = read(write("goods.csv", "\n".join([header, *rows, ""])))
    assert [(product.price_fen, product.stock) for product in products] == expected


@pytest.mark.parametrize("name", ["现价", "活动价", "促销价", "售价"])
def test_a_product_with_only_a_list_price_costs_that(write: Write, name: str) -> None:
    text = f"商品编号,商品名称,{name},原价\n1,杯,,39\n2,壶,29,39\n3,碗,面议,39\n"
    assert [(product.price_fen, product.list_price_fen) for product in read(write("goods.csv", text))] == [
        (3_900, None),
        (2_900, 3_900),
        # Its price is to be asked for.
        (None, None),
    ]


def test_goods_of_ecshop_are_read_by_the_names_of_their_table(write: Write) -> None:
    header = (
        "goods_id,goods_sn,goods_name,goods_number,market_price,shop_price,promote_price,"
        "promote_start_date,promote_end_date,goods_desc,is_on_sale,is_delete\n"
    )
    text = header + (
        "1,E1,壳,12,39.90,29.90,19.90,1577836800,1893456000,软,1,0\n"
        "2,E2,膜,0,19.90,9.90,0.00,0,0,硬,1,1\n"
        "3,E3,线,3,19.90,9.90,0.00,0,0,长,0,0\n"
    )
    found = read(write("goods.csv", text))
    assert [(p.product_id, p.codes, p.stock, p.description, p.status) for p in found] == [
        ("1", ("E1",), 12, "软", "on"),
        ("2", ("E2",), 0, "硬", "off"),
        ("3", ("E3",), 3, "长", "off"),
    ]
    assert [(p.price_fen, p.list_price_fen) for p in found] == [(1_990, 2_990), (990, 1_990), (990, 1_990)]
    assert found[0].offer_from is not None
    assert found[0].offer_until is not None
    assert (found[0].offer_from.year, found[0].offer_until.year) == (2020, 2030)


@pytest.mark.parametrize(
    ("header", "on", "off"),
    [
        ("商品编号,商品名称,商品状态,是否上架", "1,杯,销售中,是", "2,壶,销售中,否"),
        ("商品编号,商品名称,是否上架,商品状态", "1,杯,是,销售中", "2,壶,是,已下架"),
        ("External ID,Name,Sales Price,Can be Sold,Active", "1,杯,9,True,True", "2,壶,9,True,False"),
        ("id,title,status", "1,杯,ON_SALE", "2,壶,OFF_SALE"),
        ("id,title,is_listing", "1,杯,true", "2,壶,false"),
        ("id,title,status,is_deleted,is_hidden", "1,杯,1,0,0", "2,壶,1,0,1"),
    ],
)
def test_one_of_several_statuses_takes_a_product_off(write: Write, header: str, on: str, off: str) -> None:
    products = read(write("goods.csv", f"{header}\n{on}\n{off}\n"))
    assert [product.status for product in products] == ["on", "off"]


@pytest.mark.parametrize("status", ["售罄", "已售罄", "缺货"])
def test_what_a_status_calls_sold_out_has_no_stock(write: Write, status: str) -> None:
    report = Report()
    (product,) = read(write("g.csv", f"商品编号,商品名称,库存,状态\n1,杯,33,{status}\n"), report=report)
    assert (product.status, product.stock) == ("on", 0)
    assert "stock of what is sold out" in report.to_text()


def test_foreign_money_names_the_option_that_reads_it(write: Write) -> None:
    text = "商品编号,商品名称,价格\n1,杯,NT$199\n2,壶,$20\n"
    report = Report()
    assert [p.price_fen for p in read(write("g.csv", text), report=report)] == [None, None]
    assert "--currency TWD" in report.to_text()
    assert "--currency USD" in report.to_text()
    report = Report()
    assert read(write("g.csv", text), report=report, currency="TWD")[0].price_fen == 19_900
    assert "199.00 TWD" in report.to_text()
    assert "yuan" not in report.to_text()


def test_prices_with_a_decimal_comma_between_semicolons(write: Write) -> None:
    text = "商品编号;商品名称;价格\n1;杯;399,00\n2;壶;1.199,50\n3;碗;1,299\n4;盘;9.90\n"
    assert [p.price_fen for p in read(write("g.csv", text))] == [39_900, 119_950, 129_900, 990]
    (cup,) = read(write("g.csv", '商品编号,商品名称,价格\n1,杯,"399,00"\n'))
    assert cup.price_fen is None


def test_the_place_of_a_value_tells_what_other_variants_have_there(write: Write) -> None:
    text = (
        "商品编号,商品名称,规格\n1,衫,黑色;XL\n1,衫,军绿;XL\n1,衫,军绿;加大\n"
        "2,鞋,黑色;XL\n2,鞋,XL;军绿\n3,巾,军绿;小\n"
    )
    assert {product.product_id: product.attributes for product in read(write("g.csv", text))} == {
        "1-黑色;XL": {"颜色": ("黑色",), "尺码": ("XL",)},
        "1-军绿;XL": {"颜色": ("军绿",), "尺码": ("XL",)},
        "1-军绿;加大": {"颜色": ("军绿",), "尺码": ("加大",)},
        "2-黑色;XL": {"颜色": ("黑色",), "尺码": ("XL",)},
        # A colour stands there once and a size once.
        "2-XL;军绿": {"尺码": ("XL",), "规格": ("军绿",)},
        "3": {"规格": ("军绿", "小")},
    }
