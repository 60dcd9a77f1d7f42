# ruff: noqa: E501 - texts of files are long
"""Shapes of catalogs, and hostile files."""

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.report import Report
from indexer.shapes.header import find_header
from shangsou.errors import UnusableInput
from shangsou.product import Product
from shangsou.reading.csv_rows import Dialect, read_rows
from shangsou.reading.files import Lines
from tests.fixtures.workbooks import sheet_row, workbook
from tests.indexer.exports import read

Write = Callable[[str, str | bytes], Path]
PRODUCTS = [Product("1", "杯", price_fen=900), Product("2", "壶", price_fen=1_950)]
ROWS = [["商品编号", "商品名称", "价格"], ["1", "杯", "9"], ["2", "壶", "19.5"]]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|", "^", "\x01", "，"])
@pytest.mark.parametrize("name", ["goods.csv", "goods.tsv", "goods.txt"])
def test_the_delimiter_is_found_whatever_the_name_says(write: Write, name: str, delimiter: str) -> None:
    assert read(write(name, "\n".join(delimiter.join(row) for row in ROWS))) == PRODUCTS


@pytest.mark.parametrize(
    "above",
    ["version 1.00\n", "云岚旗舰店商品导出\n导出时间：2026-11-01\n\n", "商品信息,,价格信息\n", "sep=,\n"],
)
def test_rows_above_the_header_are_left_out(write: Write, above: str) -> None:
    assert read(write("goods.csv", above + "\n".join(",".join(row) for row in ROWS))) == PRODUCTS


def test_a_second_header_in_another_language_is_no_product(write: Write) -> None:
    text = "id,title,price,stock\n商品编号,商品名称,价格,库存\n1,杯,9,3\n"
    assert read(write("goods.csv", text)) == [Product("1", "杯", price_fen=900, stock=3)]


def test_the_header_may_be_named_by_its_row(write: Write) -> None:
    text = "id,title,price\n商品编号,商品名称,价格\n1,杯,9\n2,壶,19.5\n"
    assert read(write("goods.csv", text), header_row=2) == PRODUCTS


def test_a_file_without_a_header_is_refused_with_the_option_that_names_its_columns(write: Write) -> None:
    path = write("goods.csv", "1,杯,9\n2,壶,19.5\n")
    with pytest.raises(UnusableInput, match=r"no header \(表头\), name its columns in order with --columns"):
        read(path)
    assert read(path, columns=("id", "title", "price")) == PRODUCTS


def test_a_row_with_numbers_is_no_header() -> None:
    header = find_header([["上架", "现货", "9"], ["商品编号", "商品名称", "价格"]])
    assert (header.first, header.names) == (1, ["商品编号", "商品名称", "价格"])


def test_tabs_with_quotes_as_excel_writes_them(write: Write) -> None:
    text = '商品编号\t商品名称\n1\t"带""引号""的杯"\n2\t"两行\n标题"\n'
    assert [product.title for product in read(write("goods.txt", text))] == ['带"引号"的杯', "两行 标题"]


def test_backslashes_as_mysql_writes_them(write: Write) -> None:
    text = '"id","title","brand","detail"\n"1","15\\" 屏, 宽","云岚",\\N\n"2","壶",\\N,"第一行\\\n第二行"\n'
    assert [
        (product.title, product.brand, product.description) for product in read(write("goods.csv", text))
    ] == [
        ('15" 屏, 宽', "云岚", ""),
        ("壶", "", "第一行 第二行"),
    ]


@given(
    st.lists(st.lists(st.text("ab\"\\,\n\t'", max_size=6), min_size=2, max_size=4), min_size=1, max_size=5)
)
def test_cells_with_escapes_are_read_back_as_they_were_written(rows: list[list[str]]) -> None:
    def written(cell: str) -> str:
        return '"' + cell.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\\n") + '"'

    lines = "\n".join(",".join(map(written, row)) for row in rows).split("\n")
    found = [cells for _, cells in read_rows(Lines.of(lines), Dialect(",", escapes=True))]
    assert found == rows


def test_quotes_that_close_before_the_end_of_a_line_make_no_cell_of_several_lines() -> None:
    lines = ["a,b,c", '1,"b', 'x"c"d,2,y', 'e"f,g,h']
    found = list(read_rows(Lines.of(lines), Dialect(",")))
    assert found[0] == (1, ["a", "b", "c"])
    assert found[1:] == [
        (2, "a quoted cell begins here and is never closed"),
        (3, ['x"c"d', "2", "y"]),
        (4, ['e"f', "g", "h"]),
    ]


def test_a_zip_whose_offsets_point_nowhere_is_damaged(write: Write) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("goods.csv", "商品编号,商品名称\n1,杯\n")
    content = bytearray(packed.getvalue())
    # The offset of the file in the directory (PKWARE's 4.3.12), as one below zero.
    directory = content.index(b"PK\x01\x02")
    content[directory + 42 : directory + 46] = (0xFFFFFFF0).to_bytes(4, "little")
    with pytest.raises(UnusableInput, match="the zip file is damaged or cut off"):
        read(write("goods.zip", bytes(content)))


def test_a_workbook_is_read_by_values_with_long_numbers_whole(write: Write) -> None:
    rows = sheet_row(1, "云岚商品表") + sheet_row(3, "商品编号", "商品名称", "价格")
    rows += sheet_row(4, 6901234567890, "杯", 9.5) + sheet_row(5, "00123", "壶", 19)
    rows += '<row r="6"><c r="A6" t="inlineStr"><is><t>3</t></is></c><c r="B6" t="inlineStr"><is><t>碗</t></is></c>'
    rows += '<c r="C6"><f>2*4</f><v>8</v></c></row>'
    assert read(write("goods.xlsx", workbook(rows))) == [
        Product("6901234567890", "杯", price_fen=950),
        Product("00123", "壶", price_fen=1_900),
        Product("3", "碗", price_fen=800),
    ]


def test_a_sheet_of_numbers_and_stock_completes_that_of_the_products(write: Write) -> None:
    goods = sheet_row(1, "商品编码", "商品名称", "价格", "品牌", "类目")
    goods += sheet_row(2, "1", "杯", 9, "云上", "家居") + sheet_row(3, "2", "壶", 19, "云上", "家居")
    stock = sheet_row(1, "商品编码", "可用库存") + sheet_row(2, "2", 7) + sheet_row(3, "1", 0)
    notes = sheet_row(1, "字段", "说明") + sheet_row(2, "商品编码", "不能重复")
    found = read(write("goods.xlsx", workbook(goods, stock, notes)))
    assert {(product.product_id, product.title, product.stock) for product in found} == {
        ("1", "杯", 0),
        ("2", "壶", 7),
    }


@pytest.mark.parametrize("name", [b"", b"\xff\xfe.csv"], ids=["no name", "a name that is no text"])
def test_a_zip_whose_files_have_no_names_is_damaged(write: Write, name: bytes) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("裙.csv", "商品编号,商品名称\n1,杯\n")
    # The name has seven bytes; in the list at the end they become a comment.
    content = packed.getvalue().replace("裙.csv".encode()[: len(name)], name)
    if not name:
        at = content.rindex(b"PK\x01\x02")
        content = content[: at + 28] + b"\0\0\0\0\x07\0" + content[at + 34 :]
    with pytest.raises(UnusableInput, match=r"goods\.zip: the zip file is damaged or cut off"):
        read(write("goods.zip", content))


@given(st.data())
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_damaged_workbook_is_read_or_refused_in_words(tmp_path: Path, data: st.DataObject) -> None:
    whole = workbook(sheet_row(1, "商品ID", "标题", "价格") + sheet_row(2, "1", "裙", 12.5))
    at = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.binary(max_size=3))
    path = tmp_path / "catalog.xlsx"
    path.write_bytes(whole[:at] + other + whole[at + len(other) :] if other else whole[:at])
    with suppress(UnusableInput):
        read(path)


def test_a_workbook_that_would_fill_the_memory_is_refused(write: Write) -> None:
    rows = sheet_row(1, "商品编号", "商品名称") + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    with pytest.raises(
        UnusableInput, match="has 1,048,576 rows and 16,384 columns; save the columns that matter"
    ):
        read(write("goods.xlsx", workbook(rows)))


def test_a_workbook_of_a_hundred_thousand_blank_rows_is_read(write: Write) -> None:
    rows = sheet_row(1, "商品编号", "商品名称") + sheet_row(2, "1", "杯")
    rows += "".join(f'<row r="{number}"><c r="A{number}" s="0"/></row>' for number in range(3, 100_000))
    assert read(write("goods.xlsx", workbook(rows))) == [Product("1", "杯")]


def test_formulas_without_a_value_are_counted_in_the_report(write: Write) -> None:
    rows = sheet_row(1, "商品编号", "商品名称", "价格") + sheet_row(2, "1", "杯", 9)
    rows += '<row r="3"><c r="A3"><v>2</v></c><c r="B3" t="inlineStr"><is><t>壶</t></is></c>'
    rows += '<c r="C3"><f>2*4</f></c></row><row r="4"><c r="A4"><v>3</v></c>'
    rows += '<c r="B4" t="inlineStr"><is><t>碗</t></is></c><c r="C4" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
    report = Report()
    found = read(write("goods.xlsx", workbook(rows)), report=report)
    assert [product.price_fen for product in found] == [900, None, None]
    assert "2 cells are formulas without a value; open it in Excel and save it again" in report.to_text()


def test_a_zip_within_a_zip_is_named(write: Write) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("inner.zip", b"PK")
    with pytest.raises(UnusableInput, match=r'but "inner\.zip"; unpack it and name the file'):
        read(write("export.zip", packed.getvalue()))


DOCUMENTS = {
    "array": '[{"id": 1, "title": "杯", "price": 9}, {"id": 2, "title": "壶", "price": 19.5}]',
    "list in objects": '{"data": {"total": 2, "list": [{"id": 1, "title": "杯", "price": 9},'
    ' {"id": 2, "title": "壶", "price": 19.5}]}}',
    "hits": '{"hits": {"hits": [{"_id": "1", "_source": {"title": "杯", "price": 9}},'
    ' {"_id": "2", "_source": {"title": "壶", "price": 19.5}}]}}',
}
LINES = {
    "bulk": '{"index": {"_id": "1"}}\n{"title": "杯", "price": 9}\n'
    '{"index": {"_id": "2"}}\n{"title": "壶", "price": 19.5}\n',
    "dump": '{"_id": "1", "_source": {"title": "杯", "price": 9}}\n'
    '{"_id": "2", "_source": {"title": "壶", "price": 19.5}}\n',
    "nested": '{"product": {"id": 1, "title": "杯", "price": {"amount": 9, "currency": "CNY"}}}\n'
    '{"product": {"id": 2, "title": "壶", "price": {"amount": 19.5}}}\n',
    "Python literals": "{'id': 1, 'title': '杯', 'price': 9}\n{'id': 2, 'title': '壶', 'price': 19.5}\n",
}


@pytest.mark.parametrize("shape", [*DOCUMENTS, *LINES])
def test_json_of_every_shape(write: Write, shape: str) -> None:
    assert read(write("goods.json", (DOCUMENTS | LINES)[shape])) == PRODUCTS


@pytest.mark.parametrize("shape", DOCUMENTS)
def test_json_over_many_lines(write: Write, shape: str) -> None:
    text = json.dumps(json.loads(DOCUMENTS[shape]), indent=2)
    assert read(write("goods.json", text)) == PRODUCTS


def test_objects_where_a_text_is_expected_are_read_or_reported(write: Write) -> None:
    line = (
        '{"id": {"$oid": "a1"}, "title": {"zh": "杯"}, "brand": {"name": "云岚"}, "category": [{"name": "家居"}, '
        '{"name": "杯子"}], "status": {"code": "off"}, "image": {"src": "https://a.example/1.jpg"}, '
        '"rating": {"rate": 4.5, "count": 12}}'
    )
    assert read(write("goods.jsonl", line)) == [
        Product(
            "a1",
            "杯",
            brand="云岚",
            category=("家居", "杯子"),
            status="off",
            image_url="https://a.example/1.jpg",
            rating=4.5,
            reviews=12,
        )
    ]


def test_feeds_are_read_in_any_encoding(write: Write) -> None:
    text = (
        '<?xml version="1.0" encoding="GBK"?><feed xmlns="http://www.w3.org/2005/Atom" '
        'xmlns:g="http://base.google.com/ns/1.0"><title>店</title>'
        "<entry><g:id>1</g:id><title>羊毛围巾</title><g:price>99 CNY</g:price>"
        "<g:availability>out of stock</g:availability></entry>"
        "<entry><g:id>2</g:id><title>皮手套</title><g:price>59 CNY</g:price></entry></feed>"
    )
    assert read(write("feed.xml", text.encode("gb18030"))) == [
        Product("1", "羊毛围巾", price_fen=9_900, stock=0),
        Product("2", "皮手套", price_fen=5_900),
    ]


def test_entities_of_a_feed_are_not_expanded(write: Write) -> None:
    text = '<!DOCTYPE r [<!ENTITY a "aaa">]><rss><item><id>1</id><title>&a;</title></item></rss>'
    with pytest.raises(UnusableInput, match="declares entities, which are not expanded"):
        read(write("feed.xml", f'<?xml version="1.0"?>{text}'))


def test_a_page_that_is_called_a_workbook_is_read(write: Write) -> None:
    cells = ["".join(f"<td>{cell}</td>" for cell in row) for row in ROWS]
    page = f"<html><body><table>{''.join(f'<tr>{row}</tr>' for row in cells)}</table></body></html>"
    assert read(write("goods.xls", page)) == PRODUCTS


def test_files_in_a_zip_are_read_and_what_lies_beside_them_is_not(write: Write) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("goods/goods.csv", "\n".join(",".join(row) for row in ROWS))
        archive.writestr("readme.txt", "请看")
        archive.writestr("__MACOSX/goods/._goods.csv", b"\0\1")
    assert read(write("export.zip", packed.getvalue())) == PRODUCTS
    with pytest.raises(UnusableInput, match="the zip file is damaged or cut off"):
        read(write("half.zip", packed.getvalue()[:80]))


def test_what_unpacks_to_hundreds_of_megabytes_of_nothing_is_refused(write: Write) -> None:
    text = b"id,title\n1,a\n" + b"\n" * 300_000_000
    with pytest.raises(UnusableInput, match="that is no catalog"):
        read(write("blank.csv.gz", gzip.compress(text, 1)))


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("deep.json", "[" * 100_000, "is nested deeper than 64 levels"),
        ("cut.json", '[{"id": 1', "is no JSON"),
        ("dump.sql", "INSERT INTO `goods` VALUES (1,'杯');", "is an SQL dump"),
        ("goods.csv", "商品编号,商品名称\n", "there is a header, but no row"),
        (
            "twice.csv",
            "å\x95\x86å\x93\x81ç¼\x96å\x8f·,å\x95\x86å\x93\x81å\x90\x8dç§°\n",
            "its text is garbled",
        ),
    ],
)
def test_what_is_no_catalog_says_so(write: Write, name: str, text: str, words: str) -> None:
    with pytest.raises(UnusableInput, match=words):
        read(write(name, text))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.text(max_size=200))
def test_no_text_is_worse_than_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "any.csv"
    path.write_text(text, "utf-8", errors="replace", newline="")
    try:
        read(path)
    except UnusableInput as refused:
        assert str(refused)  # noqa: PT017


def test_cells_merged_in_a_page_are_those_of_each_row(write: Write) -> None:
    page = (
        "<table><tr><td colspan=4>商品导出</td></tr>"
        "<tr><th rowspan=2>商品编号</th><th rowspan=2>商品名称</th><th colspan=2>规格</th></tr>"
        "<tr><th>尺码</th><th>库存</th></tr>"
        "<tr><td rowspan=2>1</td><td rowspan='2'>被</td><td>M</td><td>5</td></tr>"
        "<tr><td>L</td><td>0</td></tr><tr><td>2</td><td>枕</td><td>S</td><td rowspan=9>7</td></tr>"
        "<tr><td>3</td><td>巾</td><td>S</td></tr></table>"
    )
    assert [
        (product.product_id, product.title, product.attributes, product.stock)
        for product in read(write("goods.xls", page))
    ] == [
        ("1-M", "被", {"尺码": ("M",)}, 5),
        ("1-L", "被", {"尺码": ("L",)}, 0),
        ("2", "枕", {"尺码": ("S",)}, 7),
        ("3", "巾", {"尺码": ("S",)}, 7),
    ]


def test_backslashes_before_quotes_are_read_without_a_null_in_the_file(write: Write) -> None:
    text = '"id","title","price"\n"1","膜 \\"高清\\" 款","9"\n"2","线, 1米","19"\n'
    assert [product.title for product in read(write("goods.csv", text))] == ['膜 "高清" 款', "线, 1米"]


def test_a_folder_at_the_end_of_a_quoted_cell_escapes_nothing(write: Write) -> None:
    text = 'id,title,brand\n1,杯,"C:\\"\n2,壶,"D:\\"\n'
    assert [product.brand for product in read(write("goods.csv", text))] == ["C:\\", "D:\\"]
