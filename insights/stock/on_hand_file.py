"""Read what a shop has in stock, and on what terms it buys, from a table of any kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from insights.sales.item_ids import is_total
from insights.stock.note import Note
from insights.stock.on_hand_columns import (
    CHINESE_NAMES,
    find_columns,
    is_known_column,
    is_percentage,
)
from insights.stock.on_hand_values import Limits, parse_value
from insights.stock.stocked_item import OrderingRules
from shangsou.errors import UnusableInput
from shangsou.reading.issue import excerpt
from shangsou.reading.tables import FileTable, cell_text, open_table
from shangsou.text.plurals import quantity

MAX_LEAD_TIME_DAYS = 180
"""Half a year, as of goods made to order abroad; what sells after that no forecast of days tells."""
_LIMITS: Mapping[str, Limits] = {
    "quantity": Limits(),
    "on_order": Limits(),
    "lead_time": Limits(highest=MAX_LEAD_TIME_DAYS, whole=True),
    "pack_size": Limits(above_zero=True),
    "min_order": Limits(),
    "unit_cost": Limits(),
    "price": Limits(),
    "loss_rate": Limits(below=1.0),
    "shelf_life": Limits(whole=True, above_zero=True),
}


class Place(NamedTuple):
    """A row of a file."""

    file: str
    line: int

    def note(self, english: str, chinese: str) -> Note:
        """Return a remark on the row."""
        return Note(f"{self.file}:{self.line}: {english}", f"{self.file} 第 {self.line} 行：{chinese}")


@dataclass(frozen=True, slots=True)
class OnHandRow:
    """What a list of stock says of an item; None where a cell is empty or unusable."""

    item_id: str
    name: str = ""
    quantity: float | None = None
    on_order: float | None = None
    lead_time: float | None = None
    pack_size: float | None = None
    min_order: float | None = None
    unit_cost: float | None = None
    price: float | None = None
    loss_rate: float | None = None
    shelf_life: float | None = None


@dataclass(frozen=True, slots=True)
class OnHandList:
    """A list of stock: a row for each item, in the order of the file, and what was wrong with it."""

    rows: Mapping[str, OnHandRow]
    notes: Sequence[Note]


@dataclass(frozen=True, slots=True)
class _Layout:
    """How the cells of a table are read."""

    columns: Mapping[str, int]
    percentages: frozenset[str]
    """Fields whose numbers are of a hundred."""
    defaults: Mapping[str, Note]
    """By field: what counts in place of a cell that is left empty."""


def read_on_hand(path: Path, encoding: str | None = None, rules: OrderingRules | None = None) -> OnHandList:
    """Return the list of stock in a file; `encoding` is that of a text where its bytes do not tell.

    `rules` are those that count where the list has no usable terms; notes name them.

    Quantities of an item with several rows, as of several warehouses, are added up; the rest is taken from
    the first row that has it. A row that repeats another counts once, and a row of totals is left out. Cells
    that cannot be used are left empty, and stock below 0 counts 0, each with a note that names file and line.

    Raises
    ------
    UnusableInput
        The file is missing, empty or no table, has no column of items or none that says anything of them,
        or no row with an item.
    """
    table = open_table(path, str(path), is_known_column, encoding)
    columns = find_columns(table.header)
    _check(table, columns)
    notes: list[Note] = []
    if table.other_sheets:
        others = "、".join(table.other_sheets)
        notes.append(
            Note(
                f"{table.name} alone is read, not the sheets {others}",
                f"只读取了 {table.name}，没有读取 {others}",
            )
        )
    rows: dict[str, OnHandRow] = {}
    seen: dict[str, list[OnHandRow]] = {}
    percentages = {field for field, position in columns.items() if is_percentage(table.header[position])}
    if "loss_rate" in columns and _is_written_in_percent(table, columns["loss_rate"]):
        percentages.add("loss_rate")
    layout = _Layout(columns, frozenset(percentages), _defaults(rules or OrderingRules()))
    for line, cells in table.rows():
        row = _read_row(layout, cells, Place(table.name, line), notes)
        if row is None:
            continue
        if row in seen.setdefault(row.item_id, []):
            notes.append(
                Note(
                    f"{table.name}:{line}: item {excerpt(row.item_id)} is repeated; counted once",
                    f"{table.name} 第 {line} 行：商品 {row.item_id} 整行重复，只算一次",
                )
            )
            continue
        if row.item_id in rows:
            notes.append(
                Note(
                    f"{table.name}:{line}: item {excerpt(row.item_id)} again; its quantities are added",
                    f"{table.name} 第 {line} 行：商品 {row.item_id} 再次出现，数量相加",
                )
            )
        seen[row.item_id].append(row)
        rows[row.item_id] = _joined(rows[row.item_id], row) if row.item_id in rows else row
    if not rows:
        raise UnusableInput(
            f"{table.name}: no row names an item; fill in the column {table.header[columns['item']]}"
        )
    return OnHandList(rows, notes)


def _check(table: FileTable, columns: Mapping[str, int]) -> None:
    names = "、".join(name for name in table.header if name) or "nothing"
    if "item" not in columns:
        raise UnusableInput(f"{table.name}: no column of items in {names}; call it item, or 商品编号")
    if not columns.keys() - {"item", "name"}:
        raise UnusableInput(
            f"{table.name}: no column says anything of the stock in {names}; known are quantity (库存), "
            "on_order (在途), lead_time (到货天数), pack_size (箱规), min_order (起订量), unit_cost (进价), "
            "price (售价), loss_rate (损耗率) and shelf_life (保质期)"
        )


def _defaults(rules: OrderingRules) -> Mapping[str, Note]:
    days = rules.shelf_life_days
    return {
        "lead_time": Note(
            f"; the default, {quantity(rules.lead_time_days, 'day')}, counts",
            f"，采用默认的 {rules.lead_time_days} 天",
        ),
        "shelf_life": Note("; by default it keeps", "，默认不会变质")
        if days is None
        else Note(f"; the default, {quantity(days, 'day')}, counts", f"，采用默认的 {days} 天"),
    }


def _read_row(layout: _Layout, cells: Sequence[object], place: Place, notes: list[Note]) -> OnHandRow | None:
    try:
        texts = {field: cell_text(cells[at]) for field, at in layout.columns.items() if at < len(cells)}
    except ValueError as problem:
        notes.append(
            place.note(
                f"{problem}; the row is left out; format the column as text and fill it in again",
                "商品编号超过 Excel 能保存的 15 位，这一行没有读取；请把该列设为文本后重新填写",
            )
        )
        return None
    item_id = texts.pop("item", "")
    if not item_id:
        if any(texts.values()):
            notes.append(place.note("no item; the row is left out", "没有商品编号，这一行没有读取"))
        return None
    if is_total(item_id):
        notes.append(
            place.note(
                f"{excerpt(item_id)} sums up other rows; the row is left out",
                f"“{item_id}”是合计行，没有读取",
            )
        )
        return None
    name = texts.pop("name", "")
    values = {field: _read_value(field, text, layout, place, notes) for field, text in texts.items()}
    return OnHandRow(item_id, name, **values)


def _read_value(field: str, text: str, layout: _Layout, place: Place, notes: list[Note]) -> float | None:
    if not text:
        return None
    problem, value = parse_value(text, is_percent=field in layout.percentages, limits=_LIMITS[field])
    title = CHINESE_NAMES[field]
    if problem and field in {"quantity", "on_order"} and value is not None and value < 0:
        notes.append(
            place.note(
                f"{field} {excerpt(text)} is below 0; counted as 0; count what is there",
                f"{title} {text[:20]} 小于 0，按 0 计算；请盘点",
            )
        )
        return 0.0
    if problem:
        default = layout.defaults.get(field, Note("", ""))
        notes.append(
            place.note(
                f"{field} {excerpt(text)} {problem.english}; left empty{default.english}",
                f"{title} {text[:20]} {problem.chinese}，按空白处理{default.chinese}",
            )
        )
        return None
    return value


def _is_written_in_percent(table: FileTable, position: int) -> bool:
    """Return whether a column of shares holds a plain number of 1 or more: then all are percentages."""
    for _, cells in table.rows():
        try:
            text = cell_text(cells[position]) if position < len(cells) else ""
        except ValueError:
            continue
        problem, value = parse_value(text, is_percent=False, limits=Limits())
        if text and not problem and value is not None and value >= 1:
            return True
    return False


def _joined(first: OnHandRow, other: OnHandRow) -> OnHandRow:
    def added(one: float | None, more: float | None) -> float | None:
        return more if one is None else one + (more or 0.0)

    def filled(one: float | None, more: float | None) -> float | None:
        return more if one is None else one

    return OnHandRow(
        first.item_id,
        first.name or other.name,
        quantity=added(first.quantity, other.quantity),
        on_order=added(first.on_order, other.on_order),
        lead_time=filled(first.lead_time, other.lead_time),
        pack_size=filled(first.pack_size, other.pack_size),
        min_order=filled(first.min_order, other.min_order),
        unit_cost=filled(first.unit_cost, other.unit_cost),
        price=filled(first.price, other.price),
        loss_rate=filled(first.loss_rate, other.loss_rate),
        shelf_life=filled(first.shelf_life, other.shelf_life),
    )
