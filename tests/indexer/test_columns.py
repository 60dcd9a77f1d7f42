"""Columns matched to the fields of a product."""

import pytest

from indexer.column_mapping import read_mapping
from indexer.column_names import column_names
from indexer.columns import match_columns
from shangsou.errors import UnusableInput


def fields(*header: str, **mapping: str) -> dict[str, str]:
    """Return field to column name."""
    return dict(match_columns("catalog.csv", header, mapping).names)


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (("product_id", "title"), ("product_id", "title")),
        (("ID", "Name"), ("product_id", "title")),
        (("SKU", "Product Name"), ("product_id", "title")),
        (("商品编号", "商品名称"), ("product_id", "title")),
        (("商品编号", "标题", "价格"), ("product_id", "title", "price")),
        (("id", "title", "价格(元)"), ("product_id", "title", "price")),
        (("id", "title", "价格（分）"), ("product_id", "title", "price_fen")),
        (("id", "title", "Sale-Price", "原价"), ("product_id", "title", "price", "list_price")),
        (("id", "title", "一级类目", "二级类目"), ("product_id", "title", "cat1", "cat2")),
        (("id", "title", "所属分类"), ("product_id", "title", "category")),
        (("id", "title", "品牌", "库存", "销量"), ("product_id", "title", "brand", "stock", "sales")),
        (("id", "title", "主图", "店铺名称"), ("product_id", "title", "image_url", "shop")),
        (("id", "title", "Rating", "Review Count"), ("product_id", "title", "rating", "reviews")),
        (("id", "title", "综合评分", "累计评价"), ("product_id", "title", "rating", "reviews")),
        (("id", "title", "好评率(%)", "评论数"), ("product_id", "title", "rating_percent", "reviews")),
        (
            ("id", "title", "属性:颜色", "attr.尺码"),
            ("product_id", "title", "attributes.颜色", "attributes.尺码"),
        ),
    ],
)
def test_common_names_are_understood(header: tuple[str, ...], found: tuple[str, ...]) -> None:
    assert fields(*header) == dict(zip(found, header, strict=True))


def test_of_several_candidates_the_most_specific_one_is_taken_and_the_rest_is_left() -> None:
    columns = match_columns("catalog.csv", ["sku", "id", "name", "title", "来源"], {})
    # Whether products or their variants are numbered by the sku shows in the rows.
    assert columns.names == {"product_id": "id", "sku": "sku", "title": "title"}
    assert columns.unused == ("name", "来源")


def test_map_names_a_column_and_takes_it_from_its_usual_field() -> None:
    assert fields("id", "title", "品名", title="品名") == {"product_id": "id", "title": "品名"}
    assert fields("id", "title", "brand", "x", title="brand") == {"product_id": "id", "title": "brand"}
    assert fields("id", "title", "颜色", **{"attributes.颜色": "颜色"})["attributes.颜色"] == "颜色"


def test_map_to_a_column_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(UnusableInput, match=r'--map title=列名 names no column; .* "编号", "名"'):
        fields("编号", "名", title="列名")


@pytest.mark.parametrize("pair", ["title", "=x", "title=", "colour=x", ""])
def test_a_map_argument_that_says_nothing_lists_the_fields(pair: str) -> None:
    with pytest.raises(
        UnusableInput, match=r"FIELD=COLUMN, where FIELD is product_id, title, .*attributes\.NAME"
    ):
        read_mapping([pair])


def test_map_arguments_are_read() -> None:
    assert read_mapping(["title=列名", "attr.颜色 = 色"]) == {"title": "列名", "attributes.颜色": "色"}


def test_no_name_stands_for_two_fields() -> None:
    names = [name for field_names in column_names().values() for name in field_names]
    assert sorted(names) == sorted(set(names))


def test_a_misspelt_field_of_a_mapping_is_answered_with_the_likeliest() -> None:
    with pytest.raises(UnusableInput, match=r"did you mean title\?"):
        read_mapping(["titel=商品名称"])
