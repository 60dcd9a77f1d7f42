"""Rows of delimited text in which quotation marks are doubled outside of quoted cells too."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangsou.reading.csv_rows import Dialect, read_rows, split_line, split_single_line
from shangsou.reading.files import Lines

DOUBLES = Dialect(",", doubles=True)
# A text of quotation marks alone is written alike quoted and not.
cells = st.text('ab手",=\n ', max_size=6).filter(lambda text: not text or text.strip('"'))


def as_quepid_wrote(cell: str) -> str:
    """Double the quotation marks, but quote only around a comma or a line feed."""
    doubled = cell.replace('"', '""')
    return f'"{doubled}"' if "," in cell or "\n" in cell else doubled


@given(st.lists(cells, min_size=1, max_size=4))
def test_cells_come_back_as_quepid_wrote_them(row):
    assert split_line(",".join(map(as_quepid_wrote, row)), DOUBLES) == row


@given(st.lists(cells, min_size=1, max_size=4))
def test_cells_come_back_as_excel_writes_them(row):
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(row)
    assert split_line(out.getvalue(), DOUBLES) == row


@pytest.mark.parametrize(
    ("line", "row"),
    [
        ('55"" 电视,d1', ['55" 电视', "d1"]),
        ('""手机"" 壳,d1', ['"手机" 壳', "d1"]),
        ('"""手机"", 壳",d1', ['"手机", 壳', "d1"]),
        ('"手机",""', ["手机", ""]),
        ('55" 电视,d1', ['55" 电视', "d1"]),
    ],
    ids=["inches", "at the beginning", "quoted for its comma", "quoted, and empty", "not doubled"],
)
def test_quotation_marks_are_read_in_each_way_of_writing_them(line, row):
    assert split_line(line, DOUBLES) == row


def test_a_cell_of_several_lines_is_one_row_and_one_that_never_closes_is_named():
    lines = Lines.of(['q,"a', 'b"', 'r,"c', "s,d"])
    rows = list(read_rows(lines, DOUBLES))
    assert rows[0] == (1, ["q", "a\nb"])
    assert rows[1] == (3, "a quoted cell begins here and is never closed")


@pytest.mark.parametrize(
    ("line", "delimiter", "cells"),
    [
        ('手机,"a,b"', ",", ["手机", "a,b"]),
        ('手机\t"a\tb"', "\t", ["手机", '"a', 'b"']),
        ('手机,"never closed,5', ",", ["手机", "never closed,5"]),
        ("", ",", [""]),
    ],
    ids=["quoted in CSV", "a phrase in TSV", "never closed", "empty"],
)
def test_a_row_of_a_log_ends_with_its_line(line, delimiter, cells):
    assert split_single_line(line, delimiter) == cells
