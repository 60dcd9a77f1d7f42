# ruff: noqa: E501 - exports have long lines
"""Values that exports keep in other places than in a column of their own."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.platforms.recognition import recognize
from shangsou.product import Product
from tests.indexer.exports import read

Write = Callable[[str, str | bytes], Path]


def one(path: Path) -> Product:
    (product,) = read(path)
    return product


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        (
            "brand=云岚,color=Red,material=Cotton|Fleece,size=M",
            {"color": ("Red",), "material": ("Cotton", "Fleece"), "size": ("M",)},
        ),
        ("品牌:云岚;颜色:红", {"颜色": ("红",)}),
        ("color=Red|size=M|manufacturer=云岚", {"color": ("Red",), "size": ("M",)}),
    ],
)
def test_the_brand_among_the_attributes_is_the_brand(
    write: Write, attributes: str, expected: dict[str, tuple[str, ...]]
) -> None:
    product = one(write("goods.csv", f'sku,name,price,additional_attributes\nA,裙,9,"{attributes}"\n'))
    assert (product.brand, product.attributes) == ("云岚", expected)


def test_a_column_of_brands_comes_before_the_attributes(write: Write) -> None:
    product = one(write("goods.csv", "sku,name,Brands,attributes\nA,裙,云岚,品牌:别家;颜色:红\n"))
    assert product.brand == "云岚"


def test_a_barcode_among_the_attributes_finds_the_product(write: Write) -> None:
    assert one(write("goods.csv", "sku,name,attributes\nA,裙,颜色:红;条码:6901\n")).codes == ("6901",)


def test_a_second_barcode_is_another_code(write: Write) -> None:
    text = "商品编号,商品名称,商品条码,国际条码\n1,杯,'6901,6902\n"
    assert one(write("goods.csv", text)).codes == ("6901", "6902")


def test_variant_values_of_odoo_are_attributes(write: Write) -> None:
    text = 'External ID,Internal Reference,Name,Variant Values,Sales Price,Product Template/External ID\np1,D-1,桌,"Colour: Red, Size: M",9,t1\n'
    product = one(write("product.product.csv", text))
    assert (product.attributes, product.group_id) == ({"Colour": ("Red",), "Size": ("M",)}, "t1")


def test_details_of_a_feed_in_tabs_have_sections(write: Write) -> None:
    detail = '"一般:材质:棉,一般:厚度:常规, 偏薄,洗护:洗涤:30:40 度"'
    text = f"id\ttitle\tlink\timage_link\tavailability\tproduct_type\titem_group_id\tproduct_detail\n1\t伞\thttps://c.example\t\tin stock\t伞\tg\t{detail}\n"
    assert one(write("feed.tsv", text)).attributes == {
        "材质": ("棉",),
        "厚度": ("常规, 偏薄",),
        "洗涤": ("30:40 度",),
    }


@pytest.mark.parametrize(
    "path", [["鞋", "板鞋"], [{"id": 1, "name": "鞋"}, {"id": 2, "name": "板鞋"}], "鞋>板鞋"]
)
@pytest.mark.parametrize("key", ["catPath", "categoryPath", "category_names", "breadcrumbs"])
def test_a_list_of_levels_is_the_category(write: Write, key: str, path: object) -> None:
    record = {"id": 1, "title": "鞋", key: path}
    assert one(write("goods.jsonl", json.dumps(record, ensure_ascii=False))).category == ("鞋", "板鞋")


def test_of_several_groups_of_a_shop_the_first_is_the_category(write: Write) -> None:
    assert one(write("goods.csv", "编号,名称,商品分组\n1,豆,咖啡;新品\n")).category == ("咖啡",)


def test_the_name_of_a_brand_lies_in_an_object(write: Write) -> None:
    record = {"id": 1, "title": "锅", "brandInfo": {"brandId": 3, "brandName": "云岚"}}
    assert one(write("goods.jsonl", json.dumps(record, ensure_ascii=False))).brand == "云岚"


@pytest.mark.parametrize(
    ("begins", "ends"),
    [("0", "0"), ("0000-00-00", "0000-00-00"), ("", ""), ("0001-01-01 00:00:00", "1970-01-01 08:00:00")],
)
def test_dates_that_state_none_leave_the_offer_without_an_end(write: Write, begins: str, ends: str) -> None:
    text = f"编号,名称,价格,促销价,促销开始时间,促销结束时间\n1,杯,99,79,{begins},{ends}\n"
    product = one(write("goods.csv", text))
    assert (product.price_fen, product.list_price_fen) == (7_900, 9_900)
    assert product.offer_from is product.offer_until is None


def test_values_in_columns_without_names_are_those_of_variants(write: Write) -> None:
    text = "商品ID,商品标题,规格1,规格2,SKU ID,售价\n1,裙,红色,M,11,9\n1,裙,军绿,L,12,9\n"
    assert [p.attributes for p in read(write("goods.csv", text))] == [
        {"颜色": ("红色",), "尺码": ("M",)},
        {"颜色": ("军绿",), "尺码": ("L",)},
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("米色/大号", {"颜色": ("米色",), "尺码": ("大号",)}),
        ("白/37", {"颜色": ("白",), "规格": ("37",)}),
        ("10/20ml", {"规格": ("10/20ml",)}),
        ("160/84A", {"尺码": ("160/84A",)}),
        ("默认", {}),
    ],
)
def test_a_slash_separates_values_where_one_is_a_colour_or_a_size(
    write: Write, text: str, expected: dict[str, tuple[str, ...]]
) -> None:
    assert one(write("goods.csv", f"编号,名称,规格,价格\n1,包,{text},9\n")).attributes == expected


def test_names_of_skus_are_titles_where_there_is_no_other(write: Write) -> None:
    text = "商品编码,SKU编码,SKU名称,京东价(元)\n1,11,手机 青,9\n1,12,手机 黑,9\n"
    assert [p.title for p in read(write("jd.csv", text))] == ["手机 青", "手机 黑"]


def test_products_without_skus_leave_the_column_of_skus_blank(write: Write) -> None:
    text = "宝贝ID,宝贝标题,SKU ID,销售属性\n1,灯,11,颜色:白\n1,灯,12,颜色:黑\n2,衣架,,\n3,伞,,\n"
    assert [(p.product_id, p.group_id) for p in read(write("goods.csv", text))] == [
        ("11", "1"),
        ("12", "1"),
        ("2", "2"),
        ("3", "3"),
    ]


def test_a_parent_called_zero_is_none(write: Write) -> None:
    text = "\n".join(json.dumps({"id": number, "name": f"杯{number}", "parent_id": 0}) for number in (1, 2))
    assert [p.group_id for p in read(write("goods.jsonl", text))] == ["", ""]


def test_regular_prices_beside_prices_are_list_prices(write: Write) -> None:
    product = one(write("goods.csv", "id,name,price,regular_price\n1,杯,39,49\n"))
    assert (product.price_fen, product.list_price_fen) == (3_900, 4_900)
    assert one(write("goods.csv", "id,name,regular_price\n1,杯,49\n")).price_fen == 4_900


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("商品ID,商品名称,规格名称,SKUID,规格编码,团购价(分),单买价(分),商品状态,商品类目", "拼多多"),
        ("商品编码,SKU编码,SKU名称,京东价(元),市场价(元),商品状态", "京东商家"),
    ],
)
def test_columns_that_several_platforms_have_say_little(header: str, name: str) -> None:
    platform = recognize(header.split(","))
    assert platform is not None
    assert platform.name == name


def test_a_list_of_products_is_no_dump_of_elasticsearch() -> None:
    assert recognize(["id", "type", "name", "sku", "price"]) is None


def test_a_row_without_any_other_number_goes_by_its_style(write: Write) -> None:
    text = "宝贝标题,商家编码,SKU商家编码,颜色,SKU价格\n裤,K,K-B,黑,9\n裤,K,K-W,白,9\n帽,Z,,,9\n"
    assert [p.product_id for p in read(write("goods.csv", text))] == ["K-B", "K-W", "Z"]


def test_lists_of_names_and_values_are_those_of_a_variant_whatever_they_are_called(write: Write) -> None:
    variants = [{"name": "香型", "value": "白茶"}], [{"name": "香型", "value": "木质"}]
    skus = [{"id": f"s{number}", "variants": pairs, "price": 9} for number, pairs in enumerate(variants)]
    record = {"id": "x", "title": "香薰", "skus": skus}
    found = read(write("goods.jsonl", json.dumps(record, ensure_ascii=False)))
    assert [p.attributes for p in found] == [{"香型": ("白茶",)}, {"香型": ("木质",)}]


def test_a_row_with_nothing_but_a_further_category_is_no_product(write: Write) -> None:
    text = "sku,name,price,_category\nA,杯,9,家居/杯子\n,,,促销\nB,壶,9,家居/壶\n"
    assert [p.product_id for p in read(write("goods.csv", text))] == ["A", "B"]


@pytest.mark.parametrize(
    ("categories", "category"),
    [
        ("运动 > 瑜伽, 居家", ("运动", "瑜伽")),
        ("居家, 运动 > 跳绳", ("居家",)),
        ("运动, 运动 > 瑜伽", ("运动", "瑜伽")),
    ],
)
def test_of_the_categories_of_woocommerce_the_first_counts_or_what_goes_on_from_it(
    write: Write, categories: str, category: tuple[str, ...]
) -> None:
    header = (
        "ID,Type,SKU,Name,Published,Is featured?,Visibility in catalog,Regular price,Sale price,Categories"
    )
    text = f'{header}\n1,simple,a,杯,1,0,visible,9,,"{categories}"\n'
    assert read(write("goods.csv", text))[0].category == category


@pytest.mark.parametrize("status", ["不在架", "未启用", "非在售", "清退", "撤柜", "封存", "禁售", "锁定"])
def test_what_is_not_on_the_shelf_is_off(write: Write, status: str) -> None:
    [product] = read(write("goods.csv", f"商品编号,商品名称,状态\n1,杯,{status}\n"))
    assert product.status == "off"


def test_a_column_that_enables_a_product_is_its_status(write: Write) -> None:
    products = read(write("goods.csv", "商品编号,商品名称,启用\n1,杯,启用\n2,壶,禁用\n"))
    assert [product.status for product in products] == ["on", "off"]
