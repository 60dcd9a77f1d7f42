"""Columns of tables of sales."""

import pytest

from insights.sales.columns import check_columns, find_columns, read_mapping
from shangsou.errors import UnusableInput


def fields(*header, mapping=None):
    return {
        field: header[position] for field, position in find_columns(header, mapping or {}, "t.csv").items()
    }


def test_an_order_export_of_a_chinese_shop_is_understood():
    assert fields(
        "订单编号", "订单付款时间", "商品编码", "宝贝标题", "购买数量", "单价（元）", "一级类目", "订单状态"
    ) == {
        "date": "订单付款时间",
        "item": "商品编码",
        "name": "宝贝标题",
        "quantity": "购买数量",
        "price": "单价（元）",
        "category1": "一级类目",
        "status": "订单状态",
    }


def test_the_columns_of_uci_online_retail_are_understood():
    header = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID")
    assert fields(*header) == {
        "date": "InvoiceDate",
        "item": "StockCode",
        "name": "Description",
        "quantity": "Quantity",
        "price": "UnitPrice",
    }


def test_the_columns_of_a_supermarket_are_understood():
    header = (
        "销售日期",
        "单品编码",
        "销量(千克)",
        "销售单价(元/千克)",
        "销售类型",
        "是否打折销售",
        "批发价格(元/千克)",
    )
    assert fields(*header) == {
        "date": "销售日期",
        "item": "单品编码",
        "quantity": "销量(千克)",
        "price": "销售单价(元/千克)",
        "promotion": "是否打折销售",
        "unit_cost": "批发价格(元/千克)",
    }


def test_of_several_columns_the_time_of_payment_is_the_date():
    assert fields("下单时间", "付款时间", "sku", "qty")["date"] == "付款时间"


def test_traditional_characters_and_case_do_not_matter():
    assert fields("銷售日期", "SKU", "數量") == {"date": "銷售日期", "item": "SKU", "quantity": "數量"}


def test_a_mapping_wins_over_the_usual_names():
    found = fields("日期", "货号", "数量", "实发", mapping={"quantity": "实发"})
    assert found == {"date": "日期", "item": "货号", "quantity": "实发"}


def test_a_running_total_stands_in_for_a_quantity_alone():
    assert "cumulative_quantity" not in fields("date", "item", "quantity", "sale_count")
    assert fields("date", "item", "sale_count")["cumulative_quantity"] == "sale_count"
    assert "quantity" not in fields("date", "item", "销量", mapping={"cumulative_quantity": "销量"})


def test_a_mapping_may_name_a_field_in_chinese():
    assert read_mapping(["数量=实发", "price=成交"]) == {"quantity": "实发", "price": "成交"}


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        ("quantitty=x", "did you mean quantity"),
        ("quantity", "FIELD=COLUMN"),
        ("quantity=", "FIELD=COLUMN"),
    ],
)
def test_a_wrong_mapping_is_refused_with_the_way_out(pair, words):
    with pytest.raises(UnusableInput, match=words):
        read_mapping([pair])


def test_a_field_is_given_once():
    with pytest.raises(UnusableInput, match="give each field once"):
        read_mapping(["quantity=a", "数量=b"])


def test_a_mapped_column_that_is_not_there_is_named_with_those_that_are():
    with pytest.raises(
        UnusableInput, match=r"t\.csv: --map price=Pirce: .* there are date, Price; did you mean Price"
    ):
        find_columns(["date", "Price"], {"price": "Pirce"}, "t.csv")


def test_missing_columns_are_named_with_what_there_is():
    with pytest.raises(
        UnusableInput, match=r"no column holds date, quantity; there are id, title, stock"
    ) as raised:
        check_columns({"item": 0, "name": 1, "stock": 2}, ["id", "title", "stock"], "t.csv")
    assert "--map date=COLUMN" in str(raised.value)
