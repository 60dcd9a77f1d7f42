"""Tables of new products."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.new_products.new_product_file import NewProduct, read_new_products
from insights.sales.history import Item
from insights.sales.report import TableReport
from shangsou.errors import UnusableInput
from tests.fixtures.workbooks import sheet_row, workbook
from tests.insights.new_products.shops import shop

# The sales of the shop end on 2026-02-09.
HISTORY = shop({Item("A1", "绿茶", "茶"): {0: 1}, Item("A2", "红茶", "茶"): {}})


@pytest.fixture
def read(tmp_path):
    def read_content(content, mapping=None):
        path = tmp_path / "新品.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        report = TableReport(path.name)
        return read_new_products(path, HISTORY, mapping or {}, report), report

    return read_content


def examples(report, kind):
    return [example for _, count in report.issues.of(kind) for example in count.examples]


def test_a_table_with_chinese_names_is_read(read):
    products, report = read(
        "商品编码,商品名称,一级类目,二级类目,上市日期\nB1,白茶,饮料,茶,2026-02-12\nB2,黑茶,饮料,,\n"
    )
    assert products == (
        NewProduct(Item("B1", "白茶", "饮料 > 茶"), date(2026, 2, 12)),
        NewProduct(Item("B2", "黑茶", "饮料"), None),
    )
    assert (report.rows, report.used) == (2, 2)
    assert report.summary() == "2 rows of 新品.csv: 2 used"


def test_a_workbook_with_numbers_as_ids_and_dates_of_excel_is_read(read):
    # 2026-02-12 is the 46,065th day of Excel.
    products, _ = read(workbook(sheet_row(1, "货号", "日期") + sheet_row(2, 17850, 46065)))
    assert products == (NewProduct(Item("17850"), date(2026, 2, 12)),)


def test_a_name_stands_in_for_an_id(read):
    assert read("商品名称\n白茶\n")[0] == (NewProduct(Item("白茶", "白茶")),)


def test_columns_are_named_with_map(read):
    products, _ = read("新货,开卖\nB1,2026-02-12\n", {"item": "新货", "launch": "开卖", "quantity": "实发"})
    assert products == (NewProduct(Item("B1"), date(2026, 2, 12)),)


def test_an_item_that_the_sales_know_without_a_sale_keeps_its_name_and_category(read):
    assert read("item\nA2\n")[0] == (NewProduct(Item("A2", "红茶", "茶")),)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        pytest.param("A1,,", '新品.csv:3: item "A1" has sales, and is not new; row left out', id="sold"),
        pytest.param("B1,,", '新品.csv:3: item "B1" is in line 2 already; row left out', id="repeated"),
        pytest.param(",白茶,", "新品.csv:3: there is no item; row left out", id="without an id"),
        pytest.param("合计,,", "新品.csv:3: the row sums up others; row left out", id="totals"),
    ],
)
def test_rows_that_are_left_out_are_named_with_their_line(read, row, message):
    products, report = read(f"item,name,launch\nB1,龙井,\n{row}\n")
    assert [product.item.id for product in products] == ["B1"]
    assert examples(report, "rejected") == [message]


def test_a_launch_that_is_no_date_is_left_empty(read):
    products, report = read("item,launch\nB1,春节后\nB2,-\n")
    assert [product.launch for product in products] == [None, None]
    assert examples(report, "repaired") == ['新品.csv:2: launch "春节后" is no date; launch left empty']


def test_a_launch_within_the_sales_is_pointed_out(read):
    products, report = read("item,launch\nB1,2026-02-09\nB2,2026-02-10\n")
    assert [product.launch for product in products] == [date(2026, 2, 9), date(2026, 2, 10)]
    assert [example.partition(" ")[0] for example in examples(report, "flagged")] == ["新品.csv:2:"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param("品牌,产地\n川宁,英国\n", "no column holds item; there are 品牌, 产地", id="no items"),
        pytest.param("item,name\n", "no row names a new product: there is no row below", id="no rows"),
        pytest.param("item\nA1\n", r"no row names a new product: sold already \(1, as", id="all sold"),
        pytest.param("item,launch\nB1,1/2/2026\n", "may begin with the month or with the day", id="dates"),
        pytest.param("item,launch\nB1,\n", "--map launch=上架: there is no such column", id="a wrong map"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused(read, content, message):
    with pytest.raises(UnusableInput, match=message):
        read(content, {"launch": "上架"} if "--map" in message else None)


CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters=',"'), max_size=8)


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=5))
def test_each_row_is_a_product_or_left_out(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("new") / "新品.csv"
    path.write_text("\n".join(["item,name,category", *map(",".join, [("B1", "", ""), *rows])]), "utf-8")
    report = TableReport(path.name)
    products = read_new_products(path, HISTORY, {}, report)
    ids = [product.item.id for product in products]
    assert "B1" in ids
    assert "" not in ids
    assert len(set(ids)) == len(ids) == report.used
    rejected = sum(count.count for _, count in report.issues.of("rejected"))
    assert report.used + rejected == report.rows
