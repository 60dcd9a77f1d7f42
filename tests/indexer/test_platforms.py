# ruff: noqa: E501 - exports have long lines
"""Exports of shop systems, each rebuilt by hand."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.platforms.recognition import platforms, recognize
from indexer.report import Report
from shangsou.product import Product
from tests.indexer.exports import read

Write = Callable[[str, str | bytes], Path]
Expected = dict[str, tuple[object, ...]]

# Name of the platform, file, text, and by id: group, price, list price, stock, status and attributes.
DOUYIN = """商品ID,商品名称,商品类目,规格ID,规格名称,规格编码,售价(元),划线价,现货库存,商品状态,审核状态,推荐语
3501,连帽卫衣,女装>卫衣,17001,黑色;M,WY-M,129,199,10,在售,已通过,秋冬
3501,连帽卫衣,女装>卫衣,17002,黑色;L,WY-L,129,199,0,在售,已通过,秋冬
3502,直筒裤,女装>裤子,17003,蓝色;M,KZ-M,99,,5,已下架,已通过,
"""
YOUZAN = """商品ID,商品标题,商品分组,规格,规格编码,价格（元）,划线价（元）,库存,总销量,是否上架,配送方式
88,手冲壶,咖啡,容量:600ml,HB-600,168.00,198.00,12,33,是,快递
88,手冲壶,咖啡,容量:900ml,HB-900,198.00,238.00,0,33,是,快递
"""
WEIDIAN = """商品ID,商品名称,型号ID,型号名称,型号编码,型号价格,型号库存,商品分类
1,T恤,11,白色,T-W,59,3,上衣
1,T恤,12,黑色,T-B,59,0,上衣
"""
JD = """商品编号,SKU编号,商品名称,一级类目,二级类目,京东价,市场价,可用库存,上下柜状态,UPC编码,颜色,尺码
1001,50011,运动鞋,鞋靴,运动鞋,399,599,4,上柜,6901,黑,42
1001,50012,运动鞋,鞋靴,运动鞋,399,599,0,下柜,6902,黑,43
"""
WOOCOMMERCE = """ID,Type,SKU,Name,Published,"Is featured?","Visibility in catalog","Tax status","In stock?",Stock,\
"Sale price","Regular price",Categories,Parent,"Attribute 1 name","Attribute 1 value(s)"
10,variable,DRESS,连衣裙,1,0,visible,taxable,1,,,,"女装, 女装 > 连衣裙",,颜色,"红色, 蓝色"
11,variation,DRESS-R,连衣裙 - 红色,1,0,visible,taxable,1,5,159,199,,DRESS,颜色,红色
12,variation,DRESS-B,连衣裙 - 蓝色,1,0,visible,taxable,0,0,,199,,id:10,颜色,蓝色
13,simple,CUP,马克杯,0,0,visible,taxable,1,8,,39,家居 > 杯子,,材质,陶瓷
"""
MAGENTO = """sku,store_view_code,product_type,categories,name,price,special_price,visibility,product_online,qty,\
is_in_stock,additional_attributes,configurable_variations
D-S,,simple,"Default Category/女装,Default Category/女装/连衣裙",裙 S,199,159,Not Visible Individually,1,10,1,size=S,
D-M,,simple,"Default Category/女装,Default Category/女装/连衣裙",裙 M,199,,Not Visible Individually,1,0,0,size=M,
D,,configurable,"Default Category/女装",裙,199,,"Catalog, Search",1,0,1,,"sku=D-S,size=S|sku=D-M,size=M"
BAG,,simple,Default Category/箱包,手提包,299,,"Catalog, Search",2,3,1,,
"""
SHOPIFY = """Handle,Title,Body (HTML),Vendor,Type,Published,Option1 Name,Option1 Value,Variant SKU,\
Variant Inventory Qty,Variant Price,Variant Compare At Price,Image Src
cup,马克杯,,云岚,杯子,true,容量,300ml,,5,39,59,https://c.example/1.jpg
cup,,,,,,,500ml,,0,49,69,https://c.example/2.jpg
cup,,,,,,,,,,,,https://c.example/3.jpg
bag,帆布袋,,云岚,包,false,Title,Default Title,B-1,9,29,,
"""
AMAZON = """item_sku\titem_name\tstandard_price\tquantity\tparent_child\tparent_sku\tvariation_theme\tsize_name
D\t连衣裙\t\t\tParent\t\tSize\t
D-S\t连衣裙 S\t199\t4\tChild\tD\tSize\tS
D-M\t连衣裙 M\t199\t0\tChild\tD\tSize\tM
"""
ODOO = """External ID,Internal Reference,Name,Sales Price,Cost,Quantity On Hand,Product Category,Can be Sold,\
Product Attributes / Attribute,Product Attributes / Values
p1,E-1,办公椅,599.0,300.0,12,All / 家具 / 椅子,True,颜色,"黑色,白色"
,,,,,,,,材质,网布
p2,E-2,办公桌,1299.0,800.0,0,All / 家具 / 桌子,False,,
"""
YONYOU = """存货编码,存货名称,规格型号,存货分类,主计量单位,参考售价,最新成本,现存量,是否销售
0101,搪瓷杯,350ml,日用百货,个,19.9,8,30,是
0102,旧搪瓷杯,350ml,日用百货,个,19.9,8,30,否
"""
CASES: list[tuple[str, str, str, Expected]] = [
    (
        "抖店",
        "orders.csv",
        DOUYIN,
        {
            "17001": ("3501", 129, 199, 10, "on", {"颜色": ("黑色",), "尺码": ("M",)}),
            "17002": ("3501", 129, 199, 0, "on", {"颜色": ("黑色",), "尺码": ("L",)}),
            "17003": ("3502", 99, None, 5, "off", {"颜色": ("蓝色",), "尺码": ("M",)}),
        },
    ),
    (
        "有赞",
        "goods.csv",
        YOUZAN,
        {
            "HB-600": ("88", 168, 198, 12, "on", {"容量": ("600ml",)}),
            "HB-900": ("88", 198, 238, 0, "on", {"容量": ("900ml",)}),
        },
    ),
    (
        "微店",
        "goods.csv",
        WEIDIAN,
        {
            "11": ("1", 59, None, 3, "on", {"颜色": ("白色",)}),
            "12": ("1", 59, None, 0, "on", {"颜色": ("黑色",)}),
        },
    ),
    (
        "京东商家",
        "ware.csv",
        JD,
        {
            "50011": ("1001", 399, 599, 4, "on", {"颜色": ("黑",), "尺码": ("42",)}),
            "50012": ("1001", 399, 599, 0, "off", {"颜色": ("黑",), "尺码": ("43",)}),
        },
    ),
    (
        "WooCommerce",
        "wc-product-export.csv",
        WOOCOMMERCE,
        {
            "11": ("DRESS", 159, 199, 5, "on", {"颜色": ("红色",)}),
            "12": ("DRESS", 199, None, 0, "on", {"颜色": ("蓝色",)}),
            "13": ("", 39, None, 8, "off", {"材质": ("陶瓷",)}),
        },
    ),
    (
        "Magento",
        "catalog_product.csv",
        MAGENTO,
        {
            "D-S": ("D", 159, 199, 10, "on", {"size": ("S",)}),
            "D-M": ("D", 199, None, 0, "on", {"size": ("M",)}),
            "BAG": ("", 299, None, 3, "off", {}),
        },
    ),
    (
        "Shopify",
        "products_export.csv",
        SHOPIFY,
        {
            "cup-300ml": ("cup", 39, 59, 5, "on", {"容量": ("300ml",)}),
            "cup-500ml": ("cup", 49, 69, 0, "on", {"容量": ("500ml",)}),
            "B-1": ("bag", 29, None, 9, "off", {}),
        },
    ),
    (
        "Amazon",
        "listings.txt",
        AMAZON,
        {
            "D-S": ("D", 199, None, 4, "on", {"size_name": ("S",)}),
            "D-M": ("D", 199, None, 0, "on", {"size_name": ("M",)}),
        },
    ),
    (
        "Odoo",
        "product.template.csv",
        ODOO,
        {
            "p1": ("", 599, None, 12, "on", {"颜色": ("黑色", "白色"), "材质": ("网布",)}),
            "p2": ("", 1299, None, 0, "off", {}),
        },
    ),
    (
        "用友",
        "stock.csv",
        YONYOU,
        {
            "0101": ("", 19.9, None, 30, "on", {"规格型号": ("350ml",)}),
            "0102": ("", 19.9, None, 30, "off", {"规格型号": ("350ml",)}),
        },
    ),
]


def facts(product: Product) -> tuple[object, ...]:
    yuan = [None if fen is None else fen / 100 for fen in (product.price_fen, product.list_price_fen)]
    return (product.group_id, *yuan, product.stock, product.status, dict(product.attributes))


@pytest.mark.parametrize(("platform", "name", "text", "expected"), CASES, ids=[case[0] for case in CASES])
def test_an_export_of_each_platform_comes_in_whole(
    write: Write, platform: str, name: str, text: str, expected: Expected
) -> None:
    report = Report()
    products = read(write(name, text), report=report)
    assert {product.product_id: facts(product) for product in products} == expected
    assert f"recognized as a {platform} export" in report.to_text()


@pytest.mark.parametrize(("platform", "name", "text", "expected"), CASES, ids=[case[0] for case in CASES])
def test_an_export_comes_in_whatever_the_order_of_its_columns(
    write: Write, platform: str, name: str, text: str, expected: Expected
) -> None:
    import csv
    import io

    delimiter = "\t" if "\t" in text else ","
    rows = [row[::-1] for row in csv.reader(io.StringIO(text), delimiter=delimiter)]
    turned = io.StringIO()
    csv.writer(turned, delimiter=delimiter).writerows(rows)
    found = {product.product_id: facts(product)[:5] for product in read(write(name, turned.getvalue()))}
    # The parts of an id that is put together come in the order of columns, which is one part here.
    assert found == {product_id: values[:5] for product_id, values in expected.items()}


def test_values_that_a_parent_has_are_those_of_its_variants(write: Write) -> None:
    products = {product.product_id: product for product in read(write("wc.csv", WOOCOMMERCE))}
    assert products["11"].category == products["12"].category == ("女装", "连衣裙")
    assert products["13"].category == ("家居", "杯子")


def test_a_level_that_every_category_has_is_left_out(write: Write) -> None:
    products = {product.product_id: product for product in read(write("magento.csv", MAGENTO))}
    assert (products["D-S"].category, products["BAG"].category) == (("女装", "连衣裙"), ("箱包",))


def test_products_of_shopify_as_json_have_their_variants(write: Write) -> None:
    dress = {
        "id": 1,
        "title": "连衣裙",
        "vendor": "云岚",
        "handle": "dress",
        "options": [{"name": "颜色"}, {"name": "尺码"}],
        "variants": [
            {
                "id": 11,
                "title": "红 / S",
                "price": "199.00",
                "option1": "红",
                "option2": "S",
                "inventory_quantity": 3,
            },
            {
                "id": 12,
                "title": "红 / M",
                "price": "209.00",
                "option1": "红",
                "option2": "M",
                "inventory_quantity": 0,
            },
        ],
    }
    products = read(write("products.json", json.dumps({"products": [dress]}, ensure_ascii=False)))
    assert {product.product_id: facts(product) for product in products} == {
        "11": ("dress", 199, None, 3, "on", {"颜色": ("红",), "尺码": ("S",)}),
        "12": ("dress", 209, None, 0, "on", {"颜色": ("红",), "尺码": ("M",)}),
    }
    assert {product.brand for product in products} == {"云岚"}


def test_a_platform_is_recognized_with_columns_renamed_and_missing() -> None:
    header = ["Handle", "Titel", "Vendor", "Variant SKU", "Variant Price"]
    platform = recognize(header)
    assert platform is not None
    assert platform.name == "Shopify"
    assert recognize(["商品编号", "商品名称", "价格", "库存"]) is None


def test_every_platform_needs_several_columns_and_no_more_than_it_has() -> None:
    for platform in platforms():
        assert 2 <= platform.matches <= len(platform.signature), platform.name


def test_a_variant_of_shopify_has_its_own_picture_or_the_first_of_its_product(write: Write) -> None:
    text = """Handle,Title,Vendor,Option1 Name,Option1 Value,Variant SKU,Variant Price,Image Src,Image Position,Variant Image
cup,杯,云岚,颜色,白,C-W,39,https://c.example/1.jpg,1,https://c.example/w.jpg
cup,,,,蓝,C-B,39,https://c.example/2.jpg,2,
cup,,,,红,C-R,39,,,https://c.example/r.jpg
cup,,,,,,,https://c.example/3.jpg,3,
"""
    assert {product.product_id: product.image_url for product in read(write("p.csv", text))} == {
        "C-W": "https://c.example/w.jpg",
        "C-B": "https://c.example/1.jpg",
        "C-R": "https://c.example/r.jpg",
    }


def test_a_kind_of_shipping_is_no_product_type(write: Write) -> None:
    text = "商品编号,商品名称,商品类型\n1,杯,实物商品\n2,券,虚拟商品\n3,壶,水壶\n"
    assert [product.product_type for product in read(write("goods.csv", text))] == ["", "", "水壶"]


def test_details_of_google_are_attributes_and_no_description(write: Write) -> None:
    detail = (
        "<g:product_detail><g:section_name>参数</g:section_name><g:attribute_name>{}</g:attribute_name>"
        "<g:attribute_value>{}</g:attribute_value></g:product_detail>"
    )
    start = "<item><g:id>{}</g:id><title>{}</title><g:price>9 CNY</g:price><g:availability>in_stock</g:availability>"
    items = [
        f"{start.format(1, '伞')}<description>轻</description><link>https://c.example/1</link>",
        f"<g:condition>new</g:condition></item>{start.format(2, '巨伞')}",
        f"{detail.format('伞骨', '8骨')}{detail.format('材质', '布')}</item>",
        f"{start.format(3, '小伞')}{detail.format('伞骨', '6骨')}</item>",
    ]
    feed = (
        '<rss xmlns:g="http://base.google.com/ns/1.0"><channel><title>店</title>'
        f"{''.join(items)}</channel></rss>"
    )
    report = Report()
    assert [(p.description, p.attributes) for p in read(write("feed.xml", feed), report=report)] == [
        ("轻", {}),
        ("", {"伞骨": ("8骨",), "材质": ("布",)}),
        ("", {"伞骨": ("6骨",)}),
    ]
    assert "description" not in " ".join(map(str, report.to_json()["reasons"]))  # type: ignore[call-overload]
