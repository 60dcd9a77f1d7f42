"""SKUs that 淘宝助理 puts into one cell."""

from collections.abc import Callable
from pathlib import Path

from indexer.report import Report
from shangsou.product import Product
from tests.indexer.exports import read

Write = Callable[[str, str | bytes], Path]
COLUMNS = [
    "title",
    "cid",
    "stuff_status",
    "price",
    "num",
    "approve_status",
    "cateProps",
    "picture",
    "skuProps",
    "inputPids",
    "inputValues",
    "outer_id",
    "propAlias",
    "num_id",
    "input_custom_cpv",
    "sku_barcode",
]
TITLES = [
    "宝贝名称",
    "宝贝类目",
    "新旧程度",
    "宝贝价格",
    "宝贝数量",
    "放入仓库",
    "宝贝属性",
    "新图片",
    "销售属性组合",
    "用户输入ID串",
    "用户输入名-值对",
    "商家编码",
    "销售属性别名",
    "数字ID",
    "自定义属性值",
    "sku条形码",
]
SHIRT = {
    "title": "纯棉T恤",
    "price": "79.00",
    "num": "60",
    "num_id": "6780001",
    "approve_status": "1",
    "picture": "a:1:0:|https://c.example/a.jpg;b:2:0:1627207:28341|https://c.example/b.jpg;",
    "skuProps": "79:20:T-B-S:1627207:28341;20509:28314;89:0:T-W-M:1627207:-1001;20509:28315;",
    "propAlias": "1627207:28341:炭黑;",
    "input_custom_cpv": "1627207:-1001:奶白(加绒);",
    "inputPids": "20000,13021751",
    "inputValues": "云岚,TX01",
    "sku_barcode": "69001;69002",
}


def taobao(*rows: dict[str, str]) -> str:
    lines = [COLUMNS, TITLES, *([row.get(name, "") for name in COLUMNS] for row in rows)]
    return "version 1.00\n" + "".join("\t".join(line) + "\n" for line in lines)


def by_id(products: list[Product]) -> dict[str, Product]:
    return {product.product_id: product for product in products}


def test_skus_of_one_cell_are_variants_with_prices_stock_codes_and_pictures(write: Write) -> None:
    products = by_id(read(write("taobao.csv", taobao(SHIRT))))
    assert list(products) == ["T-B-S", "T-W-M"]
    black, white = products.values()
    assert black.group_id == white.group_id == "6780001"
    assert (black.price_fen, black.stock, white.price_fen, white.stock) == (7_900, 20, 8_900, 0)
    assert black.attributes == {"货号": ("TX01",), "颜色": ("炭黑",), "尺码": ("S",)}
    assert white.attributes["颜色"] == ("奶白(加绒)",)
    assert (black.image_url, white.image_url) == ("https://c.example/b.jpg", "https://c.example/a.jpg")
    assert (black.codes, white.codes) == (("69001",), ("69002",))
    assert black.brand == "云岚"


def test_skus_without_codes_are_numbered_by_their_values(write: Write) -> None:
    row = SHIRT | {"skuProps": SHIRT["skuProps"].replace("T-B-S", "").replace("T-W-M", "")}
    assert list(by_id(read(write("taobao.csv", taobao(row))))) == ["6780001-炭黑-S", "6780001-奶白(加绒)-M"]


def test_skus_that_numbers_alone_name_are_one_product_and_a_warning(write: Write) -> None:
    report = Report()
    [product] = read(
        write("taobao.csv", taobao(SHIRT | {"propAlias": "", "input_custom_cpv": ""})), report=report
    )
    assert (product.product_id, product.price_fen, product.stock) == ("6780001", 7_900, 60)
    assert "Warning: SKUs whose values the file does not name: 1 products" in report.to_text()


def test_products_that_were_never_uploaded_go_by_their_codes(write: Write) -> None:
    rows = [
        {"title": title, "price": "9", "num": "1", "num_id": "0", "outer_id": code, "approve_status": "1"}
        for title, code in (("杯", "B-1"), ("壶", "H-1"))
    ]
    assert list(by_id(read(write("taobao.csv", taobao(*rows))))) == ["B-1", "H-1"]
