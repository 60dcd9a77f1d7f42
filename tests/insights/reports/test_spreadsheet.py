"""Spreadsheets that shop people open."""

from datetime import date
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from insights.reports.spreadsheet import Column, Sheet, check_spreadsheet_name, write_spreadsheet
from shangsou.errors import UnusableInput

SHEETS = (
    Sheet(
        "订货建议",
        (Column("商品编号", width=18), Column("数量", "quantity"), Column("日期", "date")),
        [("00123", 1.5, date(2026, 12, 1)), ("=1+1", -2.0, None), ("@SUM(A1)", 1234567.0, None)],
    ),
    Sheet("说明", (Column("项目"),), [("-2",)]),
)
DAY = date(2026, 12, 2)


@pytest.fixture
def written(tmp_path):
    def write(name, sheets=SHEETS):
        path = tmp_path / name
        write_spreadsheet(path, sheets, DAY)
        return path

    return write


def test_a_workbook_has_all_sheets_with_numbers_and_dates_as_such(written):
    book = CalamineWorkbook.from_path(written("a.xlsx"))
    assert book.sheet_names == ["订货建议", "说明"]
    assert book.get_sheet_by_name("订货建议").to_python() == [
        ["商品编号", "数量", "日期"],
        ["00123", 1.5, date(2026, 12, 1)],
        ["=1+1", -2.0, ""],
        ["@SUM(A1)", 1234567.0, ""],
    ]


def test_numbers_have_no_remainders_of_fractions(written):
    columns = (Column("数量", "quantity"), Column("售价", "price"))
    sheets = [Sheet("表", columns, [(30.11199999999999, 2.1999999999999997), (8.99999999, 0.12344)])]
    book = CalamineWorkbook.from_path(written("a.xlsx", sheets))
    assert book.get_sheet_by_index(0).to_python()[1:] == [[30.112, 2.2], [9, 0.1234]]
    assert written("a.csv", sheets).read_text("utf-8-sig").splitlines()[1:] == ["30.112,2.2", "9,0.1234"]


def test_no_cell_of_a_workbook_is_a_formula(written):
    with ZipFile(written("a.xlsx")) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in sheet
        assert 'state="frozen"' in sheet


def test_the_same_sheets_give_the_same_workbook(written):
    assert written("a.xlsx").read_bytes() == written("b.xlsx").read_bytes()


def test_csv_begins_with_a_mark_by_which_excel_knows_its_encoding_and_texts_are_no_formulas(written):
    assert written("a.csv").read_bytes().decode() == (
        "\ufeff商品编号,数量,日期\r\n00123,1.5,2026-12-01\r\n'=1+1,-2,\r\n'@SUM(A1),1234567,\r\n"
    )


def test_tsv_is_plain(written):
    assert written("a.TSV").read_bytes().startswith("商品编号\t数量\t日期\r\n".encode())


def test_half_a_character_does_not_stop_the_rest(written):
    sheets = [Sheet("表", (Column("名称"),), [("茶\ud83d",)])]
    assert CalamineWorkbook.from_path(written("a.xlsx", sheets)).get_sheet_by_index(0).to_python()[1] == [
        "茶?"
    ]
    assert "茶?" in written("a.csv", sheets).read_text("utf-8")


def test_another_kind_of_file_is_refused(tmp_path):
    with pytest.raises(UnusableInput, match=r"advice\.pdf: name a file that ends with \.xlsx"):
        check_spreadsheet_name(tmp_path / "advice.pdf")
