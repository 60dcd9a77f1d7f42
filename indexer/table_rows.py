"""Rows of a table as values by field, without those that are no products."""

import re
from collections.abc import Iterator, Mapping, Sequence

from indexer.columns import Columns
from indexer.fields import SETTLED, settle
from indexer.shapes.shape import Table
from shangsou.reading.issue import Issue

_WRONG_WIDTH = "cells missing or surplus"
_TOTALS = re.compile(r"(?:总|小|合|共)计|汇总|(?:grand |sub)?totals?|sum", re.IGNORECASE)
# What programs print below a table; the rest of the line holds more of it: `制单人：张三 … 审核人：李四`.
_FOOTER = re.compile(
    r"(?:本[页单次]|累|全部)?\s*[总小合共]\s*计(?:\s*[:：].*)?|(?:grand\s*|sub-?)?totals?(?:\s*[:：].*)?"
    r"|第\s*\d+\s*页(?:.*共\s*\d+\s*页)?|共\s*\d+\s*页.*|page\s+\d+\s+of\s+\d+"
    r"|(?:制[单表]|审[核批]|复核|打印|导出|经办|经手|填[表制]|操作|主管|负责|签[字名]|盖章|联系)(?:人|员|者|时间|日期)?\s*[:：].*"
    r"|(?:备注|注|说明|备\s*注)\s*[:：].*",
    re.IGNORECASE | re.DOTALL,
)
_AROUND = " \t\r\n\ufeff\xa0\u3000*"
_NUMBERS = ("product_id", "group_id", "sku")
_NOTE = re.compile(
    r"[^,]{0,20}[:：].*|共\s*\d+\s*[条件行个].*|(?:注|备注|说明|导出|打印).*|[-=—*#.]{2,}|end",
    re.IGNORECASE | re.DOTALL,
)

Read = tuple[int, Mapping[str, object] | str | None, Issue | str | None]


class TableReader:
    """Reads the rows of a table by the positions of its columns."""

    def __init__(self, table: Table, columns: Columns) -> None:
        self._table = table
        self._columns = columns
        self._header = [str(name).strip() for name in table.header]
        self._title = next((position for position, name in columns.used if name == "title"), -1)
        self._numbers = [position for position, name in columns.used if name.startswith(_NUMBERS)]

    def read(self) -> Iterator[Read]:
        """Yield each row's line with its values and issue; a text in their place names what is no product."""
        used, width, title = self._columns.used, self._columns.width, self._title
        header_title = self._header[title] if title >= 0 else ""
        settles = any(field in SETTLED for _, field in used)
        for number, row in self._table.rows():
            if isinstance(row, str):
                yield number, None, row
                continue
            issue, cells = None, row
            if len(row) != width:
                issue = _width_issue(row, width)
                cells = [*row, *[""] * (width - len(row))]
            title_cell = cells[title] if title >= 0 else ""
            kind = self._kind_of_footer(cells)
            if not kind and (not title_cell or title_cell == header_title):
                kind = self._kind_of_other(cells)
            if kind:
                yield number, kind, None
                continue
            # Zeros are values.
            values = {field: cell for position, field in used if (cell := cells[position]) or cell == 0}
            if settles:
                settle(values)
            if values or issue:
                yield number, values, issue

    def _kind_of_footer(self, cells: Sequence[object]) -> str:
        """Return what a row is whose first cell is one of those that programs print below a table."""
        first = cells[0] or next((cell for cell in cells if cell), "")
        if not isinstance(first, str) or not _FOOTER.fullmatch(first.strip(_AROUND)):
            return ""
        # A product may have such a word for a brand, beside its number and its title.
        title = str(cells[self._title]) if self._title >= 0 else ""
        has_number = any(_is_stated(cells[position]) for position in self._numbers)
        if has_number and _is_stated(title):
            return ""
        is_total = _TOTALS.match("".join(first.strip(_AROUND).removeprefix("本页").split()))
        return "a row of totals" if is_total else "a note"

    def _kind_of_other(self, cells: Sequence[object]) -> str:
        """Return what a row without a title of its own is, if it is no product."""
        filled = [
            (position, str(cell).replace("\ufeff", "").strip()) for position, cell in enumerate(cells) if cell
        ]
        filled = [(position, text) for position, text in filled if text]
        if not filled:
            return ""
        repeated = sum(
            position < len(self._header) and text == self._header[position] for position, text in filled
        )
        if repeated > 1 and 2 * repeated > len(filled):
            return "the header again"
        if any(_TOTALS.fullmatch(text.strip(" :：*")) for _, text in filled[:3]):
            return "a row of totals"
        if len(filled) == 1 and self._columns.width > 2 and _NOTE.fullmatch(filled[0][1]):
            return "a note"
        return ""


def _is_stated(cell: object) -> bool:
    """Return whether a cell holds anything but a word of a footer."""
    text = str(cell or "").strip(_AROUND)
    return bool(text) and not _FOOTER.fullmatch(text)


def _width_issue(cells: Sequence[object], width: int) -> Issue | None:
    problem = f"the row has {len(cells)} cells, the header {width}"
    if len(cells) < width:
        return Issue(_WRONG_WIDTH, problem, "the missing ones taken as empty")
    return Issue(_WRONG_WIDTH, problem, "the surplus ones dropped") if any(cells[width:]) else None
