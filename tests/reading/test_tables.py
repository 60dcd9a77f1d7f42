"""Tables in files of any kind."""

import gzip

import pytest

from shangsou.errors import UnusableInput
from shangsou.reading.tables import cell_text, open_table
from tests.fixtures.workbooks import sheet_row, workbook

KNOWN = frozenset({"查询", "打分"})
TEXT = "查询,打分\n手机,3\n伞,0\n"


@pytest.fixture
def read(tmp_path):
    def read_bytes(content):
        path = tmp_path / "table"
        path.write_bytes(content)
        table = open_table(path, "表", KNOWN.__contains__)
        rows = [(line, [cell_text(cell) for cell in cells]) for line, cells in table.rows()]
        return list(table.header), rows

    return read_bytes


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("gb18030"),
        TEXT.encode("utf-16"),
        gzip.compress(TEXT.encode()),
        TEXT.replace("\n", "\r\n").replace(",", "\t").encode(),
        TEXT.replace(",", ";").encode(),
        workbook(sheet_row(1, "查询", "打分") + sheet_row(2, "手机", 3) + sheet_row(3, "伞", 0)),
        "<table><tr><th>查询<th>打分</tr><tr><td>手机<td>3</tr><tr><td>伞<td>0</tr></table>".encode(),
    ],
    ids=["utf-8", "byte order mark", "gb18030", "utf-16", "gzip", "tabs", "semicolons", "workbook", "page"],
)
def test_a_table_is_the_same_however_it_is_stored(read, content):
    assert read(content) == (["查询", "打分"], [(2, ["手机", "3"]), (3, ["伞", "0"])])


def test_the_header_is_found_below_titles_and_rows_have_their_lines(read):
    assert read(b"\n" + "标注结果,\n\n".encode() + TEXT.encode()) == (
        ["查询", "打分"],
        [(5, ["手机", "3"]), (6, ["伞", "0"])],
    )


def test_the_sheet_with_the_known_columns_is_read(read):
    notes = sheet_row(1, "字段", "意思") + sheet_row(2, "查询", "用户所输入")
    rated = sheet_row(1, "查询", "打分") + sheet_row(2, "伞", 1)
    assert read(workbook(notes, rated)) == (["查询", "打分"], [(2, ["伞", "1"])])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"", "表: is empty", id="empty"),
        pytest.param(workbook(""), "表: the workbook is empty", id="empty workbook"),
        pytest.param(b"PK\x03\x04" + bytes(40), "表: the workbook cannot be read", id="damaged workbook"),
        pytest.param('查询,打分\n手机,"3\n'.encode(), "表:2: a quoted cell begins here", id="open quote"),
        pytest.param(b"<html><p>3</p></html>", "is a page (网页) without a table", id="page"),
        pytest.param(b"sep=;\n", "表: there is no row below", id="a separator alone"),
    ],
)
def test_a_file_that_is_no_table_is_refused(read, content, message):
    with pytest.raises(UnusableInput) as problem:
        read(content)
    assert message in str(problem.value)


def test_a_missing_file_is_reported(tmp_path):
    with pytest.raises(UnusableInput, match="there is no such file"):
        open_table(tmp_path / "none.csv", "none.csv", KNOWN.__contains__)


def test_whole_numbers_have_no_point_and_rounded_ones_are_refused():
    assert [cell_text(cell) for cell in (3.0, 2.5, 6_901_234_567_890.0, " a ", None, 7)] == [
        "3", "2.5", "6901234567890", "a", "", "7",
    ]  # fmt: skip
    with pytest.raises(ValueError, match="more than the 15 digits that Excel keeps"):
        cell_text(6_901_234_567_890_123_456.0)
