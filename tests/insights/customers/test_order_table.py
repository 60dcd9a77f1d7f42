"""Tables of orders, read whole."""

from datetime import date

import numpy as np
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from insights.customers.order_table import read_orders
from insights.sales.columns import read_mapping
from shangsou.errors import UnusableInput

TODAY = date(2026, 12, 2)


def read(folder, *texts, mapping=(), currency=""):
    paths = []
    for number, text in enumerate(texts):
        paths.append(folder / f"orders{number}.csv")
        paths[-1].write_text(text, "utf-8")
    fields = read_mapping(mapping, "insights.customers")
    return read_orders(paths, fields, currency, today=TODAY)


def rows(reading):
    orders = reading.orders
    return [
        (orders.customers[customer], date.fromordinal(day).isoformat(), amount)
        for customer, day, amount in zip(
            orders.customer.tolist(), orders.day.tolist(), orders.amount.tolist(), strict=True
        )
    ]


def reasons(reading, kind):
    return {name: count.count for name, count in reading.report.issues.of(kind)}


def test_orders_are_by_customer_and_day_and_end_with_the_last_row(tmp_path):
    reading = read(
        tmp_path,
        "customer,date,amount\nb,2026-03-01,5\na,2026-02-01,7\nb,2026-01-01,¥1,200.50\n".replace(
            "¥1,200.50", '"¥1,200.50"'
        ),
    )
    assert rows(reading) == [("a", "2026-02-01", 7), ("b", "2026-01-01", 1200.5), ("b", "2026-03-01", 5)]
    assert reading.orders.last_day == date(2026, 3, 1)
    assert (reading.report.rows, reading.report.used, reading.report.customers) == (3, 3, 2)


def test_an_export_of_a_chinese_shop_is_read_without_its_closed_orders(tmp_path):
    reading = read(
        tmp_path,
        "订单编号,买家会员名,买家实际支付金额,订单状态,订单付款时间\n"
        "1,小王,88.00,交易成功,2026/11/11 00:03:12\n"
        "2,小王,10.00,交易关闭,2026/11/12 10:00:00\n"
        "合计,,98.00,,\n",
    )
    assert rows(reading) == [("小王", "2026-11-11", 88)]
    assert reasons(reading, "skipped") == {"an order that was not carried out": 1, "a row of totals": 1}


def test_lines_of_an_order_are_summed_and_a_line_given_twice_counts_once_over_all_files(tmp_path):
    header = "InvoiceNo,Quantity,InvoiceDate,UnitPrice,CustomerID\n"
    reading = read(
        tmp_path,
        header + "A,2,2026-01-05,3,17850.0\nA,1,2026-01-05,4,17850.0\n",
        header + "A,1,2026-01-05,4,17850.0\nB,1,2026-01-06,5,17851.0\n",
    )
    assert rows(reading) == [("17850", "2026-01-05", 10), ("17851", "2026-01-06", 5)]
    assert reasons(reading, "merged") == {"a row given twice": 1}


def test_without_order_numbers_rows_that_are_alike_are_pointed_out_and_kept(tmp_path):
    reading = read(tmp_path, "customer,date,amount\na,2026-01-01,5\na,2026-01-01,5\n")
    assert len(reading.orders) == 2
    assert reasons(reading, "flagged") == {"a row like another": 1}


def test_refunds_are_taken_off_their_orders_and_one_paid_back_whole_is_none(tmp_path):
    reading = read(
        tmp_path,
        "order,customer,date,amount\n"
        "1,a,2026-01-01,30\n1,a,2026-01-09,-10\n"  # a part
        "2,a,2026-02-01,30\n2,a,2026-02-09,-30\n"  # the whole
        "C3,b,2026-03-01,-4\n4,b,2026-03-02,0\n",  # of an unknown order; a gift
    )
    assert rows(reading) == [("a", "2026-01-01", 20), ("b", "2026-03-02", 0)]
    assert reading.report.refunded == 1
    assert reasons(reading, "flagged") == {"a refund of a part": 1}
    assert reasons(reading, "skipped") == {"an order paid back whole": 1, "a refund without its order": 1}


@pytest.mark.parametrize("header", ["订单金额", "订单总金额(元)", "Order Total"])
def test_a_total_that_stands_on_each_line_of_its_order_counts_once(tmp_path, header):
    reading = read(
        tmp_path,
        f"订单号,下单账号,下单时间,商品名称,{header}\n"
        "1,甲,2026-01-01,裙,300\n1,甲,2026-01-01,鞋,300\n1,甲,2026-01-05,鞋,-100\n"  # a part paid back
        "2,甲,2026-02-01,帽,50\n"
        "3,乙,2026-03-01,裙,300\n3,乙,2026-03-01,鞋,70\n"  # amounts of lines after all
        "4,丙,2026-04-01,裙,80\n4,丙,2026-04-01,鞋,\n"  # merged cells
        "5,丁,2026-05-01,裙,\n5,丁,2026-05-01,鞋,\n5,丁,2026-05-02,鞋,-9\n",  # unknown: not paid back whole
    )
    # By the code points of their ids: 丁 4E01, 丙 4E19, 乙 4E59, 甲 7532.
    (customer, day, amount), *known = rows(reading)
    assert (customer, day) == ("丁", "2026-05-01")
    assert np.isnan(amount)
    assert known == [
        ("丙", "2026-04-01", 80),
        ("乙", "2026-03-01", 370),
        ("甲", "2026-01-01", 200),
        ("甲", "2026-02-01", 50),
    ]
    assert reasons(reading, "merged") == {"a total on each line": 1}
    assert reasons(reading, "repaired") == {"an order with a line without an amount": 1}  # 丁's


def test_amounts_of_lines_that_agree_are_summed_where_the_column_does_not_say_that_they_are_totals(tmp_path):
    header = "订单号,会员,日期,商品,实付金额\n"
    reading = read(tmp_path, header + "1,a,2026-01-01,裙,300\n1,a,2026-01-01,鞋,300\n")
    assert rows(reading) == [("a", "2026-01-01", 600)]
    assert reasons(reading, "merged") == {}


def test_an_order_with_a_line_without_an_amount_has_none_and_is_counted(tmp_path):
    reading = read(
        tmp_path,
        "order,customer,date,amount,product\n"
        "1,a,2026-01-01,10,x\n1,a,2026-01-01,,y\n2,a,2026-02-01,5,x\n3,a,2026-03-01,,x\n",
    )
    np.testing.assert_array_equal(reading.orders.amount, [np.nan, 5, np.nan])
    counted = dict(reading.report.issues.of("repaired"))["an order with a line without an amount"]
    assert (counted.count, counted.examples) == (
        1,
        ["orders0.csv:2: a line of the order has no amount; amount of the order left empty"],
    )


def test_order_numbers_that_a_program_took_for_numbers_are_those_of_other_files(tmp_path):
    header = "customer,date,amount,order\n"
    reading = read(
        tmp_path,
        header + "17850.0,2026-01-01,10,1001.0\n17851.0,2026-02-01,10,1002.0\n17851.0,2026-03-01,9,\n",
        header + "17850,2026-03-01,-10,1001\n17851,2026-04-01,20,A1.0\n17851,2026-04-02,-20,A1.0\n",
    )
    assert rows(reading) == [("17851", "2026-02-01", 10), ("17851", "2026-03-01", 9)]
    assert reading.report.refunded == 2


def test_an_order_number_that_two_customers_share_is_two_orders(tmp_path):
    assert len(read(tmp_path, "order,customer,date,amount\n1,a,2026-01-01,3\n1,b,2026-01-01,4\n").orders) == 2


def test_days_to_come_no_dates_and_no_customers_are_left_out_and_reported(tmp_path):
    text = "customer,date,amount\na,2026-12-03,1\na,soon,1\n,2026-01-01,1\na,,1\na,2026-12-02,x\n"
    reading = read(tmp_path, text)
    [(customer, day, amount)] = rows(reading)
    assert (customer, day) == ("a", "2026-12-02")
    assert np.isnan(amount)
    assert reasons(reading, "rejected") == {"after today": 1, "bad date": 1, "no customer": 1, "no date": 1}
    assert reasons(reading, "repaired") == {"bad amount": 1}
    assert "no row has an amount: nothing is known of the values of orders" in reading.report.notes


def test_two_currencies_are_refused_until_one_is_chosen(tmp_path):
    text = "customer,date,amount,currency\na,2026-01-01,5,CNY\nb,2026-01-01,5,USD\n"
    with pytest.raises(UnusableInput, match=r"CNY in 1 row, USD in 1 row; choose one, as in --currency CNY"):
        read(tmp_path, text)
    assert read(tmp_path, text, currency="美元").orders.customers == ("b",)


def test_a_workbook_with_customers_as_numbers_and_columns_that_are_mapped(tmp_path):
    path = tmp_path / "orders.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["谁", "日期", "金额"])
        sheet.write_row(1, 0, [17850.0, "2026-01-01", 12.5])
    mapping = read_mapping(["客户=谁"], "insights.customers")
    assert rows(read_orders([path], mapping, today=TODAY)) == [("17850", "2026-01-01", 12.5)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("customer,amount\na,5\n", r"orders0.csv: no column holds date; .*--map date=COLUMN"),
        ("customer,date,amount\n", r"orders0.csv: there is no row below the header"),
        ("customer,date,amount\na,2027-01-01,5\n", r"of 1 row none tells of an order: after today"),
        ("customer,date,amount\na,2026-01-01,-5\n", r"none tells of an order: a refund without its order"),
        ("customer,date,amount\na,1/2/2026,5\n", r"may begin with the month or with the day"),
    ],
)
def test_a_table_that_tells_of_no_order_is_refused_with_the_reason(tmp_path, text, message):
    with pytest.raises(UnusableInput, match=message):
        read(tmp_path, text)


def test_a_file_named_twice_is_refused(tmp_path):
    path = tmp_path / "o.csv"
    path.write_text("customer,date\na,2026-01-01\n")
    with pytest.raises(UnusableInput, match="named twice"):
        read_orders([path, path], {}, today=TODAY)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(*[st.text(st.characters(codec="utf-8"), max_size=12)] * 4), max_size=6))
def test_any_cells_are_read_or_refused_and_every_row_is_counted(tmp_path, cells):
    quoted = [",".join('"' + one.replace('"', '""') + '"' for one in row) for row in cells]
    text = "\n".join(["order,customer,date,amount", "1,a,2026-01-01,5", *quoted, ""])
    try:
        reading = read(tmp_path, text)
    except UnusableInput:
        return
    assert np.all(np.diff(reading.orders.customer) >= 0)
    assert not np.any(reading.orders.amount < 0)
    assert reading.report.used <= reading.report.rows
