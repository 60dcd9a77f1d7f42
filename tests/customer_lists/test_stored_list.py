"""The files of a list."""

from hypothesis import given
from hypothesis import strategies as st

from shangsou.customer_lists.stored_list import rows_from_bytes, rows_to_bytes, without_row

# What ends a row or a cell, or seems to.
CELLS = st.text(st.sampled_from(list("\r\n\",a中 '")), max_size=8)


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6), st.data())
def test_a_row_is_removed_whole_whatever_its_cells_hold(cells: list[tuple[str, str]], data: st.DataObject):
    header = ("customer", "offer", "reasons")
    rows = [(f"{number:020x}", *texts) for number, texts in enumerate(cells)]
    removed = data.draw(st.integers(0, len(rows) - 1))
    content = without_row(rows_to_bytes(header, rows), rows[removed][0])
    assert rows_from_bytes(content) == (header, tuple(rows[:removed] + rows[removed + 1 :]))


def test_without_the_only_row_the_header_is_left_and_who_is_not_there_changes_nothing():
    content = rows_to_bytes(("customer",), [("a" * 20,)])
    assert without_row(content, "a" * 20) == b"customer\r\n"
    assert without_row(content, "b" * 20) == content
