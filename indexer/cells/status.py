"""Whether a product is on sale."""

from typing import Literal

from indexer.cells.cells import STATUS_FIELDS, Cells, field_words
from indexer.statuses import read_status
from shangsou.reading.issue import excerpt


def read_status_cells(cells: Cells) -> Literal["on", "off"]:
    """Return the status of the product: off if one of its columns says so, on if none is known."""
    off = False
    for field in STATUS_FIELDS:
        text = cells.cell_text(field) if field in cells.values else ""
        if not text:
            continue
        status = read_status(field.partition(".")[0], text)
        off = off or status == "off"
        if status is None and field in ("status", "sku_status"):
            problem = f"{field_words(field)} {excerpt(text)} is not known"
            cells.add_issue("status unknown", problem, "product counts as on")
    return "off" if off else "on"
