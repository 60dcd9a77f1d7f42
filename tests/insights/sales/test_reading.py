"""Tables of sales, read whole."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from insights.sales.history import Item
from insights.sales.reading import read_sales
from shangsou.errors import UnusableInput
from tests.insights.sales.tables import TODAY, quantities, read_text, reasons

SHARED = Path(__file__).parents[3] / "../shared/data/demand"
needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="../shared/data/demand is not here")


def test_days_without_a_row_count_0_and_rows_of_one_day_are_summed(tmp_path):
    reading = read_text(
        tmp_path,
        "date,item,quantity,price\n2026-01-01,b,2,10\n2026-01-01,b,1,4\n2026-01-03,a,5,3\n2026-01-02,b,1,\n",
    )
    assert reading.history.first_day == date(2026, 1, 1)
    assert quantities(reading) == {"a": [0, 0, 5], "b": [3, 1, 0]}
    # The mean by quantity: (2 x 10 + 1 x 4) / 3.
    np.testing.assert_array_equal(
        reading.history.price, np.float32([[np.nan, np.nan, 3], [8, np.nan, np.nan]])
    )
    assert reading.history.is_observed.all()
    assert reading.report.used == 4


def test_leading_zeros_of_items_stay_and_a_point_zero_goes_where_all_have_it(tmp_path):
    header = "date,item,quantity\n"
    assert list(quantities(read_text(tmp_path, header + "2026-01-01,00123,1\n"))) == ["00123"]
    floats = read_text(tmp_path, header + "2026-01-01,17850.0,1\n2026-01-01,17851.0,2\n")
    assert list(quantities(floats)) == ["17850", "17851"]
    codes = read_text(tmp_path, header + "2026-01-01,17850.0,1\n2026-01-01,A-7,2\n")
    assert list(quantities(codes)) == ["17850.0", "A-7"]
    text_codes = read_text(tmp_path, header + '2026-01-01,"=""00123""",1\n2026-01-01,\'0456,1\n')
    assert list(quantities(text_codes)) == ["00123", "0456"]


def test_a_price_is_the_amount_by_what_was_bought_also_where_some_came_back(tmp_path):
    reading = read_text(tmp_path, "日期,货号,数量,销售额,退货数量\n2026-01-01,a,4,40,1\n2026-01-01,b,1,7,\n")
    assert quantities(reading) == {"a": [3], "b": [1]}
    assert reading.history.price.tolist() == [[10], [7]]
    assert reading.report.returned == 1


def test_returns_are_taken_off_the_day_down_to_0_and_the_rest_is_reported(tmp_path):
    reading = read_text(
        tmp_path, "date,item,quantity\n2026-01-01,a,5\n2026-01-01,a,-2\n2026-01-02,a,-4\n2026-01-02,b,1\n"
    )
    assert quantities(reading) == {"a": [3, 0], "b": [0, 1]}
    assert (reading.report.returned, reading.report.returned_beyond) == (6, 4)
    assert "returned: 6" in reading.report.to_text()


def test_rows_that_cannot_be_used_are_reported_with_their_line_and_lose_nothing_else(tmp_path):
    reading = read_text(
        tmp_path,
        "date,item,quantity,price\n2026-01-01,a,3件,9\n2026-12-03,a,5,9\nfoo,a,1,9\n2026-01-01,,1,9\n"
        "2026-01-02,a,many,9\n2026-01-02,a,,9\n2026-01-02,a,1,cheap\n合计,,9,\n",
    )
    assert quantities(reading) == {"a": [3, 1]}
    assert reasons(reading, "rejected") == {
        "after today": ['sales.csv:3: "2026-12-03" is after today, 2026-12-02; row left out'],
        "bad date": ['sales.csv:4: "foo" is no date; row left out'],
        "no item": ["sales.csv:5: there is no item; row left out"],
        "bad quantity": ['sales.csv:6: quantity "many" is no number; row left out'],
        "no quantity": ["sales.csv:7: there is no quantity; row left out"],
    }
    assert list(reasons(reading, "repaired")) == ["bad price"]
    assert list(reasons(reading, "skipped")) == ["a row of totals"]
    assert (reading.report.rows, reading.report.used) == (8, 2)


_CELLS = st.sampled_from(
    (
        "",
        "a",
        "b",
        "2026-01-01",
        "2026-01-03",
        "44927",
        "3件",
        "-2",
        "$3",
        "8折",
        "0.5",
        "nan",
        '=""',
        "1e-300",
        "9" * 12,
    )
)
_HEADER = ("date", "item", "quantity", "price", "promotion", "stock", "loss_rate", "退货数量", "类目")


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(_CELLS, min_size=3, max_size=9), max_size=12))
def test_every_row_is_used_or_reported_whatever_its_cells_hold(tmp_path, rows):
    table = "\n".join("\t".join(row) for row in (_HEADER, ("2026-01-01", "a", "1"), *rows))
    reading = read_text(tmp_path, table)
    left_out = [
        count.count for kind in ("rejected", "skipped") for _, count in reading.report.issues.of(kind)
    ]
    # Rows without any cell are no rows.
    assert reading.report.used + sum(left_out) == reading.report.rows
    assert reading.report.rows == 1 + sum(any(row) for row in rows)
    history = reading.history
    assert np.all(np.isfinite(history.quantity) & (history.quantity >= 0))
    assert not np.any(history.price <= 0)
    assert not np.any((history.loss_rate < 0) | (history.loss_rate >= 1))


def test_orders_that_were_closed_are_no_sales(tmp_path):
    reading = read_text(
        tmp_path, "日期,货号,数量,订单状态\n2026-01-01,a,1,交易成功\n2026-01-01,a,7,交易关闭\n"
    )
    assert quantities(reading) == {"a": [1]}
    assert list(reasons(reading, "skipped")) == ["an order that was not carried out"]


def test_days_on_which_the_whole_shop_sold_nothing_are_not_observed_and_long_gaps_are_reported(tmp_path):
    reading = read_text(tmp_path, "date,item,quantity\n2022-12-31,a,1\n2024-01-01,a,2\n2024-01-02,b,1\n")
    observed = reading.history.is_observed
    assert observed.shape == (2, 368)
    assert observed[:, [0, 366, 367]].all()
    assert not observed[:, 1:366].any()
    assert [str(gap) for gap in reading.report.gaps] == ["2023-01-01 to 2023-12-31 (365 days)"]
    assert reading.report.closed_days == 365
    assert any("2023-01-01 to 2023-12-31" in line for line in reading.report.summary())


def test_a_million_pieces_are_kept_and_pointed_out(tmp_path):
    rows = "".join(f"2026-01-{day:02},a,{3 + day % 2}\n" for day in range(1, 21))
    reading = read_text(tmp_path, f"date,item,quantity\n{rows}2026-01-21,a,1000000\n")
    assert quantities(reading)["a"][-1] == 1_000_000
    # Of 21 quantities, ten of 3, ten of 4 and a million, the middle one is 4.
    usual = "item a sold 1,000,000 on 2026-01-21, usually 4 a day"
    assert reasons(reading, "flagged") == {
        "an unusual quantity": [f"sales.csv:22: {usual}; kept; correct it if it is an error"]
    }


def test_what_all_items_sell_more_on_one_day_is_no_outlier(tmp_path):
    rows = "".join(
        f"2026-11-{day:02},item{item},{100 if day == 11 else 3}\n"
        for day in range(1, 21)
        for item in range(12)
    )
    assert reasons(read_text(tmp_path, f"date,item,quantity\n{rows}"), "flagged") == {}


def test_one_day_of_sales_is_enough_and_is_pointed_out(tmp_path):
    reading = read_text(tmp_path, "date,item,quantity\n2026-01-01,a,5\n")
    assert reading.history.days == 1
    assert reading.report.notes == ["there is one day of sales alone, 2026-01-01: forecasts rest on it"]


def test_items_that_begin_end_or_never_sell_are_listed(tmp_path):
    reading = read_text(
        tmp_path,
        "date,item,quantity\n2026-01-01,all,1\n2026-03-01,all,1\n2026-01-02,old,1\n2026-02-28,new,1\n2026-02-01,no,0\n",
    )
    report = reading.report
    assert (report.begun, report.ended, report.unsold) == (["new"], ["old"], ["no"])


def table_of_days(*days):
    return "date,item,quantity\n" + "".join(f"{day},a,2\n" for day in days)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (
            ("2026-01-04", "2026-01-11", "2026-01-25", "2026-02-01"),
            r"sales\.csv: .* 4 from 2026-01-04 to 2026-02-01.* whole weeks apart.* of a week; .* daily sales",
        ),
        (("2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01"), "are the first of a month.* of a month;"),
    ],
)
def test_rows_of_weeks_or_months_are_refused(tmp_path, days, words):
    with pytest.raises(UnusableInput, match=words):
        read_text(tmp_path, table_of_days(*days))


@pytest.mark.parametrize(
    "days",
    [
        pytest.param(("2026-01-04", "2026-01-11", "2026-01-18"), id="three days"),
        pytest.param(("2026-01-04", "2026-01-11", "2026-01-18", "2026-01-26"), id="one day off"),
        pytest.param(("2026-01-01", "2026-02-01", "2026-03-01", "2026-04-02"), id="one month off"),
    ],
)
def test_few_days_or_one_that_is_out_of_step_are_taken_as_days(tmp_path, days):
    assert sum(quantities(read_text(tmp_path, table_of_days(*days)))["a"]) == 2 * len(days)


def test_a_shop_with_rows_of_days_without_sales_has_daily_sales(tmp_path):
    text = table_of_days("2026-01-04", "2026-01-11", "2026-01-18", "2026-01-25") + "2026-01-20,a,0\n"
    assert sum(quantities(read_text(tmp_path, text))["a"]) == 8


def test_running_totals_of_weeks_are_spread_over_their_days(tmp_path):
    rows = "".join(f"2026-01-{day:02},a,{day}\n" for day in (4, 11, 18, 25))
    assert quantities(read_text(tmp_path, f"date,item,sale_count\n{rows}"))["a"] == [1] * 21


def test_rows_of_about_a_week_are_pointed_out(tmp_path):
    rows = "".join(f"2026-0{month}-{day:02},a,2\n" for month in (1, 2) for day in (1, 8, 15, 22))
    reading = read_text(tmp_path, f"date,item,quantity\n{rows}")
    assert "7 days from one with sales to the next" in reading.report.notes[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("date,item,quantity\n", "no row below the header"),
        (
            "date,item,quantity\n2026-01-01,a,0\n2026-01-02,b,0\n",
            "nothing was sold: the quantities of 2 rows come to 0",
        ),
        ("date,item,quantity\n2027-01-01,a,5\n", "of 1 row none tells of a sale: after today"),
        ("date,item,quantity\n3/4/2026,a,5\n", "sales.csv: 3/4/2026 may begin with the month"),
        ("date,item,price\n2026-01-01,a,5\n", "no column holds quantity"),
        ("", "is empty"),
        (
            "date,item,quantity\n1990-01-01,a,1\n" + "".join(f"2026-01-01,i{n},1\n" for n in range(5000)),
            "memory",
        ),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_with_the_reason(tmp_path, text, words):
    with pytest.raises(UnusableInput, match=words):
        read_text(tmp_path, text)


def test_prices_in_two_currencies_are_refused_until_one_is_chosen(tmp_path):
    rows = "2026-01-01,a,1,10,CNY\n2026-01-01,b,1,2,USD\n2026-01-02,a,1,9,人民币\n"
    text = "date,item,quantity,price,币种\n" + rows
    with pytest.raises(UnusableInput, match="CNY in 2 rows, USD in 1 row; choose one, as in --currency CNY"):
        read_text(tmp_path, text)
    reading = read_text(tmp_path, text, currency="rmb")
    assert quantities(reading)["a"] == [1, 1]
    assert reasons(reading, "skipped") == {
        "in another currency": ["sales.csv:3: the price is in USD; row left out"]
    }
    with pytest.raises(UnusableInput, match="no row is in EUR"):
        read_text(tmp_path, text, currency="EUR")


def test_promotions_are_flags_and_discounts_what_is_off_or_what_is_paid(tmp_path):
    flags = read_text(
        tmp_path, "date,item,quantity,促销\n2026-01-01,a,1,是\n2026-01-02,a,1,否\n2026-01-03,a,1,\n"
    )
    assert flags.history.promotion.tolist() == [[1, 0, 0]]
    paid = read_text(
        tmp_path, "date,item,quantity,折扣\n2026-01-01,a,1,1\n2026-01-02,a,1,0.75\n2026-01-03,a,1,1\n"
    )
    assert paid.history.promotion.tolist() == [[0, 0.25, 0]]
    off = read_text(
        tmp_path, "date,item,quantity,折扣\n2026-01-01,a,1,0\n2026-01-02,a,1,0.25\n2026-01-03,a,1,0\n"
    )
    assert off.history.promotion.tolist() == [[0, 0.25, 0]]


def test_categories_costs_and_losses_are_read(tmp_path):
    reading = read_text(
        tmp_path,
        "date,item,quantity,商品名称,一级类目,二级类目,进价,损耗率\n"
        "2026-01-01,a,1,白菜,蔬菜,叶菜,2.5,18.5\n2026-01-01,b,1,葱,蔬菜,,,0\n",
    )
    assert reading.history.items == (Item("a", "白菜", "蔬菜 > 叶菜"), Item("b", "葱", "蔬菜"))
    np.testing.assert_array_equal(reading.history.unit_cost, np.float32([[2.5], [np.nan]]))
    np.testing.assert_allclose(reading.history.loss_rate, [0.185, 0], rtol=1e-6)


def test_running_totals_become_the_sales_of_days(tmp_path):
    reading = read_text(
        tmp_path,
        "date,item,sale_count\n2026-01-01,a,100\n2026-01-02,a,103\n2026-01-04,a,109\n2026-01-05,a,108\n"
        "2026-01-03,b,7\n2026-01-04,b,8\n",
    )
    # Three of a on the 2nd, six over the 3rd and the 4th, and a total that falls.
    assert reading.history.first_day == date(2026, 1, 2)
    assert quantities(reading) == {"a": [3, 3, 3, 0], "b": [0, 0, 1, 0]}
    # On the 5th the shop sold nothing; of b only the 4th is known.
    assert reading.history.is_observed.tolist() == [[True, True, True, False], [False, False, True, False]]
    assert reasons(reading, "repaired") == {
        "a running total that falls": ["sales.csv:5: the total falls by 1; counted as no sales"]
    }
    assert "running totals" in reading.report.notes[0]


def test_one_running_total_an_item_tells_of_no_sales(tmp_path):
    with pytest.raises(UnusableInput, match="one running total"):
        read_text(tmp_path, "date,item,累计销量\n2026-01-01,a,100\n")


def test_files_of_months_are_one_table_and_days_in_two_are_pointed_out(tmp_path):
    first, second = tmp_path / "1.csv", tmp_path / "2.csv"
    first.write_text("date,item,quantity\n2026-01-31,a,1\n2026-02-01,a,1\n", "utf-8")
    second.write_bytes("日期;货号;数量\n2026-02-01;a;2\n2026-02-02;b;3\n".encode("gb18030"))
    reading = read_sales([first, second], {}, today=TODAY)
    assert quantities(reading) == {"a": [1, 3, 0], "b": [0, 0, 3]}
    assert "in more than one file: 1 day, from 2026-02-01 on" in reading.report.notes[0]
    with pytest.raises(UnusableInput, match="named twice"):
        read_sales([first, first], {}, today=TODAY)


def test_a_workbook_with_dates_and_numbers_is_read(tmp_path):
    path = tmp_path / "订单.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "一月销售")
        sheet.write_row(2, 0, ["付款时间", "商品编码", "数量"])
        sheet.write_datetime(3, 0, date(2026, 1, 1), book.add_format({"num_format": "yyyy/m/d"}))
        sheet.write_row(3, 1, [17850.0, 2])
        sheet.write_row(4, 0, [46024, "00123", 1.5])  # 2026-01-02 without a format
    assert quantities(read_sales([path], {}, today=TODAY)) == {"00123": [0, 1.5], "17850": [2, 0]}


def test_the_report_is_json_too(tmp_path):
    report = read_text(tmp_path, "date,item,quantity\n2026-01-01,a,5\nx,a,1\n").report.to_json()
    assert (report["rows"], report["used"], report["items"], report["quantity"]) == (2, 1, 1, 5)
    assert report["columns"] == {"sales.csv": {"date": "date", "item": "item", "quantity": "quantity"}}
    assert [reason["reason"] for reason in report["reasons"]] == ["bad date"]


@needs_shared
def test_the_daily_sales_of_vegetables_are_understood():
    reading = read_sales([SHARED / "vegetables_daily.tsv.gz"], {})
    history = reading.history
    assert (history.first_day, history.last_day) == (date(2020, 7, 1), date(2023, 6, 30))
    first = next(number for number, item in enumerate(history.items) if item.id == "102900005115762")
    # The first row of the file.
    assert history.items[first] == Item("102900005115762", "苋菜", "花叶类")
    assert history.quantity[first, 0] == np.float32(6.841)
    assert (history.price[first, 0], history.unit_cost[first, 0]) == (6, np.float32(3.88))
    assert history.loss_rate[first] == np.float32(0.1852)
    assert not reasons(reading, "rejected")


@needs_shared
def test_the_running_totals_of_double_11_are_understood():
    reading = read_sales([SHARED / "cosmetics_double11_2016.tsv.gz"], {})
    history = reading.history
    first = next(number for number, item in enumerate(history.items) if item.id == "A10588608182")
    # Totals of 129775, 129781, 129789 on the 5th, 6th and 7th, and of 129802 and 130928 on the 10th and 11th.
    assert history.first_day == date(2016, 11, 6)
    assert history.quantity[first, [0, 1, 5]].tolist() == [6, 8, 1126]


def test_the_day_of_launch_is_of_new_products_and_not_looked_for_in_sales(tmp_path):
    text = "上架时间,date,item,quantity\n2026-01-01,2026-11-01,a,1\n"
    reading = read_text(tmp_path, text, {"launch": "开卖"})
    assert reading.report.columns == {"sales.csv": {"date": "date", "item": "item", "quantity": "quantity"}}
    assert str(reading.history.first_day) == "2026-11-01"


def test_a_stock_of_0_in_all_rows_says_nothing(tmp_path):
    reading = read_text(
        tmp_path, "日期,商品编号,销量,库存\n2024-01-01,1,3,0\n2024-01-02,1,1,0\n2024-01-03,1,2,0\n"
    )
    assert reading.history.is_observed.all()
    assert np.isnan(reading.history.stock).all()
    assert any("the stock is 0 in all rows" in note for note in reading.report.notes)
