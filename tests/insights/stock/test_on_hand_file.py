"""Lists of stock."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from insights.stock.on_hand_columns import COLUMN_NAMES, find_columns, normalize_column
from insights.stock.on_hand_file import read_on_hand
from insights.stock.on_hand_values import Limits, parse_value
from insights.stock.stocked_item import OrderingRules
from shangsou.errors import UnusableInput
from tests.fixtures.workbooks import sheet_row, workbook


@pytest.fixture
def read(tmp_path):
    def read_content(content):
        path = tmp_path / "库存.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_on_hand(path)

    return read_content


def test_a_list_with_chinese_names_is_read(read):
    stock = read(
        "商品编码,商品名称,现有库存,在途,到货天数,起订量,箱规,进价（元）,售价,损耗率,保质期（天）\n"
        'A1,绿茶,"1,200",5,3,10,6,¥2.50,4,5%,7\n'
    )
    row = stock.rows["A1"]
    assert (row.name, row.quantity, row.on_order, row.lead_time) == ("绿茶", 1200, 5, 3)
    assert (row.min_order, row.pack_size, row.unit_cost, row.price) == (10, 6, 2.5, 4)
    assert (row.loss_rate, row.shelf_life) == (0.05, 7)
    assert stock.notes == []


def test_a_workbook_in_which_an_item_is_a_number_is_read(read):
    stock = read(workbook(sheet_row(1, "货号", "库存") + sheet_row(2, 17850, 3)))
    assert stock.rows["17850"].quantity == 3


def test_rows_of_an_item_add_up_and_a_repeated_row_counts_once(read):
    stock = read("item,quantity,price\nA,2,5\nA,3,\nA,2,5\n")
    assert (stock.rows["A"].quantity, stock.rows["A"].price) == (5, 5)
    assert ["again" in note.english for note in stock.notes] == [True, False]
    assert stock.notes[1].english.endswith('库存.csv:4: item "A" is repeated; counted once')


@pytest.mark.parametrize("word", ["合计", "总计：", "小计", "Total"])
def test_a_row_of_totals_is_no_item(read, word):
    stock = read(f"item,quantity\nA,2\n{word},2\n")
    assert list(stock.rows) == ["A"]
    (note,) = stock.notes
    assert note.english.endswith(f'库存.csv:3: "{word}" sums up other rows; the row is left out')
    assert note.chinese.endswith(f"第 3 行：“{word}”是合计行，没有读取")


@pytest.mark.parametrize(
    ("cell", "value", "reason"),
    [
        pytest.param("quantity,-3", 0, "is below 0; counted as 0", id="negative stock"),
        pytest.param("quantity,lots", None, "is no number; left empty", id="words"),
        pytest.param("quantity,nan", None, "is no number; left empty", id="not a number"),
        pytest.param("quantity,1e99", None, "is over 1,000,000,000; left empty", id="a barcode"),
        pytest.param("lead_time,400", None, "is over 180; left empty", id="a lead time of a year"),
        pytest.param("lead_time,2.5", None, "is no whole number; left empty", id="half a day"),
        pytest.param("pack_size,0", None, "is 0; left empty", id="an empty pack"),
        pytest.param("loss_rate,100%", None, "is not below 1; left empty", id="all spoils"),
    ],
)
def test_a_cell_that_cannot_be_used_is_named_with_its_place(read, cell, value, reason):
    field, text = cell.split(",")
    stock = read(f"item,{field}\nA,{text}\n")
    (note,) = stock.notes
    assert getattr(stock.rows["A"], field) == value
    assert "库存.csv:2: " in note.english
    assert reason in note.english


def test_the_default_that_counts_instead_is_named(tmp_path):
    path = tmp_path / "库存.csv"
    path.write_text("item,lead_time,shelf_life\nA,200,0\n", "utf-8")
    lead, shelf = read_on_hand(path, None, OrderingRules(lead_time_days=1, shelf_life_days=5)).notes
    assert lead.english.endswith('lead_time "200" is over 180; left empty; the default, 1 day, counts')
    assert lead.chinese.endswith("到货天数 200 超过 180，按空白处理，采用默认的 1 天")
    assert shelf.english.endswith('shelf_life "0" is 0; left empty; the default, 5 days, counts')
    _, keeps = read_on_hand(path).notes
    assert keeps.english.endswith("left empty; by default it keeps")


def test_a_lead_time_of_0_is_one(read):
    assert read("item,lead_time\nA,0\n").rows["A"].lead_time == 0


@pytest.mark.parametrize(
    "table",
    ["item,损耗率\nA,0.5\nB,15\n", "item,loss_rate_pct\nA,0.5\nB,15\n", "item,损耗率（%）\nA,0.5\nB,15\n"],
)
def test_loss_rates_that_are_percentages_are_understood(read, table):
    rows = read(table).rows
    assert (rows["A"].loss_rate, rows["B"].loss_rate) == (0.005, 0.15)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param("", "empty", id="empty"),
        pytest.param("item,quantity\n", "no row names an item", id="a header alone"),
        pytest.param("item,quantity\n,4\n", "no row names an item", id="no item"),
        pytest.param("什么,库存\nA,4\n", "no column of items", id="no column of items"),
        pytest.param("item,name\nA,茶\n", "no column says anything of the stock", id="no column of stock"),
    ],
)
def test_a_table_without_stock_is_refused(read, content, message):
    with pytest.raises(UnusableInput, match=message):
        read(content)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(UnusableInput, match=r"none\.csv"):
        read_on_hand(tmp_path / "none.csv")


def test_no_name_stands_for_two_columns_and_each_is_written_as_it_is_compared():
    names = [name for known in COLUMN_NAMES.values() for name in known]
    assert len(names) == len(set(names))
    assert [name for name in names if normalize_column(name) != name] == []


def test_the_first_name_goes_before_others():
    assert find_columns(["数量", "库存", "Item"]) == {"item": 2, "quantity": 1}


@given(st.floats(0, 1e8, allow_nan=False).map(lambda value: round(value, 3)))
def test_a_number_is_read_as_it_is_written(value):
    assert parse_value(f"{value:,}", is_percent=False, limits=Limits()) == (None, value)
    assert parse_value(f" ￥{value:.3f} 元", is_percent=False, limits=Limits()) == (None, value)


@given(st.text(max_size=12))
@example("1,2,3")
@example("--1")
@example("e5")
@example("%")
def test_any_text_is_a_number_or_has_a_reason(text):
    problem, value = parse_value(text, is_percent=False, limits=Limits())
    assert (value is None) <= (problem is not None)


def test_the_encoding_of_a_list_may_be_given(tmp_path):
    path = tmp_path / "stock.csv"
    path.write_bytes("item,name,stock\nA,茶,4\n".encode("big5"))
    assert read_on_hand(path, "big5").rows["A"].name == "茶"
