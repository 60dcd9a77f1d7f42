"""Counts and ratings."""

from indexer.cells.cells import Cells
from indexer.numbers import MAX_COUNT, read_count, read_rating
from shangsou.reading.issue import excerpt


def read_count_cell(cells: Cells, field: str) -> int:
    """Return a count, as of pieces sold or reviews; 0 for an unknown one."""
    count = read_whole_number(cells, field)
    if count is not None and count < 0:
        cells.leave_empty(field, str(count), "is negative")
    return max(0, count or 0)


def read_whole_number(cells: Cells, field: str, maximum: int = MAX_COUNT) -> int | None:
    """Return a whole number, which may be negative; None for none."""
    text = cells.cell_text(field)
    return cells.number(field, text, read_count(text, maximum)) if text else None


def read_rating_cells(cells: Cells) -> float | None:
    """Return the rating of `rating`, or else of `rating_percent`."""
    text = cells.cell_text("rating")
    is_percentage = not text
    if is_percentage:
        text = cells.cell_text("rating_percent")
    if not text:
        return None
    rating = read_rating(text, is_percentage=is_percentage)
    if rating.value is None:
        cells.leave_empty("rating", text, rating.oddity)
    elif rating.oddity:
        problem = f"rating {excerpt(text)} {rating.oddity}"
        cells.add_issue(f"rating {rating.oddity}", problem, f"read as {rating.value:g}")
    return rating.value
